"""Every trap of YAML is caught where it stands and explained in Swedish."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from kompetenssim.spec.yaml_reader import MAX_BYTES, MAX_DEPTH, MAX_NODES, read_file, read_yaml
from tests.spec.world import NULL, REGION, SCENARIO, faults, load_world

pytestmark = pytest.mark.unit


def said(text: str | bytes) -> list[tuple[int, int, str]]:
    """Read a text and give what is said of it: line, column, message."""
    document = read_yaml(text if isinstance(text, bytes) else text.encode(), "fil.yaml")
    return [(p.line, p.column, p.text) for p in document.problems]


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ("3,7", "decimaltecken ska vara punkt: skriv 3.7"),
        ('"3,7"', "decimaltecken ska vara punkt: skriv 3.7"),
        ("1 625,5", "decimaltecken ska vara punkt: skriv 1625.5"),
        ("2 %", "utan procenttecken: skriv 2"),
        ("2,5%", "skriv 2.5"),
        ("1 625", "utan mellanslag: skriv 1625"),
        ("1\u00a0625", "utan mellanslag: skriv 1625"),
        ("1\u202f625", "skriv 1625"),
        ("1_625", "skriv 1625"),
        ("\u22125", "skriv -5"),
        ("010", "får inte börja med noll: skriv 10"),
        ("12:30", "inte klockslaget 12:30"),
        ('"12"', "ta bort citattecknen och skriv 12"),
        ("tolv", "inte 'tolv'"),
        (".inf", "inte '.inf'"),
        ("1e999", "inte '1e999'"),
        ("2024-01", "inte datumet 2024-01"),
        ("[1, 2]", "inte en lista"),
    ],
)
@pytest.mark.parametrize("template", ["antal_aa: {}", "bemanningsmal_procent: {{undre: 1, trolig: {}, ovre: 99}}"])
def test_a_number_that_is_not_one_is_explained(written: str, advice: str, template: str, tmp_path: Path) -> None:
    block = template.format(written)
    text = SCENARIO.replace("{yrkesgrupp: sjukskoterska, antal_aa: 3}", f"\n      yrkesgrupp: sjukskoterska\n      {block}")
    found = faults(tmp_path, plan=text)
    assert len(found) == 1
    assert advice in found[0].text
    assert (found[0].file, found[0].line) == ("scenarios/liten/plan.yaml", 20)
    assert found[0].column == 7 + block.index(written)
    assert found[0].path.startswith("atgarder.ny.dimensionering.")


@pytest.mark.parametrize("written", ["3,7", "2 %", "010", "12:30", "1 625"])
def test_what_looks_like_a_number_is_text_where_text_is_meant(written: str, tmp_path: Path) -> None:
    assert load_world(tmp_path, plan=SCENARIO.replace("Planen", written)).title == written


def test_a_decimal_comma_in_a_flow_mapping_is_not_read_as_two_keys() -> None:
    assert said("{antal_aa: 3,7}") == [(1, 12, "decimaltecken ska vara punkt: skriv 3.7")]
    assert [s[:2] for s in said("po: {2014: 44,13, 2019: 46,45}")] == [(1, 12), (1, 25)]
    assert said("{ett: 3, 7: 4}") == []


def test_powers_of_ten_and_other_plain_numbers_are_numbers() -> None:
    data = read_yaml(b"a: 1e3\nb: -2.5\nc: .5\nd: 1.5E-2\ne: +7\nf: 0", "fil").data
    assert data == {"a": 1000.0, "b": -2.5, "c": 0.5, "d": 0.015, "e": 7, "f": 0}


def test_duplicate_keys_are_reported_with_both_lines() -> None:
    assert said("a: 1\nb: 2\na: 3") == [(3, 1, "nyckeln 'a' står två gånger: rad 1 och rad 3; behåll en av dem")]


def test_keys_that_fold_to_the_same_are_reported_with_both_lines() -> None:
    (line, column, text), = said("x:\n  tjänster: 1\n  Tjanster: 2")
    assert (line, column) == (3, 3)
    assert text == "nycklarna 'tjänster' (rad 2) och 'Tjanster' (rad 3) betyder samma sak; behåll en av dem"


def test_the_same_key_in_two_languages_is_reported(tmp_path: Path) -> None:
    found, = faults(tmp_path, plan=SCENARIO + "measures: []\n")
    assert "'atgarder' och 'measures' är samma nyckel" in found.text


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "true", "False", "NO"])
def test_english_booleans_are_refused_as_values_and_keys(word: str) -> None:
    (value_line, value_column, value), (key_line, key_column, key) = said(f"a: {word}\n{word}: 1")
    assert (value_line, value_column, key_line, key_column) == (1, 4, 2, 1)
    assert "skriv ja eller nej" in value
    assert "ingen tillåten nyckel" in key
    assert read_yaml(f'a: "{word}"'.encode(), "fil").data == {"a": word}


def test_only_yes_and_no_in_swedish_answer_a_yes_no_question(tmp_path: Path) -> None:
    found, = faults(tmp_path, plan=SCENARIO.replace("start: 2024-vt", "aviserad: kanske"))
    assert found.text == "'kanske' är inte tillåtet, tillåtna värden är ja, nej"


def test_a_day_that_does_not_exist_has_its_line() -> None:
    assert said("a: 1\nb:\n  c: 2026-02-30") == [(3, 6, "dagen 2026-02-30 finns inte; månaden har 28 dagar")]
    assert said("2026-13-01: 1")[0][:2] == (1, 1)
    assert "ska skrivas 2026-02-03" in said("a: 2026-2-3")[0][2]
    assert read_yaml(b"a: 2024-02-29\nb: 2024-02", "fil").data == {"a": "2024-02-29", "b": "2024-02"}


@pytest.mark.parametrize("written", ["2024-13", "30/9 2018", "2024-xt", "20240101", "i våras"])
def test_what_is_no_date_is_refused_where_a_date_is_meant(written: str, tmp_path: Path) -> None:
    plan = SCENARIO.replace("start: 2024-vt", f"start: {written}")
    found, = faults(tmp_path, plan=plan)
    assert (found.line, found.path) == (plan.splitlines().index(f"    start: {written}") + 1, "atgarder.ny.start")


def test_tabs_are_refused_all_of_them() -> None:
    assert [s[:2] for s in said("a: 1\t# kommentar\nb: no\nc:\t2")] == [(1, 5), (2, 4), (3, 3)]
    assert said("a:\n\tb: 1") == [(2, 1, "tabbtecken är inte tillåtet; använd blanksteg")]


def test_a_byte_order_mark_and_windows_line_ends_are_accepted() -> None:
    document = read_yaml("﻿a: 1\r\nb: ö\r\nc: no\r\n".encode(), "fil")
    assert [(p.line, p.column) for p in document.problems] == [(3, 4)]
    assert read_yaml("﻿a: 1\r\nb: ö\r\n".encode(), "fil").data == {"a": 1, "b": "ö"}


def test_another_encoding_is_refused_at_the_first_odd_byte() -> None:
    (line, column, text), = said("a: 1\ntitel: Läkare".encode("cp1252"))
    assert (line, column) == (2, 9)
    assert "spara om den med kodningen UTF-8" in text


def test_control_characters_are_refused() -> None:
    assert said("a: 1\nb: x\x07") == [(2, 5, "otillåtet styrtecken U+0007; ta bort det")]


def test_anchors_aliases_merge_keys_and_tags_are_refused() -> None:
    assert "ankare och alias ('&x', '*x') stöds inte" in said("a: &x 1\nb: *x")[0][2]
    assert "'<<' stöds inte" in said("a:\n  <<: {b: 1}\n  c: 2")[0][2]
    assert "taggar" in said("a: !!python/object:os.system 3")[0][2]


def test_a_bomb_of_aliases_is_refused_without_being_expanded() -> None:
    levels = "abcdefghijkl"
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"{b}: &{b} [{', '.join([f'*{a}'] * 10)}]" for a, b in pairwise(levels)]
    document = read_yaml("\n".join(lines).encode(), "bomb")
    assert "ankare och alias" in document.problems[0].text
    assert document.nodes < 200


def test_deep_nesting_is_refused_at_the_limit() -> None:
    document = read_yaml(b"[" * 100_000, "fil")
    assert f"högst {MAX_DEPTH} nivåer" in document.problems[-1].text
    assert document.nodes <= MAX_DEPTH + 1


def test_too_many_values_are_refused_at_the_limit() -> None:
    document = read_yaml(b"[" + b"1," * 1_000_000 + b"1]", "fil")
    assert f"högst {MAX_NODES}" in document.problems[-1].text
    assert document.nodes == MAX_NODES + 1


def test_a_large_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "stor.yaml"
    path.write_bytes(b"a: 1\n" + b"#" * MAX_BYTES)
    content, document = read_file(path, "stor.yaml")
    assert len(content) == MAX_BYTES + 1
    assert "för stor" in document.problems[0].text
    assert document.nodes == 0


def test_several_documents_in_a_file_are_refused() -> None:
    assert said("a: 1\n---\nb: 2")[0][:2] == (2, 1)


@pytest.mark.parametrize("text", ["", "\n\n", "# bara en kommentar\n", "---\n"])
def test_an_empty_file_says_so(text: str, tmp_path: Path) -> None:
    found = faults(tmp_path, plan=text)
    assert any("tom" in p.text or "mappning" in p.text for p in found)
    assert {p.file for p in found} == {"scenarios/liten/plan.yaml"}


@pytest.mark.parametrize(
    ("text", "line", "advice"),
    [
        ("a: b: c", 1, "kolon på fel plats"),
        ("a: [1, 2\nb: 3", 2, "det saknas komma eller ']'"),
        ("a: 1\nb: @x", 2, "sätt texten inom citattecken"),
        ('a: 1\nb: "x', 2, "citattecken eller en parentes är inte stängd"),
        ("a: 1\n b: 2", 2, "kolon på fel plats"),
    ],
)
def test_a_syntax_fault_is_told_in_swedish(text: str, line: int, advice: str) -> None:
    (found, _, said_), = said(text)
    assert found == line
    assert advice in said_


def test_faults_of_all_files_are_told_together(tmp_path: Path) -> None:
    found = faults(
        tmp_path, region=REGION.replace("heltid_timmar_vecka: 40", "heltid_timmar_vecka: 38,25"),
        nollalternativ=NULL.replace("slut: 2023-12-31", "slutt: 2023-12-31"),
        plan=SCENARIO.replace("simuleringar: 20", "simuleringar: 0"),
    )
    assert [p.file.rpartition("/")[2] for p in found] == ["nollalternativ.yaml", "plan.yaml", "region.yaml"]


def test_positions_of_every_key_path_are_known() -> None:
    document = read_yaml(b"a:\n  b: 1\n  c: [x, {d: 2}]\n", "fil")
    assert document.data == {"a": {"b": 1, "c": ["x", {"d": 2}]}}
    assert document.positions == {
        "a": (1, 1), "a.b": (2, 6), "a.c": (3, 3), "a.c.1": (3, 7), "a.c.2": (3, 10), "a.c.2.d": (3, 14),
    }
