"""An HR extract is read with every fault told where it is, and no figure of a small row is ever printed."""

from __future__ import annotations

import shutil
from math import inf
from pathlib import Path

import pytest

import kompetenssim as ks
from kompetenssim.calibration.plan import Plan, load_plan
from kompetenssim.calibration.register import COLUMNS, RegisterRow, read_register
from kompetenssim.levers import LEVERS
from kompetenssim.spec.beyond import NOTHING
from kompetenssim.spec.node import Problems
from kompetenssim.spec.specification import SpecificationError

pytestmark = pytest.mark.unit
ROOT = Path(__file__).resolve().parents[2]
NAME = "calibration/rjh/kalibrering.yaml"
HEADING = ";".join(COLUMNS) + "\n"
GOOD = "2016;ssk;30-44;2+;120,5;100;7;0;5;6;2;4;3\n"


def read(text: str) -> tuple[tuple[RegisterRow, ...], list[str]]:
    problems = Problems()
    rows = read_register(text.encode(), "uttag.csv", {"ssk", "lakare"}, problems)
    return rows, [str(p) for p in problems.sorted_errors()]


def test_a_row_is_classes_years_and_counts() -> None:
    (row,), faults = read(HEADING + GOOD)
    assert not faults
    assert (row.year, row.group, row.ages, row.tenures) == (2016, "ssk", (30, 45), (2, inf))
    assert (row.person_years, row.at_work) == (120.5, 100)
    assert row.counts == {
        "uppsagningar": 7, "avgangar_pension": 0, "langtidssjuk_fall": 5, "foraldraledig_fall": 6, "tjanstledig_fall": 2,
        "interna_sokande": 4, "byten_sysselsattningsgrad": 3,
    }  # fmt: skip


def test_an_empty_cell_or_a_column_left_out_is_not_zero_but_unknown() -> None:
    (row,), faults = read(";".join(COLUMNS[:7]) + "\n2016;ssk;30-44;2+;9;9;\n")
    assert not faults and row.counts == {}


@pytest.mark.parametrize(("text", "span"), [("67", (67, 68)), ("20-29", (20, 30)), ("70+", (70, inf))])
def test_ages_include_both_ends(text: str, span: tuple[float, float]) -> None:
    (row,), _ = read(f"{HEADING}2016;ssk;{text};0+;9;9;;;;;;;\n")
    assert row.ages == span


