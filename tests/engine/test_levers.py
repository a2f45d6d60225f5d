"""Each lever type changes what its `acts_on` names and nothing else; caps wear off, overtime stays lawful."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kompetenssim.levers import LEVERS
from kompetenssim.model.calendar import week_of
from kompetenssim.model.inputs import fill
from kompetenssim.model.quantities import QUANTITIES
from kompetenssim.model.template import SCALARS, Template
from kompetenssim.model.trajectory import ACCOUNT, Trajectory, column
from tests.engine.worlds import BASIS, COVERED, OWN, Tree, engines_differ, measure, region, simulated, template, theta

pytestmark = pytest.mark.engine
KINDS = sorted(LEVERS)
START = "2023-03-06"

#: The quantities by which the blocks of a lever type work; money beyond wages belongs to every measure.
OF_BLOCKS = {
    "PostBlock": {"post_fte", "need_extra_hours"},
    "ShiftBlock": {"shift_trained", "shift_handed", "shift_realised", "shift_planned_hours"},
    "ProgrammeBlock": {"seats_spring", "seats_autumn", "pay_share"},
    "PoolBlock": {"pool_hours"},
    "CapBlock": {"cap_weeks", "cap_cost", "cap_held"},
    "CohortBlock": set[str](),
    "Enabler": {"need_factor"},  # of the measure it lifts, BASIS
}


def courses(t: Template) -> dict[tuple[str, Any], list[tuple[int, float]]]:
    """Give every value over time, by quantity and what its place is called."""
    inputs, sizes, offsets = fill(t, theta(t)), t.sizes(), t.offsets()
    slots: dict[int, tuple[str, Any]] = {}
    for quantity, meaning in QUANTITIES.items():
        for place in range(sizes[quantity_dimension := meaning.dimension]):
            named = {"cell": t.cells, "group": t.groups, "programme": [p.key for p in t.programmes], "measure": t.measures}
            slots[offsets[quantity] + place] = (quantity, named.get(quantity_dimension, range(sizes[quantity_dimension]))[place])
    found = {slots[s]: [(-1, float(inputs.values[s]))] for s in slots}
    for week, slot, value in zip(inputs.op_week, inputs.op_slot, inputs.op_value, strict=True):
        found[slots[slot]].append((int(week), float(value)))
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_a_lever_type_changes_only_what_it_acts_on(kind: str, tmp_path: Path) -> None:
    """The course of every quantity at every place, with the measure and without it."""
    without = courses(template(tmp_path / "a", [BASIS, OWN]))
    plan = courses(template(tmp_path / "b", [BASIS, OWN, measure(kind, START)]))
    changed = {quantity for (quantity, place), course in plan.items() if without.get((quantity, place)) != course}
    allowed = {"measure_cost", "measure_grant"}.union(*(OF_BLOCKS.get(name, {name}) for name in LEVERS[kind].acts_on))
    assert changed - allowed == set()
    assert changed - {"measure_cost"}, "the block changes something"


@pytest.mark.parametrize("kind", KINDS)
def test_the_order_of_measures_in_the_file_changes_nothing(kind: str, tmp_path: Path) -> None:
    several = [BASIS, OWN, measure(kind, START), measure("vardbehov", "2023-05-01", nyckel="b")]
    one, other = template(tmp_path / "a", several), template(tmp_path / "b", several[::-1])
    assert courses(one) == courses(other)


# --- caps that wear off


def agency(t: Trajectory, template: Template) -> list[int]:
    """Give the agency minutes of each quarter, all cells."""
    minutes = t.trace[:, :, ACCOUNT.index("agency")].sum(axis=1)
    return [int(minutes[i : i + 13].sum()) for i in range(0, len(minutes) - 12, 13)]


def stop(**more: Any) -> Tree:
    return measure("hyrstyrning", "2023-01-01") | {"hyrstyrning": {"yrkesgrupper": ["ssk", "lakare"], "tak_per_vecka": 0, **more}}


def busy() -> Tree:
    world = region()
    world["startlagen"]["2023-01-01"]["hyrkostnad_mkr"].append(
        {"population": {"yrkesgrupp": "sjukskoterska"}, "varde": {"undre": 4, "trolig": 5, "ovre": 6}}
    )
    return world


@pytest.mark.parametrize("cap", [{"tak_per_vecka": 0}, {"tak_mkr_ar": 0}, {"tak_andel": 0}])
def test_a_cap_that_wears_off_lets_more_and_more_through(cap: Tree, tmp_path: Path) -> None:
    """A stop that holds lets nothing through; one with a half-life of six months half of it by then, in both engines."""
    found = {}
    for name, more in (("utan", None), ("haller", {"avklingar": "nej"}), ("avtar", {"avklingning_manader": 6})):
        block = {"yrkesgrupper": ["ssk", "lakare"], **cap, **(more or {})}
        plan = [] if more is None else [measure("hyrstyrning", "2023-01-01") | {"hyrstyrning": block}]
        t = template(tmp_path / name, plan, busy(), end="2025-12-31")
        found[name] = agency(simulated(t), t)
        assert engines_differ(t, theta(t), seed=3, simulation=0) == ""
    free, holds, fades = (found[name] for name in ("utan", "haller", "avtar"))
    assert sum(holds[2:]) < 0.15 * sum(free[2:]), "what was ordered before, and the unit that is not covered"
    gone = [1 - (x - h) / max(1, f - h) for f, h, x in zip(free, holds, fades, strict=True)]
    assert np.mean(gone[1:3]) > 0.4 and np.mean(gone[-4:]) < 0.25, gone


def test_without_a_word_a_cap_wears_off_with_the_usual_half_life(tmp_path: Path) -> None:
    t = template(tmp_path, [stop()], end="2026-12-31")
    (held,) = [course for (quantity, _), course in courses(t).items() if quantity == "cap_held"]
    weeks = {w: v for w, v in held if w >= 0}
    last = max(weeks)
    half_life = theta(t)[next(i for i, p in enumerate(t.parameters) if p.name.endswith("tak.avklingning_manader"))]
    assert 12 <= half_life <= 60
    assert weeks[last] == pytest.approx(0.5 ** (47 / half_life), abs=0.02)


def test_a_cap_that_already_holds_begins_to_wear_off_at_the_start(tmp_path: Path) -> None:
    running = stop() | {"i_drift_vid_start": "ja"}
    del running["start"]
    t = template(tmp_path, [running])
    (held,) = [course for (quantity, _), course in courses(t).items() if quantity == "cap_held"]
    assert held[0] == (-1, 1.0) and held[1][1] < 1.0


def test_campaigns_wear_off_and_what_they_pay_does_not(tmp_path: Path) -> None:
    block = {"yrkesgrupp": "sjukskoterska", "ankomst_faktor": 1.05, "bonus_kr": 30000, "bonus_elasticitet": 0}
    plan = measure("rekrytering", "2023-02-01") | {"rekrytering": block | {"avklingning_manader": 6}}
    found = courses(template(tmp_path, [plan], end="2024-12-31"))
    arrivals = [v for _, v in found[("arrival_factor", "sjukskoterska")]]
    assert arrivals[1] == pytest.approx(1.05) and arrivals[-1] == pytest.approx(1 + 0.05 * 0.5 ** (23 / 6), abs=2e-4)
    assert arrivals[1:] == sorted(arrivals[1:], reverse=True)
    assert len(found[("hire_cost", "sjukskoterska")]) == 2, "from the start a bonus at each hire, unchanged"


def test_campaigns_together_never_draw_more_than_the_joint_cap(tmp_path: Path) -> None:
    """Ten campaigns of 5 % each: at most ten per cent more applicants, at any time."""
    block = {"yrkesgrupp": "sjukskoterska", "ankomst_faktor": 1.05, "bonus_kr": 50000, "avklingar": "nej"}
    several = [measure("rekrytering", f"2023-{n:02d}-01", nyckel=f"k{n}") | {"rekrytering": block} for n in range(1, 11)]
    t = template(tmp_path, several)
    cap = fill(t, theta(t)).scalar[SCALARS.index("arrival_cap")]
    assert max(v for _, v in courses(t)[("arrival_factor", "sjukskoterska")]) == cap == 1.10


# --- overtime


def overtime(t: Template, unit: str) -> Any:
    cells = [c for c, (u, _) in enumerate(t.cells) if u == unit]
    return simulated(t).trace[:, cells, ACCOUNT.index("overtime")]


def rule(**block: Any) -> Tree:
    return measure("overtidsregel", START) | {"overtidsregel": block}


def test_a_stopped_unit_has_no_overtime_from_then_on_and_others_have(tmp_path: Path) -> None:
    """Extra hours of part-timers (mertid) are not overtime; without volunteers there are none either."""
    t = template(tmp_path, [rule(stopp_enheter=["akut"], frivillighet_faktor=0)])
    week = week_of(t.calendar, date.fromisoformat(START))
    assert overtime(t, "akut")[:week].sum() > 0 == overtime(t, "akut")[week:].sum()
    assert overtime(t, "avdelning")[week:].sum() > 0


def test_a_cap_above_the_regions_changes_nothing_and_one_below_holds(tmp_path: Path) -> None:
    as_is = overtime(template(tmp_path / "a", []), "avdelning")
    assert (overtime(template(tmp_path / "b", [rule(tak_timmar_4_veckor=50, tak_timmar_ar=200)]), "avdelning") == as_is).all()
    t = template(tmp_path / "c", [rule(tak_timmar_ar=3, frivillighet_faktor=0)], start="2023-01-01", end="2024-12-31")
    cell = [c for c, (u, _) in enumerate(t.cells) if u == "avdelning"]
    found = simulated(t)
    year = [i for i, name in enumerate(t.weeks) if name.startswith("2024")]
    hours = found.trace[year][:, cell, ACCOUNT.index("overtime")].sum(axis=0) / 60
    heads = found.months[12:24, cell, column("person_weeks")].sum(axis=0) / 52
    assert (hours <= 3.5 * heads + 1).all() and hours.sum() > 0


def test_dearer_overtime_costs_more_and_changes_no_hours(tmp_path: Path) -> None:
    plain, dear = (template(tmp_path / k, m) for k, m in (("a", []), ("b", [rule(ersattning_faktor=1.5)])))
    a, b = simulated(plain), simulated(dear)
    assert (a.trace == b.trace).all()
    more, less = (int(t.months[4:, :, column("wage_overtime_ore")].sum()) for t in (b, a))
    assert 1.2 * less < more <= 1.5 * less + 100


# --- sick leave


def test_less_incidence_and_shorter_leaves_give_less_long_sick_leave(tmp_path: Path) -> None:
    block = {"incidens_faktor": 0.3, "langd_faktor": 0.4, "korttid_faktor": 0.5}
    plain = template(tmp_path / "a", [], end="2025-12-31")
    well = template(tmp_path / "b", [measure("sjukfranvaro", START) | {"sjukfranvaro": block}], end="2025-12-31")
    cells = [c for c, (u, _) in enumerate(plain.cells) if u in COVERED]
    for simulation in range(3):
        less, usual = (simulated(t, simulation).months[12:, cells, column("sick_minutes")].sum() for t in (well, plain))
        assert less < 0.7 * usual
