"""A review holds a stored run against what happened, and gives a known cause of a miss to that cause."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import isnan, sqrt
from pathlib import Path

import numpy as np
import pytest

import kompetenssim as ks
from kompetenssim.forecast.causes import CAUSES, DATA, MEASURES, MODEL, PARAMETERS, POLICY, changed, steps
from kompetenssim.forecast.outcomes import spread_out
from kompetenssim.forecast.review import Review
from kompetenssim.forecast.statistics import PROBABILITIES, quantiles

REGION = Path(__file__).resolve().parents[1] / "data/liten"
HEAD = "version: 1\nscenario: {nyckel: prognos, titel: Prov, bygger_pa: nollalternativ, uppfoljning_till: 2024-12-31}\n"
PLAN = """\
atgarder:
  - {atgard: behall_sjukskoterskor, start: 2023-03, behalla: {avgang_faktor: 0.5}}
  - {atgard: slk_vns_10, start: 2023-03}
"""
NURSES = ks.Outcome("hyrkostnad_mkr", "2024", 0.0, "sjukhus", "sjukskoterska")
WHOLE = ks.Outcome("hyrkostnad_mkr", "2024", 0.0)
RUNS = {"replications": 40, "seed": 5}


class World:
    """Copies of the small region: as it was when the forecast was made, and as it is known now."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.number = 0

    def spec(self, plan: str = PLAN, *changes: tuple[str, str], follow_up: str = "") -> ks.Specification:
        """Give the scenario with a plan, changes of the region file and a follow-up."""
        self.number += 1
        root = self.folder / f"v{self.number}"
        for part in ("liten", "gemensamt"):
            (root / part).mkdir(parents=True)
            for path in (REGION.parent / part).glob("*.yaml"):
                (root / part / path.name).write_bytes(path.read_bytes())
        region = (root / "liten/region.yaml").read_text(encoding="utf-8")
        for old, new in changes:
            assert old in region, old
            region = region.replace(old, new, 1)
        (root / "liten/region.yaml").write_text(region, encoding="utf-8")
        (root / "liten/prognos.yaml").write_text(HEAD + plan, encoding="utf-8")
        if follow_up:
            text = "nyckel;datum;status;faktisk_start\n" + follow_up
            (root / "liten/atgardsuppfoljning.csv").write_text(text, encoding="utf-8")
        return ks.load(root / "liten/prognos.yaml")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("granskning"))


@pytest.fixture(scope="module")
def run(world: World, tmp_path_factory: pytest.TempPathFactory) -> ks.Run:
    """The forecast, stored."""
    made = ks.simulate(world.spec(), **RUNS)
    return ks.open_run(made.save(tmp_path_factory.mktemp("korningar") / "prognos", extras=()))


def reviewed(run: ks.Run, now: ks.Specification, outcome: ks.Outcome = NURSES) -> Review:
    """Take as outcome the mean of what is known now, so that nothing is left to chance but Monte Carlo error."""
    frame = ks.simulate(now, **RUNS).yearly
    here = frame[(frame["indikator"] == outcome.indicator) & (frame["ar"] == int(outcome.period)) & (frame["enhet"] == "alla")
                 & (frame["omrade"] == outcome.area) & (frame["yrkesgrupp"] == outcome.group)]
    return ks.review(run, [outcome._replace(value=float(here["varde"].mean()))], now=now)


def only(found: Review, cause: str) -> None:
    """Assert that a cause explains all of the miss, that it is a miss, and that the parts add up to it."""
    (line,) = found.lines
    split = line.split
    assert split is not None
    assert abs(split.miss) > 0.02 and split.miss == pytest.approx(-line.score.error)
    assert split.amount(cause) == pytest.approx(split.miss)
    assert all(split.amount(other) == 0 for other in CAUSES if other != cause)
    assert split.chance == pytest.approx(0, abs=1e-9)
    assert sum(p.amount for p in split.parts) + split.chance == pytest.approx(split.miss)


VACANT = ("sjukskoterska: 8, spec", "sjukskoterska: 25, spec")


