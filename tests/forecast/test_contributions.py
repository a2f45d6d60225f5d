"""Contributions of single measures: they add up, and every plan between is a plan a file could have held."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import kompetenssim as ks
from kompetenssim.engine.compiled import simulate as compiled
from kompetenssim.engine.reference import simulate as simpy
from kompetenssim.forecast.contributions import Contributions, contribute, prepare_game
from kompetenssim.forecast.errors import UserError
from kompetenssim.forecast.game import INDICATORS, Game, Round, measured, order_of
from kompetenssim.forecast.geometry import make_geometry
from kompetenssim.forecast.plan import Plan
from kompetenssim.forecast.run import plan_of
from kompetenssim.forecast.sample import COLUMNS
from kompetenssim.model.draws import draw_matrix
from kompetenssim.resolve import resolve
from kompetenssim.resolve.coalitions import unite

REGION = Path(__file__).resolve().parents[1] / "data/liten"
HEAD = "version: 1\nscenario: {{nyckel: {key}, titel: Prov, bygger_pa: nollalternativ, jamfors_med: {reference}}}\natgarder:\n"
#: As the reference has them: running at the start, one until it ends.
THEIRS = """\
  - {atgard: slk_vns_10, start: 2022-07, i_drift_vid_start: ja, slut: 2023-06-30}
  - {atgard: behall_sjukskoterskor, start: 2022-01, i_drift_vid_start: ja, realisering_andel: 0.6, kostnad: {arlig_mkr: 0.1}}
"""
#: As the scenario has them: both kept and changed, and four new ones.
OURS = """\
  - {atgard: slk_vns_10, start: 2022-07, i_drift_vid_start: ja}
  - atgard: behall_sjukskoterskor
    start: 2022-01
    i_drift_vid_start: ja
    realisering_andel: 0.6
    ramp_manader: 30
    kostnad: {arlig_mkr: 0.2}
  - {atgard: extra_utbildning}
  - nyckel: lyft
    titel: Bättre införande
    start: 2023-04
    forutsattning: {atgarder: [behall_sjukskoterskor, vaxla], lyfter_realisering_pp: 8, ramp_faktor: 0.5}
  - nyckel: vaxla
    titel: Uppgiftsväxling
    start: 2023-03
    omfattning: {enheter: [avdelning]}
    realisering_andel: {undre: 0.3, trolig: 0.5, ovre: 0.7}
    kostnad: {arlig_mkr: 0.05}
    uppgiftsvaxling:
      fran: sjukskoterska
      till: underskoterska
      frigjord_timme_per_timme: 0.8
      andel_timmar_procent: 30
      tillford_aa: 6
      klass: kompetenskort
      utbildad: 2023-06
      overlamnad: 2023-09
  - {nyckel: prata, titel: Samtal, effekt: ingen, effekt_motivering: "Inget beslut"}
