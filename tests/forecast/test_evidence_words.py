"""What a measure says in words or as a class reaches the table of measures."""

from __future__ import annotations

from pathlib import Path

import pytest

import kompetenssim as ks
from kompetenssim.forecast.evidence import told
from tests.spec.test_meets_region import measures, write

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ("rekrytering: {yrkesgrupp: ssk, ankomst_faktor: 1.1, flode_fran_kommun_andel: 0.5}", "flode_fran_kommun_andel 0.5"),
        ("lon_och_forman: [{yrkesgrupp: ssk, paslag_procent: 1, villkor: natt}, {yrkesgrupp: usk, paslag_procent: 1}]",
         "villkor natt"),
        ("uppgiftsvaxling: {fran: ssk, till: usk, klass: delegering, tillford_aa: 1, overlamnad: 2024-02}", "klass delegering"),
        ("behalla: {yrkesgrupp: ssk, avgang_faktor: 0.9}", ""),
    ],
)
def test_words_of_lever_blocks(block: str, words: str, tmp_path: Path) -> None:
    (measure,) = ks.load(write(tmp_path, plan=measures(block))).measures
    assert told(measure) == words