@pytest.mark.directional
def test_a_wrong_start_state_is_a_miss_of_data(world: World, run: ks.Run) -> None:
    only(reviewed(run, world.spec(PLAN, VACANT)), DATA)
    fewer = ("anstallda: {sjukskoterska: 20", "anstallda: {sjukskoterska: 14")
    found = reviewed(run, world.spec(PLAN, fewer), NURSES._replace(period="2023"))
    only(found, DATA)
    assert found.lines[0].split is not None and found.lines[0].split.miss > 1, "six nurses fewer, more agency cost that year"


@pytest.mark.directional
def test_calibrated_parameters_are_a_miss_of_parameters(world: World, run: ks.Run) -> None:
    exits = ("    manadslon_kr: 36000\n", "    manadslon_kr: 36000\n    avgang_procent_ar: 25\n")
    only(reviewed(run, world.spec(PLAN, exits)), PARAMETERS)
    theta = ("ekonomi:\n", "parametrar: {sokande_svar_pa_vakans: 3}\nekonomi:\n")
    only(reviewed(run, world.spec(PLAN, theta)), PARAMETERS)


@pytest.mark.directional
def test_a_planned_measure_that_began_late_is_a_miss_of_measures(world: World, run: ks.Run) -> None:
    now = world.spec(PLAN, follow_up="behall_sjukskoterskor;2024-06-01;pagar;2024-06-01\n")
    found = reviewed(run, now)
    only(found, MEASURES)
    assert [tuple(c) for c in found.changed] == [("behall_sjukskoterskor", MEASURES, "ändrad")]


@pytest.mark.directional
@pytest.mark.parametrize(("plan", "how"), [
    (PLAN + "  - {atgard: extra_utbildning, start: 2023-09}\n", [("extra_utbildning", POLICY, "ny")]),
    (PLAN.replace("0.5", "0.9"), [("behall_sjukskoterskor", POLICY, "ändrad")]),
    (PLAN.replace("  - {atgard: behall_sjukskoterskor, start: 2023-03, behalla: {avgang_faktor: 0.5}}\n", ""),
     [("behall_sjukskoterskor", POLICY, "borttagen")]),
])
def test_what_was_decided_after_the_forecast_is_a_reaction(
    world: World, run: ks.Run, plan: str, how: list[tuple[str, str, str]],
) -> None:
    found = reviewed(run, world.spec(plan))
    only(found, POLICY)
    assert [tuple(c) for c in found.changed] == how


@pytest.mark.unit
def test_a_measure_that_the_forecast_should_have_known_is_no_reaction(world: World) -> None:
    then = world.spec()
    early, late = (world.spec(PLAN + f"  - {{atgard: extra_utbildning, start: {start}}}\n") for start in ("2023-01", "2023-09"))
    assert [c.cause for c in changed(then, early)] == [MEASURES]
    assert [c.cause for c in changed(then, late)] == [POLICY]
    assert [c.cause for c in changed(then, late, made=date(2023, 12, 31))] == [MEASURES]


@pytest.mark.directional
def test_everything_at_once_adds_up_to_the_miss(world: World, run: ks.Run) -> None:
    exits = ("    manadslon_kr: 36000\n", "    manadslon_kr: 36000\n    avgang_procent_ar: 15\n")
    now = world.spec(PLAN + "  - {atgard: extra_utbildning, start: 2023-09}\n", VACANT, exits,
                     follow_up="behall_sjukskoterskor;2024-06-01;pagar;2024-06-01\n")
    outcomes = [NURSES._replace(value=3.0), WHOLE._replace(value=8.0), WHOLE._replace(period="2024-05", value=0.6),
                WHOLE._replace(indicator="anstallda", period="2024-12", value=60.0)]
    found = ks.review(run, outcomes, now=now)
    assert len(found.lines) == 4
    for line in found.lines:
        split = line.split
        assert split is not None and [p.cause for p in split.parts] == list(CAUSES)
        assert split.amount(MODEL) == 0, "the program is the one that made the forecast"
        assert all(split.amount(cause) != 0 for cause in (DATA, MEASURES, POLICY, PARAMETERS))
        assert sum(p.amount for p in split.parts) + split.chance == pytest.approx(split.miss)
        assert split.miss == pytest.approx(line.outcome.value - line.score.mean)
        assert split.sd_chance > 0 and split.sd_parameter >= 0 and 0 <= split.pit <= 1
        assert all(p.mc_error > 0 for p in split.parts[1:])


