"""Warnings that the stored results give: cost that moved, supervision that fails, a share whose denominator grew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kompetenssim.forecast.results import Results
from kompetenssim.present.run_warnings import RunWarning, run_warnings, told_once
from kompetenssim.present.tables import TABLES
from kompetenssim.present.view import Difference, Value, View
from tests.present.fakes import make_run

pytestmark = pytest.mark.unit

Changed = Callable[[str, Difference], Difference]


def with_differences(results: Results, change: Changed) -> View:
    view = View(results)
    view.__dict__["_differences"] = {key: change(key[1], d) for key, d in View(results)._differences.items()}
    return view


def sure(mean: float) -> Difference:
    return Difference(mean, abs(mean) / 100, mean - abs(mean) / 10, mean + abs(mean) / 10)


def told(view: View, code: str) -> list[RunWarning]:
    return [w for w in run_warnings(view) if w.code == code]


def test_agency_cost_that_moved_names_its_cause(compared: Results) -> None:
    changes = {"hyrkostnad_mkr": sure(-20), "obemannade_timmar": sure(900)}
    view = with_differences(compared, lambda i, d: changes.get(i, d._replace(low80=-1e9, high80=1e9)))
    (warning,) = told(view, "hyra_flyttad")
    assert (warning.scenario, warning.file, warning.line) == (view.main, "atgarder.yaml", 10)
    assert "obemannat behov" in warning.text and "nettokostnad" in warning.text


def test_a_share_that_falls_though_no_less_is_hired(compared: Results) -> None:
    changes = {View(compared).share_indicator: sure(-0.004), "hyr_timmar": Difference(0, 1, -5, 5)}
    (warning,) = [w for w in told(with_differences(compared, changes.get), "namnaren_vaxer")
                  if w.scenario == View(compared).main]
    assert (warning.file, warning.line) == ("atgarder.yaml", 12)
    assert "nämnaren" in warning.text and "PO" in warning.text
    fewer = changes | {"hyr_timmar": sure(-500)}
    assert not [w for w in told(with_differences(compared, fewer.get), "namnaren_vaxer")
                if w.scenario == View(compared).main]


class Levels(View):
    """A view whose levels are made up: indicator → value in the first and in later years."""

    levels: dict[str, tuple[float, float]]

    def value(self, scenario: str, indicator: str, time: str, area: str = "alla", unit: str = "alla",
              group: str = "alla") -> Value | None:
        if indicator not in self.levels:
            return super().value(scenario, indicator, time, area, unit, group)
        mean = self.levels[indicator][time != self.first_year]
        return Value(*[mean] * 6, 12)


def levels(results: Results, **given: tuple[float, float]) -> View:
    view = Levels(results)
    view.levels = {"handledarutnyttjande": (0.5, 0.5), **given}
    return view


def test_supervision_that_fails_names_training_and_what_waits(compared: Results) -> None:
    crowded = levels(compared, handledarutnyttjande=(0.8, 1.3), utbildning_vantande=(0.0, 6.0))
    warnings = told(crowded, "handledning_racker_inte")
    assert {w.scenario for w in warnings} == set(crowded.scenarios)
    assert all("130" in w.text and "Utbilda fler handledare" in w.text and w.line == 11 for w in warnings)
    assert not told(levels(compared), "handledning_racker_inte")


def test_a_single_scenario_is_compared_over_time(tmp_path: Path) -> None:
    alone = make_run(tmp_path / "korning", scenarios=("slk_2023",), reference=None)
    moved = levels(alone, hyr_timmar=(1000.0, 800.0), overtid_timmar=(100.0, 140.0))
    (warning,) = told(moved, "hyra_flyttad")
    assert "övertid" in warning.text
    share = {View(alone).share_indicator: (0.08, 0.07)}
    assert told(levels(alone, hyr_timmar=(1000.0, 1000.0), **share), "namnaren_vaxer")
    assert not told(levels(alone, hyr_timmar=(1000.0, 875.0), **share), "namnaren_vaxer")


def test_t14_holds_warnings_of_results_and_files(compared: Results) -> None:
    view = levels(compared, handledarutnyttjande=(1.2, 1.2))
    results, files, informs = TABLES["T14"](view).sections
    assert len(results.rows) == len(run_warnings(view))
    assert [row.cells[2:4] for row in files.rows] == [("slk_2023.yaml", "41")]
    assert [row.cells[4] for row in informs.rows] == ["po_andras"]


def test_the_terminal_tells_what_two_scenarios_share_once_and_names_both(compared: Results) -> None:
    crowded = told(levels(compared, handledarutnyttjande=(1.2, 1.2)), "handledning_racker_inte")
    ((warning, scenarios),) = told_once(crowded)
    assert warning == crowded[0] and scenarios == tuple(w.scenario for w in crowded) and len(scenarios) == 2


def test_a_warning_is_at_most_two_sentences(compared: Results, tmp_path: Path) -> None:
    sure_of_all = with_differences(compared, {"hyrkostnad_mkr": sure(-20), "obemannade_timmar": sure(900), "hyr_timmar": sure(1),
                                              View(compared).share_indicator: sure(-0.004)}.get)
    crowded = levels(compared, handledarutnyttjande=(0.8, 1.3), utbildning_vantande=(0.0, 6.0))
    alone = levels(make_run(tmp_path / "korning", scenarios=("slk_2023",), reference=None), hyr_timmar=(1000.0, 800.0),
                   overtid_timmar=(100.0, 140.0))
    found = [w for view in (sure_of_all, crowded, alone) for w in run_warnings(view)]
    assert {w.code for w in found} == {"hyra_flyttad", "handledning_racker_inte", "namnaren_vaxer"}
    assert [w.text for w in found if w.text.count(". ") > 1 or len(w.text) > 260] == []
