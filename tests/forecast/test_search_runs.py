"""Whole searches of the small region: answers that are known in closed form, the folder, and that workers change nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

import kompetenssim as ks
from kompetenssim.forecast.search.folder import as_json
from kompetenssim.forecast.search.plan import SearchPlan
from kompetenssim.forecast.search.points import run_point
from kompetenssim.model.draws import draw_matrix
from kompetenssim.resolve import resolve
from tests.forecast.test_search_files import written

COST = """\
version: 1
sokning:
  nyckel: sok_prov
  titel: Hur dyr en åtgärd får vara
  scenario: nollalternativ
{head}
  mal: {{nyckel: kostnad, indikator: atgardskostnad_mkr, tidsbas: kalenderar, senast: 2023-12-31, {limit}}}
  varierar:
    titel: Åtgärdens kostnad
    enhet: mkr
    undre: {low}
    ovre: {high}
{step}
    stallen:
      - {{atgard: egen, falt: kostnad.arlig_mkr, faktor: ja}}
atgarder:
  - {{nyckel: egen, titel: Egen, start: 2023-01-01, effekt: ingen, kostnad: {{arlig_mkr: {written}}}}}
"""
POSTS = """\
version: 1
sokning:
  nyckel: sok_prov
  titel: Behov som hyran klarar
  scenario: nollalternativ
  sannolikhet: 0.5
  simuleringar: 8
  mal: {nyckel: hyra, indikator: hyrkostnad_mkr, population: {yrkesgrupp: ssk_alla}, max: 5, senast: 2024-12-31}
  varierar:
    titel: Bemanningsmål på avdelningen
    enhet: årsarbetare
    undre: 10
    ovre: 26
    steg: 4
    stallen: [{region: enheter.avdelning.bemanningsmal_aa.sjukskoterska}]