@pytest.mark.parametrize(
    ("line", "where", "said"),
    [
        ("16;ssk;30-44;2+;9;9;1;;;;;;", "2:1: ar", "ett år (ÅÅÅÅ) väntades, inte '16'"),
        ("2016;sskk;30-44;2+;9;9;1;;;;;;", "2:6: yrkesgrupp", "yrkesgruppen 'sskk' finns inte; det finns lakare, ssk"),
        ("2016;;30-44;2+;9;9;1;;;;;;", "2:6: yrkesgrupp", "yrkesgruppen saknas"),
        ("2016;ssk;44-30;2+;9;9;1;;;;;;", "2:10: aldersklass", "klassen '44-30' slutar innan den börjar"),
        ("2016;ssk;30 till 44;2+;9;9;1;;;;;;", "2:10: aldersklass", "en klass väntades, till exempel 20-29, 67 eller 70+"),
        ("2016;ssk;30-44;2-2;9;9;1;;;;;;", "2:16: tjansteklass", "klassen '2-2' slutar innan den börjar"),
        ("2016;ssk;30-44;2+;NaN;9;1;;;;;;", "2:19: personar", "ett antal personår (0 eller mer) väntades"),
        ("2016;ssk;30-44;2+;;9;1;;;;;;", "2:19: personar", "ett antal personår (0 eller mer) väntades"),
        ("2016;ssk;30-44;2+;-9;9;1;;;;;;", "2:19: personar", "väntades, inte '-9'"),
        ("2016;ssk;30-44;2+;90;9x;1;;;;;;", "2:22: personar_i_tjanst", "väntades, inte '9x'"),
        ("2016;ssk;30-44;2+;90;95;1;;;;;;", "2:22: personar_i_tjanst", "95 i tjänst är fler än alla (90)"),
        ("2016;ssk;30-44;2+;90;80;-1;;;;;;", "2:25: uppsagningar", "ett antal (0 eller mer, utan decimaler) väntades, inte '-1'"),
        ("2016;ssk;30-44;2+;90;80;1,5;;;;;;", "2:25: uppsagningar", "inte '1,5'; lämna tomt om antalet inte är känt"),
        ("2016;ssk;30-44;2+;90;80;nan;;;;;;", "2:25: uppsagningar", "inte 'nan'"),
        ("2016;ssk;30-44;2+;90;80;91;;;;;;", "2:25: uppsagningar", "91 är fler händelser än personåren (90) rymmer"),
        ("2016;ssk;20-44;2+;90;80;9;;;;;;", "2:10: aldersklass", "klassen går över 30 år men uppsagningar är ifyllt"),
        ("2016;ssk;30-44;0+;90;80;9;;;;;;", "2:16: tjansteklass", "klassen går över 2 år men uppsagningar är ifyllt"),
        ("2016;ssk;40-49;0+;90;80;;;;9;;;", "2:10: aldersklass", "klassen går över 45 år men foraldraledig_fall är ifyllt"),
        ("2016;ssk;55-64;0+;90;80;;9;;;;;", "2:10: aldersklass", "klassen går över 60 år men avgangar_pension är ifyllt"),
        ("2016;ssk;62-64;0+;90;80;;9;;;;;", "2:10: aldersklass", "klassen är flera år men avgangar_pension är ifyllt"),
        ("2016;ssk;65+;0+;90;80;;9;;;;;", "2:10: aldersklass", "den sista öppen från tidigast 67 (70+)"),
        ("2016;ssk;30-44;2+;90;80;9;0;1;1;1;1;1;mer", "2:39: raden", "raden har fler fält än rubriken"),
    ],
)
def test_what_cannot_be_used_is_refused(line: str, where: str, said: str) -> None:
    rows, faults = read(HEADING + line + "\n")
    assert any(told.startswith(f"uttag.csv:{where}: ") and said in told for told in faults), faults
    assert rows == () or "mer" in line


def test_nobody_is_counted_twice() -> None:
    _, faults = read(HEADING + GOOD + GOOD.replace("30-44;2+", "40-49;5-10").replace(";6;", ";;"))
    (told,) = faults
    assert told.startswith("uttag.csv:3:10: aldersklass: ssk 2016: klasserna finns redan på rad 2")
    assert read(HEADING + GOOD + GOOD.replace("2016", "2017") + GOOD.replace("2+", "0-2"))[1] == []


def test_all_faults_come_at_once_and_a_file_without_counts_is_none() -> None:
    _, faults = read(HEADING + GOOD.replace("ssk", "sskk").replace("2016", "x") + "2016;ssk;a;b;c;d;e;;;;;;\n")
    assert len(faults) >= 6
    _, faults = read("ar;yrkesgrupp;aldersklass;tjansteklass;personar;personar_i_tjanst\n2016;ssk;30-44;2+;9;9\n")
    assert any("inga händelser är räknade" in told for told in faults)


@pytest.mark.parametrize("line", [
    "2016;ssk;30-44;2+;3,7;3,9;1;;;;;;", "2016;ssk;30-44;2+;3,7;3,1;17;;;;;;", "2016;ssk;30-44;2+;3,7;3,1;1,7;;;;;;",
    "2016;ssk;30-44;2+;3,7;3,x;17;;;;;;", "2016;ssk;30-44;2+;3.7 st;3,1;17;;;;;;",
    "2016;ssk;30-44;2+;3,7;3,1;1;;;;;;;17",
])  # fmt: skip
def test_no_figure_of_a_small_row_is_printed(line: str) -> None:
    """Faults say where, and what is allowed; the figures are not repeated."""
    _, faults = read(HEADING + line + "\n")
    assert faults
    for told in faults:
        text = told.split(": ", 2)[2]
        assert not any(figure in text for figure in ("3,7", "3.7", "3,9", "3,1", "17", "1,7", "3,x")), told


def test_a_small_row_is_used_like_any_other() -> None:
    (row,), faults = read(HEADING + "2016;ssk;30-44;2+;3,7;3,1;2;;;;;;\n")
    assert not faults and row.counts == {"uppsagningar": 2}