"""
PLAYED = ("behall_sjukskoterskor", "extra_utbildning", "lyft", "slk_vns_10", "vaxla")


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[ks.Specification, ks.Specification]:
    """A scenario and a reference of the small region that differ in every way measures can."""
    return written(tmp_path_factory.mktemp("bidrag"), OURS, THEIRS)


def written(folder: Path, ours: str, theirs: str, extra: str = "") -> tuple[ks.Specification, ks.Specification]:
    """Write both files beside copies of the small region and load them."""
    for part in ("liten", "gemensamt"):
        (folder / part).mkdir()
        for path in (REGION.parent / part).glob("*.yaml"):
            (folder / part / path.name).write_bytes(path.read_bytes())
    (folder / "liten/utan.yaml").write_text(HEAD.format(key="utan", reference="nollalternativ") + theirs, encoding="utf-8")
    (folder / "liten/med.yaml").write_text(HEAD.format(key="med", reference="utan") + ours + extra, encoding="utf-8")
    spec = ks.load(folder / "liten/med.yaml")
    return spec, ks.with_reference(spec)


@pytest.fixture(scope="module")
def played(pair: tuple[ks.Specification, ks.Specification]) -> Contributions:
    """All contributions, from four simulations of two draws."""
    return contribute(game_of(*pair, 4), processes=1)


def game_of(spec: ks.Specification, reference: ks.Specification, simulations: int) -> Game:
    plan = plan_of([spec, reference], replications=simulations, reference=reference.key)
    return prepare_game(spec, reference, plan, "kompilerad")


@pytest.mark.engine
@pytest.mark.parametrize("members", [(), PLAYED, *((key,) for key in PLAYED), *(PLAYED[:i] + PLAYED[i + 1 :] for i in range(5))])
def test_every_plan_between_is_bit_for_bit_the_plan_of_its_own_file(
    pair: tuple[ks.Specification, ks.Specification], members: tuple[str, ...],
) -> None:
    spec, reference = pair
    united = unite(spec, reference)
    assert tuple(s.key for s in united.switches) == PLAYED and united.silent == ("prata",)
    ours, theirs = ({m.key: m for m in s.measures} for s in pair)
    chosen = [(ours if key in members else theirs).get(key) for key in sorted({**ours, **theirs})]
    alone = resolve(replace(reference, measures=tuple(m for m in chosen if m is not None)))
    theta, own = (draw_matrix(t.parameters, 2, 7) for t in (united.template, alone))
    for simulation in (0, 3):
        row = united.row(theta[simulation // 2], members)
        found = [simulate(united.template, row, seed=7, simulation=simulation) for simulate in (compiled, simpy)]
        expected = compiled(alone, own[simulation // 2], seed=7, simulation=simulation)
        there = [united.template.cells.index(cell) for cell in alone.cells]
        for trajectory in found:
            assert np.array_equal(trajectory.months[:, there], expected.months)
            assert np.array_equal(trajectory.weeks, expected.weeks) and np.array_equal(trajectory.exits, expected.exits)
            assert np.array_equal(trajectory.measures.sum(axis=1), expected.measures.sum(axis=1))
            assert trajectory.months[..., :1].sum() == expected.months[..., :1].sum()  # nobody needs anything at other places


@pytest.mark.unit
def test_shapley_values_sum_to_the_joint_effect_in_every_simulation(played: Contributions) -> None:
    v = played.values
    scale = np.abs(v.joint).max(axis=(0, 2), keepdims=True)
    assert np.allclose(v.shapley.sum(axis=1) / scale, v.joint / scale, rtol=0, atol=1e-12)
    assert np.abs(v.joint).min() > 0 and np.abs(v.shapley).max(axis=(0, 2, 3)).min() > 0


@pytest.mark.unit
def test_the_joint_effect_is_the_difference_of_the_run(pair: tuple[ks.Specification, ks.Specification]) -> None:
    run = ks.compare([pair[0]], reference=pair[1], replications=4, processes=1, contributions=True)
    keys = ["indikator", "tid"]
    total = run.differences.astype(dict.fromkeys([*keys, "tidssteg", "omrade", "enhet", "yrkesgrupp"], str))
    total = total[(total["tidssteg"] == "ar") & (total["enhet"] == "alla") & (total["omrade"] == "alla")
                  & (total["yrkesgrupp"] == "alla") & total["indikator"].isin(INDICATORS)].set_index(keys).sort_index()
    found = run.contributions.astype(dict.fromkeys([*keys, "metod", "atgard"], str))
    joint = found[(found["metod"] == "gemensamt")].set_index(keys).loc[total.index]
    for name in ("medelvarde", "mc_fel", "effekt_undre80", "effekt_ovre80"):
        assert np.allclose(joint[name], total[name], rtol=1e-9, atol=1e-12), name
    by_method = found.groupby(["metod", *keys])["medelvarde"].sum()
    assert np.allclose(by_method["shapley"], by_method["gemensamt"]), "Shapley"
    assert np.allclose(by_method["samspel"], by_method["gemensamt"] - by_method["forst_in"]), "samspel"
    assert set(found.loc[found["metod"] == "shapley", "atgard"]) == set(PLAYED)
    assert all("medel 2023–2024" in set(rows["tid"]) for _, rows in found.groupby("metod"))


@pytest.mark.unit
def test_orders_are_keyed_by_name_and_differ_between_simulations() -> None:
    keys = ("a", "b", "c", "d", "e")
    assert order_of(keys, 1, 0) == order_of(keys[::-1], 1, 0)
    assert [k for k in order_of(keys, 1, 0) if k != "c"] == list(order_of(("a", "b", "d", "e"), 1, 0))
    assert len({order_of(keys, 1, r) for r in range(40)}) > 20


@pytest.mark.unit
def test_the_order_of_the_file_changes_nothing(pair: tuple[ks.Specification, ks.Specification], tmp_path: Path) -> None:
    lines = OURS.splitlines(keepends=True)
    blocks = "".join(lines).split("  - ")[1:]
    turned = written(tmp_path, "".join(f"  - {block}" for block in reversed(blocks)), THEIRS)
    one, two = (list(contribute(game_of(*both, 2), processes=1).rows()) for both in (pair, turned))
    assert str(one) == str(two)


@pytest.mark.engine
def test_one_and_two_workers_give_the_same_numbers(
    pair: tuple[ks.Specification, ks.Specification], played: Contributions,
) -> None:
    two = contribute(game_of(*pair, 4), processes=2)
    for name in Round._fields:
        assert np.array_equal(getattr(played.values, name), getattr(two.values, name), equal_nan=True), name


@pytest.mark.unit
def test_of_a_single_measure_all_methods_say_the_same_and_nothing_is_left_over(tmp_path: Path) -> None:
    spec, reference = written(tmp_path, "  - {atgard: behall_sjukskoterskor, start: 2023-03}\n", "  []\n")
    single = contribute(game_of(spec, reference, 2), processes=1)
    v = single.values
    assert np.array_equal(v.first_in, v.last_out) and np.array_equal(v.first_in, v.shapley)
    frame = pd.DataFrame(single.rows())
    assert (frame.loc[frame["metod"] == "samspel", "medelvarde"] == 0).all()


@pytest.mark.unit
def test_measures_say_whether_they_are_modelled_and_train_within_the_horizon(pair: tuple[ks.Specification, ks.Specification],
                                                                            tmp_path: Path) -> None:
    late = OURS.replace("extra_utbildning}", "extra_utbildning, start: 2024-08}")
    for (spec, reference), expected in ((pair, "nej"), (written(tmp_path, late, THEIRS), "ja")):
        rows = {r["atgard"]: r for r in contribute(game_of(spec, reference, 2), processes=1).measures()}
        assert rows["prata"]["modell"] == "nej" and rows["prata"]["brytpunkt"] == ""
        assert rows["extra_utbildning"]["efter_horisonten"] == expected and rows["vaxla"]["efter_horisonten"] == "nej"
        shift = rows["vaxla"]
        assert shift["brytpunkt_mottagare"] == "underskoterska" and shift["brytpunkt_antaget"] == pytest.approx(0.4)
        assert (shift["utbildad"], shift["overlamnad"], shift["aldrig_overlamnad"]) == ("2023-06-01", "2023-09-01", "nej")
        assert rows["lyft"]["brytpunkt"] == rows["extra_utbildning"]["brytpunkt"] == "ej_storlek"


@pytest.mark.unit
def test_a_part_that_is_never_handed_over_is_told_beside_the_day_of_the_others(tmp_path: Path) -> None:
    first = OURS[OURS.index("    uppgiftsvaxling:\n"):OURS.index("  - {nyckel: prata")]
    head, *rest = first.splitlines()
    part = ["      - " + rest[0].strip(), *("        " + line.strip() for line in rest[1:])]
    both = "\n".join([head, *part, *part]) + "\n"
    never = both[::-1].replace("2023-09"[::-1], "aldrig"[::-1], 1)[::-1]
    spec, reference = written(tmp_path, OURS.replace(first, never), THEIRS)
    row = next(r for r in contribute(game_of(spec, reference, 2), processes=1).measures() if r["atgard"] == "vaxla")
    assert (row["overlamnad"], row["aldrig_overlamnad"]) == ("2023-09-01", "ja")


@pytest.mark.unit
def test_scenarios_that_differ_in_more_than_measures_are_refused(tmp_path: Path) -> None:
    spec, reference = written(tmp_path, OURS, THEIRS, extra="omvarld: {hyrpris_index: {2024: 0.9}}\n")
    with pytest.raises(UserError, match="skiljer sig i mer än åtgärder") as caught:
        game_of(spec, reference, 2)
    assert caught.value.code == 2


def made(last_out: float, outlay: float, *, noise: float = 0.01, cost: float = -1.0, spread: float = 0.0) -> Contributions:
    """Contributions of one measure from forty made-up rounds; `last_out`, `outlay`: net cost; `cost`: of agency staff."""
    rng = np.random.default_rng(1)

    def array(**values: float) -> np.ndarray:
        found = np.zeros((40, 1, len(INDICATORS), 2)) + rng.normal(0, noise, (40, 1, 1, 1))
        for name, value in values.items():
            found[:, :, INDICATORS.index(name)] += value
        return found

    values = Round(*[array()] * 4, joint=array()[:, 0])
    shapley = array(hyrkostnad_mkr=cost) + np.repeat(rng.normal(0, spread, 20), 2)[:, None, None, None]
    values = values._replace(last_out=array(nettokostnad_mkr=last_out), outlay=array(nettokostnad_mkr=outlay), shapley=shapley)
    switch = SimpleNamespace(key="a")
    coalitions = SimpleNamespace(switches=(switch,), silent=(), graduates_late=lambda _: False, taken_out=lambda _: None,
                                 stages=lambda _: (None, None, False))
    return Contributions(scenario="s", reference="r", plan=Plan(simulations=40), coalitions=coalitions,  # type: ignore[arg-type]
                         periods=("2030", "medel 2030–2030"), precise="2030", values=values)


@pytest.mark.unit
@pytest.mark.parametrize(("last_out", "outlay", "words", "share"), [
    (-1.0, 2.0, "andel", 2 / 3), (1.0, 2.0, "andel", 2.0), (2.5, 2.0, "aldrig", np.nan), (2.0, 2.0, "okand", np.nan),
    (-1.0, -0.5, "alltid", 0.0), (-1.0, np.nan, "ej_storlek", np.nan)])
def test_the_break_even_is_where_outlay_meets_saving(last_out: float, outlay: float, words: str, share: float) -> None:
    (row,) = made(last_out, outlay).measures()
    assert row["brytpunkt"] == words and row["brytpunkt_andel"] == pytest.approx(share, rel=0.02, nan_ok=True)


@pytest.mark.unit
def test_the_pairs_needed_follow_from_the_monte_carlo_error() -> None:
    assert made(0, 0).pairs_needed(0) == 40
    needed = made(0, 0, noise=4.0).pairs_needed(0)  # half-width 1.28 · 4/√40 against 0.3: about 280
    assert 150 < needed < 500
    assert made(0, 0, noise=4.0, cost=-100.0).pairs_needed(0) == 40


@pytest.mark.unit
def test_a_simulation_measures_what_a_run_keeps() -> None:
    template = resolve(ks.load(REGION / "nollalternativ.yaml"))
    geometry = make_geometry(template, sets={})
    trajectory = compiled(template, draw_matrix(template.parameters, 1, 1)[0], seed=1, simulation=0)
    space = np.zeros((len(geometry.cells), len(COLUMNS), len(geometry.months)), dtype=np.int64)
    found = measured(trajectory, geometry, space)
    again = measured(trajectory, geometry, space)
    assert found.shape == (len(INDICATORS), 2) and (found > 0).all() and np.array_equal(found, again)
