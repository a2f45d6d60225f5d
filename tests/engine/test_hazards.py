"""A hazard above the strips stops the run and says why; the multiplier's clip is a model assumption and is counted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kompetenssim.engine import weekly
from kompetenssim.engine.people import open_strips
from kompetenssim.engine.reference import simulate
from kompetenssim.engine.stops import HazardAboveStrips, HazardTooHigh
from kompetenssim.engine.world import World
from kompetenssim.model.clocks import MOST_STRIPS, STRIP, THINNED
from kompetenssim.model.template import SCALARS, Template
from kompetenssim.model.trajectory import Trajectory, column
from tests.engine.worlds import BASIS, OWN, difference, driven, measure, plain_driver, region, simulated, template, theta

pytestmark = pytest.mark.engine
END = "2023-12-31"


def test_a_hazard_above_the_highest_strip_stops_the_run_and_names_clock_rate_and_measures(tmp_path: Path) -> None:
    world = region()
    world["yrkesgrupper"]["sjukskoterska"]["avgang_procent_ar"] = "90"
    worse = [measure("behalla", "2023-05-01", nyckel=f"samre_{n}") | {"behalla": {"avgang_faktor": 1.5}} for n in range(6)]
    t = template(tmp_path, worse, world, end=END)
    with pytest.raises(HazardTooHigh) as stopped:
        simulated(t)
    text = str(stopped.value)
    assert "uppsägning" in text and "sjukskoterska" in text and "2023-v18" in text
    assert all(key in text for key in t.measures)
    rate, limit = (float(text.split(f" {word} ")[1].split(maxsplit=1)[0]) for word in ("blir", "än"))
    assert limit in (MOST_STRIPS * STRIP[0][0], MOST_STRIPS * STRIP[0][1])
    assert limit < rate < 2 * limit, "the rate itself, not a multiple of the strip's width"


def test_a_hazard_that_no_open_strip_carries_stops_the_run_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second lock: should the strips of a cell not have been opened, nothing is clipped at the person either."""
    monkeypatch.setattr(weekly, "fit_strips", lambda w, now: None)
    t = template(tmp_path, [BASIS], end=END)

    def raise_exits(w: World) -> None:
        if w.week == 10:
            for c in w.cells:
                w.values[w.at["exit_rate"] + c] = 50.0

    with pytest.raises(HazardAboveStrips) as stopped:
        driven(t, plain_driver(watch=raise_exits))
    text = str(stopped.value)
    assert "uppsägning" in text and "per år" in text and "grund" in text


def test_strips_opened_in_advance_change_nothing(tmp_path: Path) -> None:
    """A strip never changes those below it."""
    t = template(tmp_path, [BASIS, OWN], end=END)

    def open_more(w: World) -> None:
        if w.week in (0, 7, 19):
            for clock in range(THINNED):
                w.strip_count[clock] = [n + 2 for n in w.strip_count[clock]]
            for p in w.people:
                if p.strips:
                    open_strips(w, p, w.t.calendar.week_start[w.week])
                    w.reschedule(p)
                    p.due = min(p.due, *p.candidate) if p.state in (1, 2, 3, 4) else p.due

    for simulation in range(3):
        assert difference(driven(t, plain_driver(watch=open_more), simulation), simulated(t, simulation)) == ""


def with_theta(t: Template, value: float) -> Trajectory:
    """Simulate with a given effect of workload on exits."""
    row = np.array(theta(t))
    row[t.scalar_columns[SCALARS.index("theta_exit")]] = value
    return simulate(t, row, seed=3, simulation=0)


def test_clipped_multipliers_are_counted_in_person_weeks(tmp_path: Path) -> None:
    heavy = measure("vardbehov", "2023-02-01") | {"vardbehov": {"andring_procent": 150}}
    t = template(tmp_path, [heavy], end=END)
    clipped, weeks = column("clipped_weeks"), column("person_weeks")
    none, all_ = with_theta(t, 0.0).months, with_theta(t, 500.0).months
    assert none[:, :, clipped].sum() == 0
    touched = [c for c, (u, _) in enumerate(t.cells) if u != "ensam" and t.initial_employees[c] > 1]
    assert (all_[6:, touched, clipped] == all_[6:, touched, weeks]).all()
    assert all_[6:, touched, weeks].sum() > 0
