"""A plan for the small region: invented figures near what the model says, and a year that is held out."""

from __future__ import annotations

from pathlib import Path

# ruff: noqa: E501  # one figure a line, as people write plans
PLAN = """\
version: 1
kalibrering:
  nyckel: liten_2023
  region: rjh
  scenario: nollalternativ
  data_till: 2023-12-31
  kontrollperiod: {fran: 2024-01-01, till: 2024-12-31, handelser: [behall_sjukskoterskor]}
  parameteruppsattningar: 120
parametrar:
  belastning_till_avgang_theta: {fordelning: normal, medelvarde: 1.0, standardavvikelse: 0.7, min: 0, antagande: ja}
  sokande_svar_pa_vakans: {fordelning: lognormal, median: 0.5, undre: 0.2, ovre: 1.0, antagande: ja}
observationer:
  - {indikator: hyrkostnad_mkr, population: {yrkesgrupp: sjukskoterska}, tid: 2023, varde: 6.0, fel_procent: 20, definition: påhittad, kalla: påhittad}
  - {indikator: hyrkostnad_mkr, population: {yrkesgrupp: spec_sjukskoterska}, tid: 2023, varde: 2.0, fel_procent: 30, definition: påhittad, kalla: påhittad}
kontrollvarden:
  - {indikator: hyrkostnad_mkr, population: {yrkesgrupp: sjukskoterska}, tid: 2024, varde: 6.5, definition: påhittad, kalla: påhittad}
  - {indikator: hyrkostnad_mkr, population: {yrkesgrupp: spec_sjukskoterska}, tid: 2024, varde: 2.5, definition: påhittad, kalla: påhittad}
forkontroller:
  utan_atgarder: {scenario: nollalternativ, uppsattningar: 20}
  intervall:
    - {indikator: sjukfranvaro_procent, tid: 2023, undre: 1, ovre: 20, kalla: påhittad}
"""


def write_plan(world: Path, **changes: str) -> Path:
    """Write the plan under `calibration/rjh`, with pieces of its text changed."""
    path = world / "calibration" / "rjh" / "kalibrering.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = PLAN
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return path