@pytest.mark.unit
def test_the_steps_change_one_thing_each_and_end_in_what_is_known_now(world: World) -> None:
    exits = ("    manadslon_kr: 36000\n", "    manadslon_kr: 37000\n    avgang_procent_ar: 15\n")
    then = world.spec()
    now = world.spec(PLAN + "  - {atgard: extra_utbildning, start: 2023-09}\n", VACANT, exits,
                     follow_up="behall_sjukskoterskor;2024-06-01;pagar;2024-06-01\n")
    found = steps(then, now)
    assert list(found) == list(CAUSES)
    exit_rates = [found[c].region.groups["sjukskoterska"].exit_percent_per_year.mode for c in CAUSES]
    pay = [found[c].region.groups["sjukskoterska"].monthly_pay_sek.mode for c in CAUSES]
    assert exit_rates == [7.5, 7.5, 7.5, 7.5, 15] and pay == [36000, 37000, 37000, 37000, 37000]
    assert [found[c].start_state == now.start_state for c in CAUSES] == [False, True, True, True, True]
    assert [len(found[c].measures) for c in CAUSES] == [2, 2, 2, 3, 3]
    starts = [next(m for m in found[c].measures if m.key == "behall_sjukskoterskor").start for c in CAUSES]
    assert starts == ["2023-03", "2023-03", *["2024-06-01"] * 3]
    assert replace(found[PARAMETERS], key=now.key, digest=now.digest, targets=now.targets) == now


@pytest.mark.unit
def test_years_are_scored_by_the_stored_simulations_and_sums_do_not_count(run: ks.Run) -> None:
    frame = run.yearly
    here = frame[(frame["indikator"] == "hyrkostnad_mkr") & (frame["ar"] == 2024) & (frame["enhet"] == "alla")
                 & (frame["omrade"] == "sjukhus") & (frame["yrkesgrupp"] == "sjukskoterska")]["varde"].to_numpy()
    value = float(np.quantile(here, 0.7))
    found = ks.review(run, [NURSES._replace(value=value), WHOLE._replace(value=100.0)])
    lines = {line.outcome.group: line for line in found.lines}
    score = lines["sjukskoterska"].score
    assert score.mean == pytest.approx(here.mean())
    assert [end for i in score.intervals for end in (i.low, i.high)] == pytest.approx(
        np.quantile(here, [0.25, 0.75, 0.1, 0.9, 0.025, 0.975]))
    assert score.pit == pytest.approx(0.7, abs=0.02) and score.at(0.5).inside
    assert lines["sjukskoterska"].error_share == pytest.approx((here.mean() - value) / value)
    assert lines["alla"].is_sum and found.scored == (lines["sjukskoterska"],)
    assert (found.coverage(0.8).inside, found.coverage(0.8).lines) == (1, 1)
    assert lines["alla"].split is None and found.changed == ()


@pytest.mark.unit
def test_months_come_from_stored_quantiles_and_say_that_they_are_approximate(run: ks.Run) -> None:
    found = ks.review(run, [WHOLE._replace(period="2023-05", value=0.5), NURSES._replace(period="2023-05", value=0.4)])
    stored = run.summary
    here = stored[(stored["indikator"] == "hyrkostnad_mkr") & (stored["tid"] == "2023-05") & (stored["enhet"] == "alla")
                  & (stored["omrade"] == "alla") & (stored["yrkesgrupp"] == "alla")].iloc[0]
    score = next(line.score for line in found.lines if line.outcome.group == "alla")
    assert all(line.approximate for line in found.lines)
    assert score.mean == pytest.approx(here["medelvarde"])
    assert (score.at(0.5).low, score.at(0.8).high) == (pytest.approx(here["p25"], rel=1e-2), pytest.approx(here["p90"], rel=1e-2))


@pytest.mark.analytic
def test_stored_quantiles_give_back_a_normal_distribution() -> None:
    sample = np.random.default_rng(1).normal(50, 4, 100_000)
    spread = spread_out(dict(zip(PROBABILITIES, map(float, quantiles(sample, tuple(PROBABILITIES.values()))), strict=True)))
    assert np.quantile(spread, [0.025, 0.3, 0.975]) == pytest.approx(np.quantile(sample, [0.025, 0.3, 0.975]), rel=2e-3)
    assert spread_out(dict.fromkeys(PROBABILITIES, 0.0)).max() == 0.0


