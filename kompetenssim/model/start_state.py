"""What the start state implies in one draw: need, workload reference and the base stream of applicants.

Initial vacancies and agency hours are data, balance is never assumed: where a unit has no staffing target,
its need is what own staff, agency hours (observed cost / price) and the assumed rest together covered.
"""

from __future__ import annotations

from math import erf, log, sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from kompetenssim.model.calendar import DAY, YEAR
from kompetenssim.model.distributions import lognormal_mean
from kompetenssim.model.rules import (
    STAGES,
    SUMMER_PRODUCTIVITY,
    SUMMER_SUCCESS,
    SUMMER_WEEKS,
    TRAINEE_PRODUCTIVITY,
    learning_month,
    learning_productivity,
    placement_hours,
    workload,
)
from kompetenssim.model.template import PRESETS, ProgrammeRow, Template

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEEKS_PER_YEAR = 365.25 / 7
SUBSTITUTE_MONTHS = 3.0
NEW_POST_APPLICANTS = 1.0  # applicants a year and post in a group that employs nobody at the start (assumption)
SUBSTITUTE_FILLED = 0.35  # share of the substitute posts that somebody holds (assumption: where runs of a region come to rest)
AT_WORK = (PRESETS.index("bt"), PRESETS.index("at"))
PARTS = (
    "avgångar externt",
    "avgångar pension",
    "avgångar visstid",
    "avgångar övriga",
    "ut genom utbildning",
    "in genom utbildning",
    "examinerade",
    "åter från hyrbolag",
    "sökande utifrån",
    "in på annat sätt",
)


class StartState(NamedTuple):
    """Hold what the start state implies; hours per week by cell, rates per year by group."""

    need_hours: NDArray[np.float64]
    exit_rate: NDArray[np.float64]
    arrivals: NDArray[np.float64]
    workload: NDArray[np.float64]
    reference: NDArray[np.float64]
    vacancy: NDArray[np.float64]
    parts: NDArray[np.float64]


class Register(NamedTuple):
    """The register at the start as arrays, one entry per person."""

    cell: NDArray[np.int64]
    age: NDArray[np.float64]
    tenure_months: NDArray[np.float64]
    fte: NDArray[np.float64]


def start_state(
    template: Template,
    theta: NDArray[np.float64],
    par: dict[str, NDArray[np.float64]],
    one: dict[str, float],
    base: dict[str, NDArray[np.float64]],
    hazard: NDArray[np.float64],
) -> StartState:
    """Derive the start state of one draw."""
    people = template.people
    register = Register(
        np.array([p.cell for p in people], dtype=np.int64),
        np.array([-p.birth / YEAR for p in people]),
        np.array([-p.hired / YEAR * 12 for p in people]),
        np.array([p.grade / 200.0 for p in people]),
    )
    n_cells, n_groups = len(template.cells), len(template.groups)
    group = np.array(template.cell_group)
    of = group[register.cell]
    heads = np.bincount(register.cell, minlength=n_cells).astype(float)
    fte = np.bincount(register.cell, weights=register.fte, minlength=n_cells).astype(float)
    fertile = (register.age >= 25) & (register.age < 45)
    heads_g = np.maximum(1.0, np.bincount(of, minlength=n_groups))
    fertile_g = np.bincount(of[fertile], minlength=n_groups) / heads_g
    away = absence_shares(par, fertile_g)
    out = np.array(away).sum(axis=0)
    out = out / (1.0 + out)
    in_training, pace = _training_stock(template, theta, heads)
    productive = _productivity(template, par, register, heads)
    is_st = np.array([any(p.all_of_during and p.during_group == g for p in template.programmes) for g in range(n_groups)])
    productive = np.where(is_st[group], 0.7, productive)
    full_time = base["full_time_hours"]
    own = fte * (1.0 - out[group]) * productive * full_time * base["presence"] * (1.0 - base["compensatory_rest"])
    own = own * (1.0 - np.where(is_st[group], 0.0, in_training * pace / np.maximum(1.0, heads)))
    supervision = _supervision_hours(template, theta, par, one, register, heads)
    own = np.maximum(0.0, own - supervision - np.array(template.cell_duty_compensated_hours))
    vacant: NDArray[np.float64] = np.array(template.vacant_units) / 200.0
    spread = _spread(own, heads, vacant / np.maximum(1e-9, fte + vacant), out[group])
    pension = _retirements(template, register, of, hazard)
    hourly = pension * par["works_on_share"] * par["works_on_months"] / 12.0 * par["works_on_hours"]
    hourly = hourly[group] * heads / np.maximum(1.0, np.bincount(group, weights=heads, minlength=n_groups))[group]
    need, b = _need(template, theta, par, one, base, own, hourly, fte, vacant, register, spread)
    fte_g = np.maximum(1e-9, np.bincount(group, weights=fte, minlength=n_groups))
    pool = np.array(template.cell_is_pool)
    weight = np.where(pool, 0.0, fte)
    weight_g = np.bincount(group, weights=weight, minlength=n_groups)
    reference = np.bincount(group, weights=weight * b, minlength=n_groups) / np.maximum(1e-9, weight_g)
    exit_rate = _exit_rates(par, one, register, of, n_groups)[group]
    vacancy = np.bincount(group, weights=vacant, minlength=n_groups) / np.maximum(
        1e-9, fte_g + np.bincount(group, weights=vacant, minlength=n_groups)
    )
    arrivals, parts = _arrivals(template, theta, par, of, away, pension, fertile_g)
    return StartState(need, exit_rate, arrivals, np.where(pool, reference[group], b), reference, vacancy, parts)


