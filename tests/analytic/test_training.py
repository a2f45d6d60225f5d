"""Training of a fixed length is a pure delay, and its stock obeys Little's law to the person."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from kompetenssim.engine.world import TERM, Person, World
from kompetenssim.model.template import Template
from kompetenssim.model.trajectory import FLOWS
from tests.analytic.build import Watch, build, flow, simulate, unit, z

pytestmark = pytest.mark.analytic


def _school(
    *, dropout: float, terms: int = 3, exits: float = 0.0, seats: int = 20, units: int = 1, heads: int = 150, **group: object
) -> Template:
    return build(
        groups={
            "ssk": {"avgang_procent_ar": exits, **group},
            "spec": {"titel": "Specialistsjuksköterska", "avgang_procent_ar": exits},
        },
        units={f"u{i}": unit({"ssk": heads, "spec": 10}) for i in range(units)},
        end="2027-12-31",
        handledare={"timmar_vecka_per_person": 40},
        utbildningar={
            "vidare": {
                "titel": "Vidareutbildning",
                "typ": "utbildningstjanst",
                "fran": "ssk",
                "till": "spec",
                "platser": {"vt": seats // 2, "ht": seats},
                "langd_terminer": terms,
                "avbrott_procent_termin": dropout,
                "handledartimmar_vecka": 0,
                "minst_manader_erfarenhet": 0,
                "pagaende": 0,
            }
        },
    )


def _ticks_of_starts(template: Template, seats: int) -> list[tuple[int, int]]:
    """Give the minute and number of starts at each term start of the run."""
    calendar = template.calendar
    return [
        (calendar.week_start[k + 1], seats // 2 if number == 3 else seats)
        for k, number in enumerate(calendar.week_number[: len(calendar.week_days)])
        if number in template.term_weeks and calendar.week_start[k + 1] < calendar.horizon
    ]


@pytest.mark.parametrize("terms", [2, 3])
def test_without_dropouts_all_who_start_are_examined_at_the_tick_after_the_length(terms: int) -> None:
    """Oracle (c): exams in a month are exactly the starts one length earlier, moved to the next tick."""
    template = _school(dropout=0, terms=terms)
    done = simulate(template)
    calendar = template.calendar
    starts, exams = np.zeros(len(template.months), dtype=int), np.zeros(len(template.months), dtype=int)
    for tick, seats in _ticks_of_starts(template, 20):
        starts[np.searchsorted(calendar.month_start, tick, side="right") - 1] += seats
        end = min(t for t in (*calendar.week_start, 2**60) if t > tick + terms * TERM)
        if end < calendar.horizon:
            exams[np.searchsorted(calendar.month_start, end, side="right") - 1] += seats
    assert flow(done, "training_starts").sum(axis=1).tolist() == starts.tolist()
    assert flow(done, "training_exams").sum(axis=1).tolist() == exams.tolist()
    assert exams.sum() > 0 and flow(done, "training_dropouts").sum() == 0


def test_with_dropouts_the_share_that_passes_is_the_product_over_terms() -> None:
    """Oracle (c): exams are binomial with (1 − dropout)^terms of those whose time has come."""
    template = _school(dropout=8, terms=3, seats=60, heads=600)
    due = sum(seats for tick, seats in _ticks_of_starts(template, 60) if tick + 3 * TERM + 7 * 1440 < template.calendar.horizon)
    n, passed = 6, 0.92**3
    exams = sum(int(flow(simulate(template, simulation=s), "training_exams").sum()) for s in range(n))
    assert abs(z(exams, n * due * passed, n * due * passed * (1 - passed))) < 3.5


def test_training_stock_is_littles_law_with_its_edges() -> None:
    """Oracle (h): every month and cell, stock = starts − exams − dropouts so far; and the time studied, counted in the
    cells' integer accounts, is the sum over persons of the time from start to end within the window."""
    leave = {"incidens_procent_ar": 10, "median_manader": 4}
    template = _school(dropout=6, exits=12, seats=30, units=2, tjanstledighet=leave, intern_rorlighet_procent_ar=20)
    time: dict[str, int] = defaultdict(int)

    def spell(w: World, p: Person, since: int, until: int) -> None:
        if p.programme >= 0 and p.state == 1:
            time["studied"] += until - since

    done = Watch(spell).run(template)
    starts, exams, dropouts = (flow(done, f"training_{k}").cumsum(axis=0) for k in ("starts", "exams", "dropouts"))
    assert (flow(done, "in_training") == starts - exams - dropouts).all()
    assert starts[-1].sum() > 150 and dropouts[-1].sum() > 20
    minutes = flow(done, "study_minutes").sum()
    cells, weeks = len(template.cells), len(template.weeks)
    assert abs(minutes - time["studied"] * 40 * 60 / (7 * 1440)) <= 3 * cells * weeks  # each week's account drops its fraction


def test_who_enters_a_training_group_from_outside_has_started_training() -> None:
    """The identity of the training stock holds for ST doctors hired to vacant posts as well."""
    template = build(
        groups={"ol": {"handledarfamilj": "lakare"}, "st": {"handledarfamilj": "lakare", "sokande": {"ankomst_per_ar": 20}}},
        units={"a": unit({"ol": 30, "st": 20}, {"st": 30})},
        handledare={"timmar_vecka_per_person": 40},
        utbildningar={
            "st_ort": {
                "titel": "ST",
                "typ": "st",
                "fran": "ol",
                "under": "st",
                "till": "ol",
                "platser": {"vt": 2, "ht": 2},
                "extern_antagning": "ja",
                "handledartimmar_vecka": 0,
            }
        },
    )
    done = simulate(template)
    starts, exams, dropouts = (flow(done, f"training_{k}").sum(axis=1).cumsum() for k in ("starts", "exams", "dropouts"))
    assert (flow(done, "st_doctors").sum(axis=1) == 20 + starts - exams - dropouts).all()
    assert "training_starts" in FLOWS and starts[-1] > 20