"""
A_YEAR = 365.25 / 365


def cost_search(
    folder: Path, *, head: str = "", limit: str = "min: 3", low: float = 0.5, high: float = 40, step: str = "",
    written_as: str = "1",
) -> Path:
    return written(folder, COST.format(head=head, limit=limit, low=low, high=high, step=step, written=written_as))


@pytest.mark.analytic
def test_the_twin_finds_the_size_of_a_yearly_cost_to_its_rounding(tmp_path: Path) -> None:
    """A yearly cost of s mkr is booked as s / 12 a month of 365.25 / 12 days: in 2023, s × 365 / 365.25."""
    answer = ks.solve(ks.load_search(cost_search(tmp_path, head="  tvilling_uppsattningar: 1")), engine="tvilling", processes=1)
    assert (answer.status, answer.metod) == ("funnen", "tvilling")
    assert answer.storlek == pytest.approx(3 * A_YEAR, rel=2e-6) and answer.granne < answer.storlek


@pytest.mark.analytic
def test_a_ceiling_gives_the_largest_size_in_the_simulation(tmp_path: Path) -> None:
    path = cost_search(tmp_path, limit="max: 7.01", low=0, step="    steg: 1", head="  simuleringar: 4")
    answer = ks.solve(ks.load_search(path), engine="simpy", processes=1)
    assert (answer.storst, answer.storlek, answer.granne, answer.undre80, answer.ovre80) == (True, 7, 8, 7, 7)
    found = answer.point(7)
    assert found is not None and found.medelvarde == pytest.approx(7 / A_YEAR, abs=1e-6) and found.mc_fel == 0


@pytest.mark.analytic
def test_an_uncertain_number_is_solved_for_as_its_draws_say(tmp_path: Path) -> None:
    """Cost s·u, u drawn: P(s·u ≥ 3) first reaches 60 % where the sixth largest of ten draws of u does."""
    head = "  simuleringar: 20\n  sannolikhet: 0.6\n  slumpfro: 5"
    plan = ks.load_search(cost_search(tmp_path, head=head, high=9, written_as="{undre: 0.5, trolig: 1, ovre: 2}"))
    template = resolve(plan.at(1))
    ((at, parameter),) = ((i, p) for i, p in enumerate(template.parameters) if "arlig_mkr" in p.name)
    drawn = np.sort(draw_matrix(template.parameters, 10, 5)[:, at] / parameter.mode)[::-1]
    answer = ks.solve(plan, engine="kompilerad", processes=1)
    assert answer.storlek == pytest.approx(3 * A_YEAR / drawn[5], rel=1e-5)
    found = answer.point(answer.storlek)
    assert found is not None and found.p == 0.6 and found.n_effektivt == pytest.approx(10)


@pytest.mark.unit
def test_what_is_out_of_reach_or_reached_already_is_said_with_its_points(tmp_path: Path) -> None:
    few = "  simuleringar: 2"
    far, near = cost_search(tmp_path / "a", limit="min: 50", head=few), cost_search(tmp_path / "b", low=5, head=few)
    out = ks.solve(ks.load_search(far), engine="simpy", processes=1)
    assert (out.status, len(out.punkter)) == ("nas_inte", 5)
    done = ks.solve(ks.load_search(near), engine="simpy", processes=1)
    assert (done.status, done.storlek) == ("redan_natt", 5)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> SearchPlan:
    """A search in which everything reacts: the need that agency staff can carry within a budget."""
    return ks.load_search(written(tmp_path_factory.mktemp("behov"), POSTS))


@pytest.mark.engine
def test_one_and_two_workers_and_both_engines_give_the_same_answer(plan: SearchPlan) -> None:
    one, two = (ks.solve(plan, engine="kompilerad", replications=42, processes=n) for n in (1, 2))
    assert as_json(one) == as_json(two) and one.status == "funnen" and one.storst
    narrow = replace(plan, head=plan.head.model_copy(update={"varied": plan.head.varied.model_copy(update={
        "low": one.storlek - 4, "high": one.storlek + 4})}))
    few = [ks.solve(narrow, engine=e, replications=2, processes=1) for e in ("simpy", "kompilerad")]
    assert as_json(few[0]) == as_json(few[1])


@pytest.mark.engine
def test_a_point_is_what_the_plain_forecast_of_its_scenario_says(plan: SearchPlan) -> None:
    answer = ks.solve(plan, engine="kompilerad", processes=1)
    found = answer.point(answer.storlek)
    run = ks.simulate(plan.at(answer.storlek), replications=8, engine="kompilerad", processes=1)
    yearly = run.yearly.astype({"indikator": str, "yrkesgrupp": str, "omrade": str, "enhet": str, "ar": str})
    rows = yearly[(yearly.ar == "2024") & (yearly.enhet == "alla") & (yearly.omrade == "alla")]
    cost = rows[(rows.indikator == "hyrkostnad_mkr") & (rows.yrkesgrupp == "ssk_alla")].varde
    net = rows[(rows.indikator == "nettokostnad_mkr") & (rows.yrkesgrupp == "alla")].varde
    assert found is not None
    assert (found.medelvarde, found.p) == (pytest.approx(cost.mean()), (cost <= 5).mean())
    assert found.nettokostnad_mkr == pytest.approx(net.mean())


@pytest.mark.engine
def test_runs_that_end_with_the_target_say_what_longer_ones_do(tmp_path: Path) -> None:
    plan = ks.load_search(written(tmp_path, POSTS.replace("senast: 2024-12-31", "senast: 2023-12-31")))
    cut = plan.at(18)
    assert f"{cut.end}" == "2023-12-31"
    found = run_point(plan, 18, "simulering", simulations=8, seed=7, engine="kompilerad", processes=1)
    whole = ks.simulate(replace(cut, end=date(2024, 12, 31)), replications=8, seed=7, engine="kompilerad", processes=1)
    yearly = whole.yearly.astype({"indikator": str, "yrkesgrupp": str, "omrade": str, "enhet": str, "ar": str})
    rows = yearly[(yearly.ar == "2023") & (yearly.enhet == "alla") & (yearly.omrade == "alla")]
    cost = rows[(rows.indikator == "hyrkostnad_mkr") & (rows.yrkesgrupp == "ssk_alla")].varde
    assert found.medelvarde == pytest.approx(cost.mean(), rel=1e-12)


@pytest.mark.unit
def test_the_folder_holds_every_point_and_is_read_back_as_it_was(plan: SearchPlan, tmp_path: Path) -> None:
    answer = ks.solve(plan, engine="simpy", replications=2, processes=1)
    stored = ks.save_search(plan, answer, tmp_path / "ut", engine="simpy", replications=2)
    assert as_json(ks.open_search(tmp_path / "ut").answer) == as_json(answer)
    assert len((tmp_path / "ut/sokning.csv").read_text(encoding="utf-8-sig").splitlines()) == 1 + len(answer.punkter)
    assert json.loads((tmp_path / "ut/manifest.json").read_text(encoding="utf-8"))["id"] == stored.id
    for name in ("svar.json", "tabeller/S1_sokning.csv", "figurer/S1_sokning.svg", "figurer/S1_sokning.csv", "rapport.html",
                 "indata/liten/sok_prov.yaml", "indata/liten/region.yaml"):
        assert (tmp_path / "ut" / name).is_file(), name
    page = (tmp_path / "ut/rapport.html").read_text(encoding="utf-8")
    assert "http" not in page.replace("http://www.w3.org", "") and "Bemanningsmål på avdelningen: högst" in page
    with pytest.raises(ks.UserError, match="är en sökning, inte en körning"):
        ks.open_run(tmp_path / "ut")


@pytest.mark.unit
def test_the_same_search_has_the_same_folder_and_another_has_another(plan: SearchPlan) -> None:
    def place(**options: object) -> Path:
        return ks.search_destination(plan, **options).folder  # type: ignore[arg-type]

    assert place() == place() and place(engine="simpy") == place(engine="kompilerad")
    assert len({place(), place(engine="simpy"), place(engine="tvilling"), place(seed=9), place(replications=9)}) == 5


@pytest.mark.unit
def test_a_target_about_a_handful_of_people_is_refused(tmp_path: Path) -> None:
    text = POSTS.replace("{yrkesgrupp: ssk_alla}", "{yrkesgrupp: sjukskoterska, enhet: liten_enhet}")
    path = written(tmp_path, text)
    region = path.parent / "region.yaml"
    unit = ("  liten_enhet: {titel: Liten, omrade: sjukhus, schematyp: dag, bemanningsmal_aa: {sjukskoterska: 3}, "
            "anstallda: {sjukskoterska: 3}}\nmal:\n")
    region.write_text(region.read_text(encoding="utf-8").replace("mal:\n", unit), encoding="utf-8")
    with pytest.raises(ks.UserError, match="färre än 5 medarbetare"):
        ks.solve(ks.load_search(path), engine="simpy", replications=2, processes=1)