def absence_shares(par: dict[str, NDArray[np.float64]], fertile: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Give rate × mean length (odds against being at work) of long sickness, parental leave and leave of absence, by group."""

    def odds(percent: str, median: str, sigma: str) -> NDArray[np.float64]:
        mean = np.array([lognormal_mean(float(m), float(s)) for m, s in zip(par[median], par[sigma], strict=True)])
        result: NDArray[np.float64] = par[percent] / 100.0 * mean / 12.0
        return result

    return [
        odds("sick_long_percent", "sick_median_months", "sick_sigma"),
        odds("parental_percent", "parental_median_months", "parental_sigma") * fertile,
        odds("leave_percent", "leave_median_months", "leave_sigma"),
    ]


def _productivity(
    template: Template, par: dict[str, NDArray[np.float64]], register: Register, heads: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the mean productivity of the register by cell from the learning curve and tenure."""
    g = np.array(template.cell_group)[register.cell]
    productivity = np.ones(len(g))
    for group in range(len(template.groups)):
        mine = g == group
        share = float(par["novice_share"][group])
        intro, full = float(par["learn_intro_months"][group]), float(par["learn_full_months"][group])
        value = np.ones(int(mine.sum()))
        tenure = register.tenure_months[mine]
        for stage in range(STAGES - 1):
            novice = (
                learning_productivity(stage, float(par["learn_start"][group]), float(par["learn_after_intro"][group])) / 1000.0
            )
            inside = (tenure >= learning_month(stage, intro, full)) & (tenure < learning_month(stage + 1, intro, full))
            value[inside] -= share * (1.0 - novice)
            start = float(par["learn_start_experienced"][group])
            known = learning_productivity(stage, start, 0.5 + 0.5 * start) / 1000.0
            quick = (tenure >= learning_month(stage, intro, full) / 4) & (tenure < learning_month(stage + 1, intro, full) / 4)
            value[quick] -= (1.0 - share) * (1.0 - known)
        productivity[mine] = value
    total = np.bincount(register.cell, weights=productivity * register.fte, minlength=len(heads))
    fte = np.bincount(register.cell, weights=register.fte, minlength=len(heads))
    result: NDArray[np.float64] = np.where(fte > 0, total / np.maximum(fte, 1e-9), 1.0)
    return result


def _training_stock(
    template: Template, theta: NDArray[np.float64], heads: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give expected people in training by cell at the start, and the share of their work that is lost meanwhile."""
    stock, away = np.zeros(len(heads)), np.zeros(len(heads))
    for p in template.programmes:
        if not p.all_of_during:
            at = _participants(template, p, heads)
            stock += at
            work = TRAINEE_PRODUCTIVITY / 1000.0 if p.preset in AT_WORK else 1.0 - float(theta[p.pace]) / 100.0
            away += at * (1.0 - work)
    return stock, np.where(stock > 0, away / np.maximum(stock, 1e-9), 0.0)


def _participants(template: Template, p: ProgrammeRow, heads: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give a programme's expected people in training at the start by cell."""
    cells = zip(template.cell_unit, template.cell_group, strict=True)
    there = np.where([g == p.during_group and u in p.units for u, g in cells], heads, 0.0)
    result: NDArray[np.float64] = there if p.all_of_during else p.in_training * there / max(1.0, float(there.sum()))
    return result


def _supervision_hours(
    template: Template,
    theta: NDArray[np.float64],
    par: dict[str, NDArray[np.float64]],
    one: dict[str, float],
    register: Register,
    heads: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Give hours a week that supervision takes from each cell at the start (introduction, training and placements)."""
    g = np.array(template.cell_group)
    new = register.tenure_months < par["learn_intro_months"][g[register.cell]]
    novices = np.bincount(register.cell[new], minlength=len(heads))
    wanted = novices * par["intro_supervision"][g]
    for p in template.programmes:
        wanted = wanted + _participants(template, p, heads) * float(theta[p.supervision])
    family = np.array(template.cell_family)
    by_family = np.bincount(family, weights=wanted, minlength=len(template.families)).astype(np.float64)
    size = np.bincount(family, weights=heads, minlength=len(template.families))
    for row in template.graduates:
        mine = np.array(row.families, dtype=np.int64)
        examined = float(theta[row.spring] + theta[row.autumn])
        hours = placement_hours(examined, float(theta[row.placement_weeks]), one["placement_hours"])
        by_family[mine] += hours * size[mine] / max(1.0, float(size[mine].sum()))
    result: NDArray[np.float64] = by_family[family] * heads / np.maximum(1.0, size[family])
    return result


def _need(
    template: Template,
    theta: NDArray[np.float64],
    par: dict[str, NDArray[np.float64]],
    one: dict[str, float],
    base: dict[str, NDArray[np.float64]],
    own: NDArray[np.float64],
    hourly: NDArray[np.float64],
    fte: NDArray[np.float64],
    vacant: NDArray[np.float64],
    register: Register,
    spread: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give need and workload per cell at the start."""
    group = np.array(template.cell_group)
    profile = np.array(template.cell_need_season)
    presence = np.array(template.presence_season)
    supply = own[:, None] * presence[None, :] + hourly[:, None]
    summer = np.array(template.summer_units) / 200.0 * base["full_time_hours"] * SUMMER_PRODUCTIVITY * SUMMER_SUCCESS
    supply[:, SUMMER_WEEKS[0] - 1 : SUMMER_WEEKS[1]] += summer[:, None]
    loss, duty = 1.0 + base["mismatch"], base["duty_hours"]
    target = _target_gap(template, theta, one, base, own, fte, vacant)
    low, high = np.zeros(len(own)), 3.0 * own + 3.0 * target + duty + 40.0
    for _ in range(45):
        mid = 0.5 * (low + high)
        wanted = mid[:, None] * profile * loss[:, None] + duty[:, None]
        short = np.minimum(wanted, expected_gap(wanted - supply, spread)).mean(axis=1) < target
        low, high = np.where(short, mid, low), np.where(short, high, mid)
    need = 0.5 * (low + high)
    for c, (column, scale) in enumerate(zip(template.need_given, template.need_given_scale, strict=True)):
        if column >= 0:
            hours = theta[column] * (scale if scale > 0 else base["full_time_hours"][c] * base["presence"][c])
            need[c] = hours
    need = np.where(np.array(template.cell_is_pool), 0.0, need)
    wanted = need[:, None] * profile * loss[:, None] + duty[:, None]
    actual = supply * (1.0 - base["short_sick"])[:, None]
    gap = np.minimum(wanted, expected_gap(wanted - actual, spread))
    planned = (
        np.minimum(wanted, expected_gap(wanted - supply, spread))
        * (base["agency_order_share"] * base["agency_delivery"])[:, None]
    )
    planned = planned * np.array(template.cell_hires_agency)[:, None]
    agency = np.minimum(gap, planned)
    room = actual * (base["overtime_practice"] + base["extra_hours_share"])[:, None]
    overtime = np.minimum(gap - agency, room)
    unmet = gap - agency - overtime
    full, share = par["learn_full_months"][group[register.cell]], par["novice_share"][group[register.cell]]
    new = share * (register.tenure_months < full) + (1.0 - share) * (register.tenure_months < full / 4)
    novices = np.bincount(register.cell, weights=new, minlength=len(own))
    heads = np.maximum(1.0, np.bincount(register.cell, minlength=len(own)))
    b = np.array(
        [
            workload(
                float(unmet[c].mean()),
                float(wanted[c].mean()),
                float(overtime[c].mean()),
                float(actual[c].mean()),
                float(agency[c].mean()),
                float(novices[c] / heads[c]),
                0.0,
                one["weight_unmet"],
                one["weight_overtime"],
                one["weight_agency"],
                one["weight_novices"],
                one["weight_supervision"],
            )
            for c in range(len(own))
        ]
    )
    return need, b


def _spread(
    own: NDArray[np.float64], heads: NDArray[np.float64], vacancy: NDArray[np.float64], out: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the standard deviation of a cell's own hours between weeks.

    Each post delivers or not, by itself: it is vacant, or its holder is away. Small units lack people by chance even
    when they are staffed on average, so a gap is never just the difference of means.
    """
    idle = 1.0 - (1.0 - out) * (1.0 - vacancy)
    posts = heads / np.maximum(0.05, 1.0 - vacancy)
    each = own / np.maximum(1e-9, posts * (1.0 - idle))
    result: NDArray[np.float64] = each * np.sqrt(posts * idle * (1.0 - idle))
    return result


def expected_gap(difference: NDArray[np.float64], spread: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give E[max(0, d + σZ)] = σ·φ(d/σ) + d·Φ(d/σ) for need minus supply d by cell and week (σ by cell)."""
    from scipy.special import ndtr

    sigma = np.maximum(spread, 1e-9)[:, None]
    x = difference / sigma
    result: NDArray[np.float64] = sigma * np.exp(-0.5 * x * x) / np.sqrt(2.0 * np.pi) + difference * ndtr(x)
    return result


def _target_gap(
    template: Template,
    theta: NDArray[np.float64],
    one: dict[str, float],
    base: dict[str, NDArray[np.float64]],
    own: NDArray[np.float64],
    fte: NDArray[np.float64],
    vacant: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Give the planned gap each cell must have had: from observed agency cost, else from overtime and the unmet share."""
    unmet = np.array([theta[c] / 100.0 for c in template.unmet_column])
    target: NDArray[np.float64] = own * ((1.0 + one["start_overtime_percent"] / 100.0) / (1.0 - unmet) - 1.0)
    for row in template.observed:
        cells = list(row.cells)
        weight = (vacant + 0.03 * fte)[cells] * base["full_time_hours"][cells]
        if weight.sum() <= 0:
            continue
        price = float((base["agency_price"][cells] * weight).sum() / weight.sum())
        hours = float(theta[row.cost]) / price / WEEKS_PER_YEAR
        paid = hours * weight / weight.sum()
        delivered = base["agency_order_share"][cells] * base["agency_delivery"][cells]
        target[cells] = paid * base["agency_productivity"][cells] / np.maximum(0.05, delivered)
    return target


def _exit_rates(
    par: dict[str, NDArray[np.float64]], one: dict[str, float], register: Register, of: NDArray[np.int64], n_groups: int
) -> NDArray[np.float64]:
    """Give the rate of an experienced 30–59-year-old so that the register's mean is the stated exit share."""
    factor = np.where(register.tenure_months < 24, one["novice_exit"], 1.0) * np.where(register.age < 30, one["young_exit"], 1.0)
    heads = np.bincount(of, minlength=n_groups)
    mean = np.where(heads > 0, np.bincount(of, weights=factor, minlength=n_groups) / np.maximum(1, heads), 1.0)
    result: NDArray[np.float64] = par["exit_percent"] / 100.0 / mean
    return result


def _retirements(
    template: Template, register: Register, of: NDArray[np.int64], hazard: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the retirements of the first year by group."""
    norm = [a for d, a in template.dated_norm_age if d <= 0][-1]
    earliest = [a for d, a in template.dated_earliest_age if d <= 0][-1]
    quarter = np.clip(((register.age - norm + 20.0) * 4.0).astype(int), 0, hazard.shape[1] - 1)
    rate = np.where(register.age >= earliest, hazard[of, quarter], 0.0)
    return np.bincount(of, weights=1.0 - np.exp(-rate), minlength=len(template.groups)).astype(np.float64)


def _arrivals(
    template: Template,
    theta: NDArray[np.float64],
    par: dict[str, NDArray[np.float64]],
    of: NDArray[np.int64],
    away: list[NDArray[np.float64]],
    pension: NDArray[np.float64],
    fertile: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give what must come in a year by group (the exits at the start, or what the region states) and its parts (table T7)."""
    n = len(template.groups)
    heads = np.bincount(of, minlength=n).astype(float)
    present = 1.0 / (1.0 + np.array(away).sum(axis=0))
    external = heads * par["exit_percent"] / 100.0 * present
    fixed = _substitute_exits(template, par, heads * present, fertile)
    other = (
        heads
        * present
        * (par["sick_long_percent"] * par["sick_no_return"] + par["leave_percent"] * (1.0 - par["leave_returns"]))
        / 100.0
    )
    out, into = np.zeros(n), np.zeros(n)
    for key, p in enumerate(template.programmes):
        starts = _seats(template, theta, key, "seats_spring") + _seats(template, theta, key, "seats_autumn")
        stock = float(_participants(template, p, np.array(template.initial_employees, dtype=float)).sum())
        passed = stock / (float(theta[p.terms]) / 2.0)
        if p.during_group != p.from_group and not p.external:
            out[p.from_group] += starts
        if p.during_group != p.from_group or p.external:
            into[p.during_group] += starts
        if p.to_group >= 0:
            out[p.during_group] += passed
            into[p.to_group] += passed
    graduates = np.zeros(n)
    for row in template.graduates:
        graduates[row.group] += (float(theta[row.spring]) + float(theta[row.autumn])) * float(theta[row.share])
    returns = external * par["to_agency_share"] * par["agency_return_share"]
    stated = np.array([theta[c] if c >= 0 else np.nan for c in template.group_arrival_column])
    arrivals = np.where(np.isnan(stated), external + pension + fixed + other + out, stated)
    trained = np.array([any(p.all_of_during and p.during_group == g for p in template.programmes) for g in range(n)])
    arrivals = np.where(trained & np.isnan(stated), 0.0, arrivals)
    nobody = (heads == 0) & np.isnan(stated) & ~trained
    arrivals = np.where(nobody, NEW_POST_APPLICANTS * _posts_to_come(template, theta), arrivals)
    otherwise = np.where(np.isnan(stated), into + graduates + returns, 0.0)
    parts = np.stack(
        [external, pension, fixed, other, out, into, graduates, returns, np.maximum(0.0, arrivals - otherwise), otherwise], axis=1
    )
    return arrivals, parts


def _posts_to_come(template: Template, theta: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the posts by group that are vacant at the start or that measures create within the run (FTE)."""
    group = np.array(template.cell_group)
    posts = np.bincount(group, weights=np.array(template.vacant_units) / 200.0, minlength=len(template.groups))
    last = template.calendar.horizon // DAY
    for e in template.effects:
        if e.quantity == "post_fte" and 0 <= e.start < last:
            for block in e.places:
                posts[group[template.post_blocks[block].cell]] += max(0.0, float(theta[e.amount]))
    result: NDArray[np.float64] = posts.astype(float)
    return result


def _substitute_exits(
    template: Template, par: dict[str, NDArray[np.float64]], at_work: NDArray[np.float64], fertile: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give substitutes a year who leave when the absent return, by group.

    A spell of 90 days or more opens a post with the group's share, and some of these are filled. The substitute stays
    when its cell has a vacant post: with vacancies spread at random the chance of none is exp(−posts).
    """

    def long(percent: str, median: str, sigma: str) -> NDArray[np.float64]:
        over = np.array(
            [
                0.5 * (1.0 - erf(log(SUBSTITUTE_MONTHS / float(m)) / max(1e-9, float(s)) / sqrt(2.0)))
                for m, s in zip(par[median], par[sigma], strict=True)
            ]
        )
        result: NDArray[np.float64] = par[percent] / 100.0 * over
        return result

    spells = (
        long("sick_long_percent", "sick_median_months", "sick_sigma")
        + long("leave_percent", "leave_median_months", "leave_sigma")
        + long("parental_percent", "parental_median_months", "parental_sigma") * fertile
    )
    group = np.array(template.cell_group)
    heads = np.array(template.initial_employees, dtype=float)
    none = np.exp(-np.array(template.vacant_units) / 200.0)
    n = len(template.groups)
    stay = np.bincount(group, weights=heads * none, minlength=n) / np.maximum(1.0, np.bincount(group, weights=heads, minlength=n))
    result: NDArray[np.float64] = at_work * spells * par["substitute_share"] * SUBSTITUTE_FILLED * stay
    return result


def _seats(template: Template, theta: NDArray[np.float64], programme: int, quantity: str) -> float:
    """Give the base seats of a programme from its gather."""
    slot = template.offsets()[quantity] + programme
    return float(np.sum([theta[g.column] * g.scale for g in template.gathers if g.slot == slot]))
