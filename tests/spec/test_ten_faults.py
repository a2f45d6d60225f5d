"""A person who makes ten mistakes hears of all ten at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.spec.world import faults

pytestmark = pytest.mark.unit

TEN_FAULTS = """\
version: 1
scenario:
  nyckel: plan
  titl: Planen
  startlage: 2023-07-01
  jamfors_med: nollalternativ
  period: {start: 2023-07-01, slut: 2033-02-30}
  simuleringar: 0
parametrar:
  hyrpris_elasticitet: 0,3
atgarder:
  - nyckel: ny
    titel: Ny åtgärd
    aviserad: yes
    realisering_andel: 45
    omfattning: {enheter: [medcin]}
    dimensionering: {yrkesgrupp: vns, antal_aa: 3,7}
  - nyckel: ny
    titel: En till
    effekt: ingen
  - atgard: vnss
    status: beslutad
    status: pagar
"""

EXPECTED = [
    (4, 3, "scenario.titl", "titel"),
    (7, 37, "scenario.period.slut", None),
    (8, 17, "scenario.simuleringar", None),
    (10, 24, "parametrar.hyrpris_elasticitet", None),
    (14, 15, "atgarder.ny.aviserad", None),
    (15, 24, "atgarder.ny.realisering_andel", None),
    (16, 28, "atgarder.ny.omfattning.enheter.1", "medicin"),
    (17, 49, "atgarder.ny.dimensionering.antal_aa", None),
    (18, 13, "atgarder.ny", None),
    (21, 13, "atgarder.vnss.atgard", "vns"),
    (23, 5, "atgarder.vnss.status", None),
]


def test_all_faults_of_a_file_are_told_at_once_with_line_and_column(tmp_path: Path) -> None:
    found = [(p.line, p.column, p.path, p.suggestion) for p in faults(tmp_path, plan=TEN_FAULTS)]
    assert found == EXPECTED


def test_a_fault_is_written_as_file_line_column_path_text_and_suggestion(tmp_path: Path) -> None:
    first = str(faults(tmp_path, plan=TEN_FAULTS)[0])
    assert first.startswith("scenarios/liten/plan.yaml:4:3: scenario.titl: okänd nyckel 'titl', tillåtna är ")
    assert first.endswith(" – menade du 'titel'?")
