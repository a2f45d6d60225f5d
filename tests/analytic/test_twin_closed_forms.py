"""The closed forms of the other files from the twin's side: where the model is linear its means are the formulas."""

from __future__ import annotations

from math import exp
from typing import NamedTuple

import numpy as np
import pytest

from kompetenssim.engine import twin
from kompetenssim.engine.world import TERM
from kompetenssim.model.calendar import WEEK, YEAR
from kompetenssim.model.template import Template
from kompetenssim.model.trajectory import Trajectory
from tests.analytic.build import build, flow, modes, unit, years

pytestmark = pytest.mark.analytic

HALF = 0.5 + 1e-6  # what whole numbers may take of a running sum


class Delay(NamedTuple):
    """What a programme of fixed length gives by month: starts, those who pass and those who break off, summed from the first."""

    starts: np.ndarray  # type: ignore[type-arg]
    exams: np.ndarray  # type: ignore[type-arg]
    dropouts: np.ndarray  # type: ignore[type-arg]


def run(template: Template) -> Trajectory:
    """Run the twin at the modes."""
    return twin.simulate(template, modes(template))


def delayed(template: Template, seats: dict[int, int], terms: int, dropout: float) -> Delay:
    """Give the pure delay: each half-year a share breaks off, the rest passes at the first tick after the last."""
    calendar = template.calendar
    found = Delay(*(np.zeros(len(template.months)) for _ in range(3)))

    def book(row: np.ndarray, minute: int, heads: float) -> None:  # type: ignore[type-arg]
        after = min(t for t in (*calendar.week_start, 2**60) if t >= minute)
        if after < calendar.horizon:
            row[np.searchsorted(calendar.month_start, after, side="right") - 1] += heads

    for week, number in enumerate(calendar.week_number[: len(calendar.week_days)]):
        start, left = calendar.week_start[week + 1], float(seats.get(number, 0))
        book(found.starts, start, left)
        for term in range(1, terms + 1):
            book(found.dropouts, start + term * TERM, left * dropout)
            left *= 1.0 - dropout
        book(found.exams, start + terms * TERM, left)
    return Delay(*(row.cumsum() for row in found))


@pytest.mark.parametrize(("intake", "exits"), [(25.0, 0.30), (0.0, 0.10), (40.0, 0.0)])
def test_the_stock_is_the_mean_of_m_g_infinity(intake: float, exits: float) -> None:
    """n0 e^(−μt) + λ/μ (1 − e^(−μt)), those who apply in a week beginning at its tick, to a hundredth of a head each month."""
    heads = 30
    template = build(
        groups={"ssk": {"avgang_procent_ar": 100 * exits, "sokande": {"ankomst_per_ar": intake}}},
        units={"a": unit({"ssk": heads}, {"ssk": 400})},
        end="2025-12-31",
    )
    calendar, done = template.calendar, run(template)
    ticks = np.array(calendar.week_start)
    for m, end in enumerate([*calendar.month_start[1:-1], calendar.horizon]):
        came = ticks[1:] < end
        stayed = (np.diff(ticks) / YEAR * intake * np.exp(-exits * (end - ticks[1:]) / YEAR))[came].sum()
        expected = heads * exp(-exits * years(end)) + stayed
        assert flow(done, "contracted_units")[m, 0] / 200 == pytest.approx(expected, abs=0.01 + 0.002 * expected * exits)


@pytest.mark.parametrize(("terms", "dropout"), [(2, 0.0), (3, 0.08), (5, 0.2)])
@pytest.mark.parametrize("outside", ["nej", "ja"])
def test_exams_are_starts_a_length_earlier_times_the_share_that_stays_each_term(terms: int, dropout: float, outside: str) -> None:
    """(1 − dropout)^terms, at the tick after the end, whether seats are filled from within or from outside: month by month."""
    template = build(
        groups={"ssk": {}, "spec": {"titel": "Specialistsjuksköterska"}},
        units={"a": unit({"ssk": 600, "spec": 10})},
        end="2027-12-31",
        utbildningar={
            "vidare": {
                "titel": "Vidareutbildning", "typ": "utbildningstjanst", "fran": "ssk", "till": "spec",
                "platser": {"vt": 10, "ht": 20}, "langd_terminer": terms, "avbrott_procent_termin": 100 * dropout,
                "handledartimmar_vecka": 0, "minst_manader_erfarenhet": 0, "pagaende": 0, "extern_antagning": outside,
            }
        },
    )  # fmt: skip
    done, expected = run(template), delayed(template, {3: 10, 35: 20}, terms, dropout)
    for name, wanted in expected._asdict().items():
        got = flow(done, f"training_{name}").sum(axis=1).cumsum()
        assert np.abs(got - wanted).max() <= HALF, name
    assert expected.exams[-1] > 20
    stock = flow(done, "in_training").sum(axis=1)
    assert np.abs(stock - (expected.starts - expected.exams - expected.dropouts)).max() <= HALF
    came = expected.starts[-1] if outside == "ja" else 0
    assert flow(done, "employees")[-1].sum() == 610 + came
    examined = flow(done, "employees")[-1, template.cells.index(("a", "spec"))]
    assert abs(examined - 10 - expected.exams[-1]) <= 2 * HALF


def test_vacancy_share_is_mean_vacancy_over_mean_cycle() -> None:
    """A post is held a mean time, then vacant until lead time and notice are over; the stationary share knows no more."""
    h, lead, notice, heads = 0.6, 5.5, 2.0, 60
    applicants = {"ankomst_per_ar": 1500, "talamod_veckor": 1, "ledtid_veckor": lead, "uppsagningstid_manader": notice}
    template = build(
        groups={"ssk": {"avgang_procent_ar": 100 * h, "sokande": applicants}}, units={"a": unit({"ssk": heads})}, end="2030-12-31"
    )
    done = run(template)
    vacant = lead * WEEK / YEAR + notice / 12
    empty, posts = (flow(done, f"{k}_units_minutes")[18:].sum() for k in ("vacant", "established"))
    tick = WEEK / YEAR / (vacant + 1 / h)  # a week more or less of each vacancy: adverts and matches wait for ticks
    assert empty / posts == pytest.approx(vacant / (vacant + 1 / h), abs=tick)