@pytest.mark.analytic
def test_cover_and_pit_of_a_forecast_that_is_right_are_right_within_binomial_error(world: World) -> None:
    """What really happens is one more simulation of the same world, with its own draw: 100 of them, one line each."""
    truth = ks.simulate(world.spec(), replications=200, seed=99).yearly
    here = truth[(truth["indikator"] == "anstallda") & (truth["ar"] == 2024) & (truth["enhet"] == "alla")
                 & (truth["omrade"] == "alla") & (truth["yrkesgrupp"] == "sjukskoterska")].sort_values("simulering")
    values = here["varde"].to_numpy()[::2]
    forecast = ks.simulate(world.spec(), replications=600, seed=5)
    outcome = ks.Outcome("anstallda", "2024", 0.0, group="sjukskoterska")
    scores = [ks.review(forecast, [outcome._replace(value=float(v))]).lines[0].score for v in values]
    for level in (0.5, 0.8, 0.95):
        inside = np.mean([s.at(level).inside for s in scores])
        ties = np.mean([s.at(level).low == s.observed or s.at(level).high == s.observed for s in scores])
        error = sqrt(level * (1 - level) / len(scores))
        assert level - 3 * error <= inside <= level + 3 * error + ties, level
    assert np.mean([s.pit for s in scores]) == pytest.approx(0.5, abs=3 / sqrt(12 * len(scores)))


@pytest.mark.unit
@pytest.mark.parametrize(("outcomes", "text"), [
    ([WHOLE._replace(indicator="hyrkostnad")], "finns inte – menade du 'hyrkostnad_mkr'"),
    ([WHOLE._replace(value=float("nan"))], "är inget tal"),
    ([WHOLE, WHOLE._replace(value=3.0)], "två gånger"),
    ([WHOLE._replace(period="2031")], "inget av 1 utfall går att jämföra"),
    ([WHOLE._replace(group="lakare")], "ingen sådan period eller plats"),
    ([WHOLE._replace(indicator="hyrkostnad_mkr_r12")], "anges för en månad"),
])
def test_an_outcome_that_cannot_be_compared_is_said_in_swedish(run: ks.Run, outcomes: list[ks.Outcome], text: str) -> None:
    with pytest.raises(ks.UserError, match=text):
        ks.review(run, outcomes)


@pytest.mark.unit
def test_outcomes_beyond_the_forecast_are_passed_over_and_counted(run: ks.Run) -> None:
    found = ks.review(run, [WHOLE._replace(value=8.0), WHOLE._replace(period="2025", value=9.0)])
    assert len(found.lines) == 1 and [s.outcome.period for s in found.skipped] == ["2025"]


@pytest.mark.unit
def test_a_scenario_of_another_period_is_not_the_same_forecast(world: World, run: ks.Run) -> None:
    now = world.spec()
    with pytest.raises(ks.UserError, match="samma scenario med samma period"):
        ks.review(run, [WHOLE._replace(value=8.0)], now=replace(now, end=date(2025, 12, 31)))
    with pytest.raises(ks.UserError, match="inget scenario 'prognosen' – menade du 'prognos'"):
        ks.review(run, [WHOLE._replace(value=8.0)], scenario="prognosen")


@pytest.mark.e2e
def test_a_later_run_shows_how_the_earlier_one_went(world: World, run: ks.Run, tmp_path: Path) -> None:
    now = world.spec(PLAN, VACANT)
    found = ks.review(run, [NURSES._replace(value=3.0)], now=now)
    later = ks.open_run(ks.simulate(now, replications=4).save(tmp_path / "ut", review=found))
    assert {"T08b_traffsakerhet.csv", "T08c_traffsakerhet_orsaker.csv"} <= {p.name for p in (tmp_path / "ut/tabeller").iterdir()}
    assert len(later.table("T8b").sections) == len(later.table("T8c").sections) == 1
    with pytest.raises(ks.UserError, match="ingen tabell T8b; spara den med en granskning"):
        run.table("T8b")


@pytest.mark.unit
def test_a_review_without_a_split_has_none(run: ks.Run) -> None:
    found = ks.review(run.results.folder, [WHOLE._replace(value=0.0)])
    assert found.lines[0].split is None and isnan(found.bias)
