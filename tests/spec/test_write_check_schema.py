"""What is written of a specification: the resolved file, the check of a file, the JSON Schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kompetenssim.spec.check import check_file
from kompetenssim.spec.json_schema import json_schema
from kompetenssim.spec.write import resolved_yaml, scalar_text
from kompetenssim.spec.yaml_reader import read_yaml
from tests.spec.world import LEVERS, REGION, SCENARIO, load_world, shuffled, write_world

pytestmark = pytest.mark.unit


def test_the_resolved_file_names_the_origin_of_every_value(tmp_path: Path) -> None:
    lines = resolved_yaml(load_world(tmp_path)).splitlines()
    assert "      antal_aa: 3  # scenarios/liten/plan.yaml:18" in lines
    assert "      andel: 0.6  # scenarios/gemensamt/atgarder.yaml:7, källa: Slutrapport 2023" in lines
    assert "  vikt_hyra: 0.3  # standardvärde, antagande" in lines
    assert "    slut: null  # scenarios/liten/plan.yaml:13" in lines
    values = [line for line in lines if ": " in line and not line.startswith(("#", "version")) and not line.endswith("{}")]
    assert all("  # " in line for line in values)


def test_the_resolved_file_is_stable_and_readable(tmp_path: Path) -> None:
    text = resolved_yaml(load_world(tmp_path))
    document = read_yaml(text.encode(), "specifikation.yaml")
    assert document.problems == []
    assert document.data["scenario"]["nyckel"] == "plan"
    assert [m["nyckel"] for m in document.data["atgarder"]] == ["ny", "vns"]
    without_lines = [line.partition("  # ")[0] for line in text.splitlines()]
    again = resolved_yaml(load_world(tmp_path, plan=shuffled(SCENARIO, 3), region=shuffled(REGION, 3)))
    assert [line.partition("  # ")[0] for line in again.splitlines()] == without_lines


@pytest.mark.parametrize(
    "value", [True, False, None, 3, 3.0, 1e-9, "no", "3,7", "a: b", "12:30", "Å # x", "", "rad\nrad", "=1+1", "2024-vt"]
)
def test_a_written_value_is_read_back_as_it_was(value: Any) -> None:
    document = read_yaml(f"a: {scalar_text(value)}".encode(), "fil")
    assert document.problems == []
    assert document.data["a"] == ({True: "ja", False: "nej"}[value] if isinstance(value, bool) else value)


@pytest.mark.parametrize(
    ("name", "kind"), [("region", "region"), ("plan", "scenario"), ("atgarder", "åtgärdskatalog"), ("regler", "regler")],
)
def test_a_sound_file_is_recognised_by_its_content(name: str, kind: str, tmp_path: Path) -> None:
    write_world(tmp_path)
    report = check_file(next(tmp_path.rglob(f"{name}.yaml")), LEVERS)
    assert (report.kind, report.problems, report.ok) == (kind, (), True)


def test_a_check_of_the_region_lists_what_is_assumed_in_its_place(tmp_path: Path) -> None:
    write_world(tmp_path)
    report = check_file(next(tmp_path.rglob("region.yaml")), LEVERS)
    found = {gap.path: gap for gap in report.gaps}
    assert found["parametrar.vikt_hyra"].assumption == "0.3 (antagande)"
    assert found["yrkesgrupper.*.ob_procent"].where == ("sjukskoterska", "vns")
    assert found["yrkesgrupper.*.avgang_procent_ar"].where == ("vns",)
    assert found["yrkesgrupper.*.sysselsattningsgrad"].assumption == "100 → 65, 75 → 25, 50 → 10 (antagande)"
    assert found["overtid.tak_timmar_ar"].assumption.startswith("200 (källa:")
    assert "parametrar.hyrpris_elasticitet" not in found
    text = report.text()
    assert "saknas för sjukskoterska, vns" in text
    assert "modellparametrar" in text


def test_a_check_tells_all_faults(tmp_path: Path) -> None:
    write_world(tmp_path, region=REGION.replace("40}", "fyrtio}").replace("omrade: sjukhus", "omrad: sjukhus"))
    report = check_file(next(tmp_path.rglob("region.yaml")), LEVERS)
    found = [(p.line, p.path) for p in report.problems]
    assert found == [(16, "schematyper.dag.heltid_timmar_vecka"), (20, "enheter.medicin.omrad")]
    assert "2 fel" in report.text()


def test_a_counterfactual_without_a_period_can_be_checked(tmp_path: Path) -> None:
    write_world(tmp_path)
    report = check_file(next(tmp_path.rglob("nollalternativ.yaml")), LEVERS)
    assert report.ok
    assert [w.code for w in report.warnings] == ["utan_period"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("kalibrering.yaml", "version: 1\nkalibrering: {nyckel: a}\n", "filtypen kalibrering stöds inte ännu"),
        ("svep.yaml", "version: 1\nsvep: {nyckel: a}\n", "filtypen svep stöds inte ännu"),
        ("personal.csv", "a;b\n", "CSV-filen ska heta atgardsuppfoljning.csv"),
        ("okand.yaml", "hej: 1\n", "filen känns inte igen"),
        ("lista.yaml", "- 1\n", "mappning"),
        ("tom.yaml", "", "filen är tom"),
        ("finns_inte.yaml", None, "filen finns inte"),
    ],
)
def test_a_file_that_cannot_be_checked_says_why(name: str, text: str | None, said: str, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    report = check_file(tmp_path / name, LEVERS)
    assert not report.ok
    assert said in report.problems[0].text


def test_the_json_schema_has_swedish_keys_for_every_kind_of_file() -> None:
    schema = json_schema(LEVERS)
    assert set(schema) == {"region", "scenario", "atgarder", "regler"}
    assert "yrkesgrupper" in schema["region"]["properties"]
    measure = schema["scenario"]["properties"]["atgarder"]["items"]["properties"]
    assert {"nyckel", "atgard", "titel", "dimensionering", "uppgiftsvaxling"} <= set(measure)
    assert "levers" not in measure
    assert schema["region"]["$defs"]["Parameters"]["properties"]["vikt_hyra"]["default"] == 0.3
    json.dumps(schema)


def test_every_reference_of_the_json_schema_leads_somewhere() -> None:
    for schema in json_schema(LEVERS).values():
        text = json.dumps(schema)
        for name in {part.partition('"')[0] for part in text.split("#/$defs/")[1:]}:
            assert schema["$defs"].get(name)
