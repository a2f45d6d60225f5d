"""Follow-up of measures: what was done goes before the plan, and what is written wrong is said where it stands."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kompetenssim.model.timeline import logistic_ramp
from kompetenssim.spec.check import check_file
from kompetenssim.spec.follow_up import FILE, _ramp_position
from kompetenssim.spec.load import load, load_reference
from kompetenssim.spec.specification import Specification, SpecificationError
from kompetenssim.spec.write import resolved_yaml
from tests.spec.world import CATALOGUE, LEVERS, SCENARIO, write_world

pytestmark = pytest.mark.unit

HEAD = "nyckel;datum;status;faktisk_start;infort_andel;utbildad_andel;overlamnad_andel;ansvarig;kommentar\n"


def followed(root: Path, rows: str, *, heading: str = HEAD, encoding: str = "utf-8", **files: str) -> Specification:
    path = write_world(root, **files)
    (path.parent / FILE).write_text(heading + rows, encoding=encoding)
    return load(path, levers=LEVERS)


def said(root: Path, rows: str, heading: str = HEAD) -> list[tuple[int, int, str, str | None]]:
    with pytest.raises(SpecificationError) as fault:
        followed(root, rows, heading=heading)
    return [(p.line, p.column, p.text, p.suggestion) for p in fault.value.problems]


def measure(spec: Specification, key: str = "vns"):  # type: ignore[no-untyped-def]
    return next(m for m in spec.measures if m.key == key)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_follow_up_goes_before_the_plan(tmp_path: Path, encoding: str) -> None:
    spec = followed(tmp_path, 'vns;2023-06-30;pågår;2023-01;0,5;;;Regionservice;"väntar; lokal saknas"\r\n', encoding=encoding)
    m = measure(spec)
    assert (m.status, m.start, m.running_at_start, m.responsible) == ("pagar", "2023-01-01", "ja", "Regionservice")
    assert m.probability_percent.mode == 100
    assert spec.follow_up[0].comment == "väntar; lokal saknas"
    assert tmp_path / "scenarios" / "liten" / FILE in spec.files
    lines = [line for line in resolved_yaml(spec).splitlines() if line.endswith("uppföljning")]
    assert f"    start: 2023-01-01  # scenarios/liten/{FILE}:2, uppföljning" in lines


def test_an_introduction_under_way_keeps_its_pace(tmp_path: Path) -> None:
    half = measure(followed(tmp_path, "vns;2023-06-30;pagar;2023-01-01;0,5;;;;\n"))
    assert half.ramp_months.mode == pytest.approx(2 * 180 / (365.25 / 12), abs=0.01)
    assert half.coverage.share.mode == 0.6
    for share in (0.05, 0.3, 0.5, 0.9, 1.0):
        assert logistic_ramp(12 * _ramp_position(share), 12) == pytest.approx(share)


def test_what_is_carried_out_stays_at_the_share_it_reached_and_works_on(tmp_path: Path) -> None:
    done = measure(followed(tmp_path, "vns;2023-06-30;genomford;2023-01-01;0,5;;;;\n"))
    assert (done.status, done.end, done.coverage.share.mode) == ("genomford", None, pytest.approx(0.3))


def test_what_is_ended_ends_on_the_day_of_the_row(tmp_path: Path) -> None:
    assert measure(followed(tmp_path, "vns;2023-07-01;avslutad;;;;;;\n")).end == "2023-07-01"


@pytest.mark.parametrize(("row", "told"), [("foreslagen;2023-01;", True), ("beslutad;;0,4", True), ("beslutad;;0", False),
                                          ("beslutad;;", False), ("pagar;2023-01;0,4", False)])
def test_a_status_that_denies_the_start_is_warned_of(tmp_path: Path, row: str, told: bool) -> None:
    spec = followed(tmp_path, f"vns;2023-06-30;{row};;;;\n")
    assert [w.path for w in spec.warnings if w.code == "uppfoljning"] == ["vns.status"] * told


def test_nothing_introduced_starts_again_from_the_day_of_the_row(tmp_path: Path) -> None:
    m = measure(followed(tmp_path, "vns;2023-06-30;pagar;;0;;;;\n"))
    assert (m.start, m.running_at_start) == ("2023-06-30", "nej")


def test_the_latest_row_that_says_something_wins_column_by_column(tmp_path: Path) -> None:
    """A blank cell says nothing: it neither empties nor brings back the plan, whatever the order of the rows in the file."""
    spec = followed(tmp_path, "vns;2023-06-30;pagar;;;;;;\nvns;2023-03-31;beslutad;2023-02;;;;Anna;\n")
    assert (measure(spec).status, measure(spec).responsible, measure(spec).start) == ("pagar", "Anna", "2023-02-01")
    (said,) = spec.follow_up
    assert (said.day.isoformat(), said.status, said.started and said.started.isoformat()) == ("2023-06-30", "pagar", "2023-02-01")
    assert (said.planned_status, said.planned_start) == ("beslutad", "2022-11")


def test_a_share_is_of_the_day_of_its_own_row(tmp_path: Path) -> None:
    alone = measure(followed(tmp_path / "a", "vns;2023-03-31;pagar;2023-01-01;0,5;;;;\n"))
    later = measure(followed(tmp_path / "b", "vns;2023-03-31;pagar;2023-01-01;0,5;;;;\nvns;2023-06-30;;;;;;;väntar\n"))
    assert later.ramp_months == alone.ramp_months


def test_what_is_done_is_no_longer_as_far_as_it_once_was(tmp_path: Path) -> None:
    rows = "vns;2023-03-31;pagar;2023-01-01;0,3;;;;\nvns;2023-06-30;genomford;;;;;;\n"
    assert measure(followed(tmp_path, rows)).coverage.share.mode == 0.6


def test_what_is_still_ended_ended_when_it_was_first_told(tmp_path: Path) -> None:
    rows = "vns;2023-03-31;avslutad;;;;;;\nvns;2023-06-30;avslutad;;;;;;\n"
    assert measure(followed(tmp_path, rows)).end == "2023-03-31"


def test_rows_after_the_start_count_only_when_the_scenario_says_so(tmp_path: Path) -> None:
    row = "vns;2024-02-29;genomford;;;;;;\nny;2024-02-29;beslutad;;;;;;\n"
    spec = followed(tmp_path, row)
    assert spec.follow_up == ()
    warning = next(w for w in spec.warnings if w.code == "uppfoljning_senare")
    assert (warning.file, warning.line, warning.column) == (f"scenarios/liten/{FILE}", 2, 5)
    later = followed(tmp_path, row, plan=SCENARIO.replace("  simuleringar", "  uppfoljning_till: 2024-02\n  simuleringar"))
    assert [f.key for f in later.follow_up] == ["ny", "vns"]
    assert later.digest != spec.digest
    assert [f.key for f in load_reference(later, "nollalternativ", levers=LEVERS).follow_up] == ["vns"]


def test_the_stages_of_a_task_shift_are_those_of_the_follow_up(tmp_path: Path) -> None:
    shift = "    uppgiftsvaxling: {fran: sjukskoterska, till: vns, frigjord_timme_per_timme: 0.8, utbildad: 2023-01, "
    shift += "overlamnad: 2024-03}\n"
    catalogue = CATALOGUE.replace("  - nyckel: massa", shift + "  - nyckel: massa")
    with pytest.raises(SpecificationError) as fault:  # the stand-in lever has neither shares nor steps
        followed(tmp_path, "vns;2023-06-30;pagar;;;0,5;0,5;;\n", atgarder=catalogue)
    training, handover = sorted(fault.value.problems, key=lambda p: p.column)
    assert (training.path, training.line, training.column) == ("atgarder.vns.uppgiftsvaxling.utbildad_andel", 2, 24)
    assert (handover.path, handover.line, handover.column) == ("atgarder.vns.uppgiftsvaxling.overlamnad_steg", 2, 28)


def test_stages_without_a_task_shift_are_warned_of(tmp_path: Path) -> None:
    spec = followed(tmp_path, "vns;2023-06-30;pagar;;;0,5;;;\n")
    assert [(w.line, w.column) for w in spec.warnings if w.code == "uppfoljning"] == [(2, 24)]


def test_every_fault_is_told_with_line_column_and_advice(tmp_path: Path) -> None:
    found = said(tmp_path, "vsn;2023-06-30;;;;;;;\nvns;2023-02-30;pågick;2023;50 %;;1,5;;\n;2023-01;;;;;;;\nvns;;;;;;;;\n"
                           "vns;2023-01-01;;2023-02;;;;;;för mycket\nvns;2023-03-01;;;;;;;\nvns;2023-03-01;;;;;;;\n")
    places = {(line, column) for line, column, _, _ in found}
    assert {(2, 1), (3, 5), (3, 16), (3, 28), (3, 34), (4, 1), (5, 5), (6, 17), (6, 30), (8, 5)} <= places
    texts = {(line, column): (text, hint) for line, column, text, hint in found}
    assert texts[2, 1][1] == "vns"
    assert "för 50 procent, skriv 0,5" in texts[3, 28][0]


def test_the_heading_is_checked(tmp_path: Path) -> None:
    (first, second) = said(tmp_path, "vns;2023-01-01\n", "nyckel;dag\n")
    assert "kolumnen 'datum' saknas" in first[2]
    assert second[:2] == (1, 8)


def test_measures_of_other_scenarios_may_be_followed_up(tmp_path: Path) -> None:
    other = "version: 1\nscenario: {nyckel: annat, titel: Annat}\natgarder:\n  - {nyckel: egen, titel: Egen, effekt: ingen}\n"
    assert followed(tmp_path, "egen;2023-01-01;pagar;;;;;;\nmassa;2023-01-01;;;;;;;\n", annat=other).follow_up == ()


def test_the_file_is_checked_by_itself(tmp_path: Path) -> None:
    followed(tmp_path, "vns;2023-06-30;pagar;;;;;;\n")
    path = tmp_path / "scenarios" / "liten" / FILE
    assert check_file(path, LEVERS).ok
    path.write_text(HEAD + "vnss;2023-06-30;pagar;;;;;;\n", encoding="utf-8")
    assert [p.suggestion for p in check_file(path, LEVERS).problems] == ["vns"]
    path.write_bytes((HEAD + "vns;2023-06-30;pågår\n").encode("cp1252"))
    assert "CSV UTF-8" in check_file(path, LEVERS).text()


def test_faults_of_what_is_followed_up_point_at_the_csv(tmp_path: Path) -> None:
    found = said(tmp_path, "ny;2023-06-30;pagar;;0,4;;;;\n")
    assert found[0][:2] == (2, 22)
    assert "faktisk_start" in found[0][2]


def test_the_shares_of_a_task_shift_reach_the_lever(tmp_path: Path) -> None:
    """With the real levers; the catalogue plans both stages before the row."""
    import kompetenssim as ks

    shutil.copytree(Path(__file__).parents[2] / "scenarios", tmp_path / "scenarios")
    folder = tmp_path / "scenarios" / "rjh"
    (folder / FILE).write_text(HEAD + "slk_vns_10;2023-07-01;pagar;;;0,5;0,2;;\n", encoding="utf-8")
    text = (folder / "slk_2023.yaml").read_text(encoding="utf-8").replace("  - atgard: slk_vns_10", """  - atgard: slk_vns_10
    uppgiftsvaxling:
      {fran: underskoterska, till: vns, frigjord_timme_per_timme: 0.8, utbildad: 2023-01, overlamnad: 2023-06, tillford_aa: 3}""")
    (folder / "slk_2023.yaml").write_text(text, encoding="utf-8")
    spec = ks.load(folder / "slk_2023.yaml")
    block = measure(spec, "slk_vns_10").levers["uppgiftsvaxling"][0]
    assert (block.trained_share.mode, block.handed_share.mode) == (0.5, 0.2)