def test_the_file_is_recognised_by_its_first_column(tmp_path: Path) -> None:
    path = tmp_path / "uttag.csv"
    path.write_text("\ufeff" + HEADING + GOOD + GOOD.replace("2016", "2017"), encoding="utf-8")
    report = ks.check(path)
    assert report.ok and report.kind == "personalregister"
    assert report.facts == ("personalregister: 2 rader, 2016 till 2017, 1 yrkesgrupper, 241 personår",)


# --- in a plan

SECTION = "register: {fil: uttag.csv, definition: Tillsvidareanställda, kalla: 'Personalsystemet, uttag 2018-02'%s}\n"
NURSES = GOOD.replace("ssk", "sjukskoterska")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for part in ("scenarios/rjh", "scenarios/gemensamt", "calibration/rjh"):
        shutil.copytree(ROOT / part, tmp_path / part)
    return tmp_path


def with_register(root: Path, rows: str, more: str = "", section: str = SECTION) -> Plan:
    (root / "calibration/rjh/uttag.csv").write_text(HEADING + rows, encoding="utf-8")
    plan = ROOT / NAME
    (root / NAME).write_text(plan.read_text(encoding="utf-8") + "\n" + section.replace("%s", more), encoding="utf-8")
    return load_plan(root / NAME, levers=LEVERS, beyond=NOTHING)


def refused(root: Path, rows: str, more: str = "", section: str = SECTION) -> list[str]:
    with pytest.raises(SpecificationError) as caught:
        with_register(root, rows, more, section)
    return [str(p) for p in caught.value.problems]


def test_a_plan_reads_its_register(root: Path) -> None:
    without = load_plan(ROOT / NAME, levers=LEVERS, beyond=NOTHING)
    assert without.register == ()
    plan = with_register(root, NURSES + NURSES.replace("2016", "2017"))
    assert [row.year for row in plan.register] == [2016, 2017]
    assert any("personalregister: 2 rader" in fact for fact in ks.check(root / NAME).facts)
    assert len({without.digest, plan.digest, with_register(root, NURSES).digest}) == 3


def test_years_after_data_till_are_refused_unless_listed_as_a_leak(root: Path) -> None:
    late = NURSES + NURSES.replace("2016", "2018")
    (told,) = refused(root, late)
    assert ": register.fil: registret har 2018 (calibration/rjh/uttag.csv rad 3), efter data_till 2017-12-31" in told
    path = root / NAME
    leak = "lackage:\n  - {plats: register.2018, motivering: prov} #"
    text = (ROOT / NAME).read_text(encoding="utf-8").replace("lackage: ", leak, 1)
    path.write_text(text + "\n" + SECTION % "", encoding="utf-8")
    assert {row.year for row in load_plan(path, levers=LEVERS, beyond=NOTHING).register} == {2016, 2018}


def test_a_break_between_the_years_is_refused_or_begun_after(root: Path) -> None:
    rows = "".join(NURSES.replace("2016", str(year)) for year in (2014, 2015, 2016))
    (told,) = refused(root, rows, ", brott: [2015]")
    assert ": register.brott: registret har ett brott 2015 inom åren 2014 till 2016; börja efter det (fran: 2015)" in told
    assert [row.year for row in with_register(root, rows, ", brott: [2015], fran: 2015").register] == [2015, 2016]
    assert len(with_register(root, rows, ", brott: [2014]").register) == 3


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("register: {fil: uttag.csv, definition: D}\n", "registret har ingen källa; skriv kalla"),
        ("register: {fil: uttag.csv, kalla: K}\n", "definition"),
        ("register: {fil: utag.csv, definition: D, kalla: K}\n", "filen 'utag.csv' finns inte bredvid kalibreringen; där finns "),
    ],
)
def test_definition_source_and_file_are_needed(root: Path, section: str, said: str) -> None:
    assert any(said in told for told in refused(root, NURSES, section=section))


def test_faults_of_the_rows_are_faults_of_the_plan(root: Path) -> None:
    assert any("calibration/rjh/uttag.csv:2:6: yrkesgrupp: yrkesgruppen 'ssk' finns inte" in told for told in refused(root, GOOD))
