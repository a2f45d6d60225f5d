"""A made-up review of an earlier forecast: three lines, a sum, a month, an outcome that was passed over, two changed measures."""

from __future__ import annotations

from math import nan

from kompetenssim.forecast.causes import CAUSES, DATA, MEASURES, POLICY, Changed, Part, Split
from kompetenssim.forecast.outcomes import Outcome
from kompetenssim.forecast.review import Line, Review, Skipped
from kompetenssim.forecast.scores import score_sample

SAMPLE = [float(x) for x in range(101)]
NURSES, DOCTORS = (Outcome("hyrkostnad_mkr", "2024", 95.0, "sjukhus", group) for group in ("sjukskoterska", "sjukhuslakare"))
WHOLE = Outcome("hyrkostnad_mkr", "2024", 60.0)


def split(miss: float, chance: float, sd: float = 3.0) -> Split:
    parts = [Part(cause, 0.0, nan) for cause in CAUSES if cause != DATA] + [Part(DATA, miss - chance, 0.4)]
    return Split(miss, tuple(parts), chance, sd, 1.0, 0.5)


def line(outcome: Outcome, *, is_sum: bool = False, chance: float = 1.0) -> Line:
    score = score_sample(SAMPLE, outcome.value)
    return Line(outcome, score, is_sum, "-" in outcome.period, split(outcome.value - score.mean, chance))


REVIEW = Review(
    "slk_2022-0011223344", "slk_2023",
    (line(WHOLE, is_sum=True), line(NURSES, chance=7.0), line(DOCTORS._replace(value=40.0), chance=5.0),
     line(NURSES._replace(period="2024-03", value=30.0))),
    (Skipped(WHOLE._replace(period="2031"), "prognosen har ingen sådan period eller plats"),),
    (Changed("slk_vns_10", MEASURES, "ändrad"), Changed("hyrstopp", POLICY, "ny")))
