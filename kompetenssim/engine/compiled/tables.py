"""A template as flat arrays, made once: what the kernel reads and never writes, and the hashed names of its streams."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from kompetenssim.engine.compiled.records import PROGRAMME_COLUMNS
from kompetenssim.engine.derived import holiday_loss, year_at
from kompetenssim.model.calendar import minute_of
from kompetenssim.model.keyed import name_key
from kompetenssim.model.template import Template

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kompetenssim.engine.compiled.state import Floats, Ints, Keys

# Columns of a register's row, a shift, a block of posts, a pool, a cohort, a cohort of graduates and a free shift.
ROW_CELL, ROW_BIRTH, ROW_HIRED, ROW_GRADE = range(4)
GIVER, RECEIVER, FREED_BY, SHIFT_CAP, SHIFT_STEP, SHIFT_POSTS, SHIFT_BUDGET = range(7)
BLOCK_CELL, BLOCK_RUNNING, BLOCK_CHANCE, BLOCK_PROBABILITY = range(4)
COST_FACTOR, POOL_PREMIUM_SEK, PAID_WHEN_IDLE = range(3)
(
    COHORT_GROUP, COHORT_UNIT, COHORT_DAY, COHORT_SEATS, COHORT_SUCCESS, COHORT_SEK, COHORT_CHANCE, COHORT_PROBABILITY,
    COHORT_BOND,
) = range(9)  # fmt: skip
GRADUATE_GROUP, SPRING, AUTUMN, SHARE_APPLYING, IS_LIMITED, PLACEMENT_WEEKS = range(6)
FREE_GIVER, FREE_RECEIVER, FREE_SHARE, FREE_FREED = range(4)

#: Streams with a constant name: of a place of its own, a post of the register, a recruitment in progress.
WORD_PLACE, WORD_POST, WORD_COMING = range(3)
PLANNED = {"vikarie": 0, "omfordelning": 1, "resurspool": 2, "hyra": 3}
ACUTE = {"uppgiftsvaxling": 0, "mertid": 1, "extrapass": 2, "overtid": 3}


class Tables(NamedTuple):
    """Hold a template as arrays; ragged lists as `…_from` (first index) and their members one after the other."""

    week_start: Ints
    week_days: Ints
    week_number: Ints
    week_year: Ints
    first_month: Ints
    first_days: Ints
    second_days: Ints
    split: Ints
    easter_weeks: Ints
    last_year: Ints
    month_of_year: Ints
    season: Floats
    presence_season: Floats
    holiday_loss: Floats
    sister_from: Ints
    sisters: Ints
    group_from: Ints
    group_cells: Ints
    cell_at: Ints
    speciality: Ints
    hiring_cells: Ints
    vacant_units: Ints
    employees: Ints
    register: Ints
    in_units: Ints
    shifts: Ints
    blocks: Ints
    block_from: Ints
    block_amounts: Ints
    pools: Ints
    pool_groups: Ints
    pool_areas: Ints
    pool_from: Ints
    pool_cells: Ints
    cap_cells: Ints
    cohorts: Ints
    cohort_parts: Floats
    graduates: Ints
    graduate_from: Ints
    graduate_families: Ints
    free_shifts: Ints
    hire_ages: Floats
    arrival_season: Floats
    planned_order: Ints
    acute_order: Ints
    term_weeks: Ints
    person_names: Keys
    cell_names: Keys
    block_names: Keys
    cohort_names: Keys
    graduate_names: Keys
    applicant_names: Keys
    admission_names: Keys
    training_names: Keys
    hourly_names: Keys
    agency_names: Keys
    vacancy_from: Ints
    vacancy_names: Keys
    words: Keys


def make_tables(t: Template) -> Tables:
    """Lay a template out as arrays."""
    import numpy as np

    c = t.calendar
    ends = [min(c.week_start[w + 1], c.horizon - 1) for w in range(len(c.week_days))]
    units, groups = len(t.units), len(t.groups)
    cell_at = np.full((units, groups), -1, dtype=np.int64)
    cell_at[list(t.cell_unit), list(t.cell_group)] = range(len(t.cells))
    of_group = [[k for k, g in enumerate(t.cell_group) if g == group] for group in range(groups)]
    specialities = sorted(set(t.unit_speciality))
    running = [[e.amount for e in t.effects if e.quantity == "post_fte" and e.places == (b,)] for b in range(len(t.post_blocks))]
    years = t.end.year - t.start.year + 3
    vacancies = [
        [("vakans", *cell, n) for n in range(-(-units // 200))] for cell, units in zip(t.cells, t.vacant_units, strict=True)
    ]
    return Tables(
        week_start=_ints(c.week_start),
        week_days=_ints(c.week_days),
        week_number=_ints(c.week_number),
        week_year=_ints(c.week_year),
        first_month=_ints(c.first_month),
        first_days=_ints(c.first_days),
        second_days=_ints(c.second_days),
        split=_ints(c.split),
        easter_weeks=_ints(c.easter_weeks),
        last_year=_ints(year_at(t, minute) for minute in ends),
        month_of_year=_ints(int(m[5:]) - 1 for m in t.months),
        season=np.array(t.cell_need_season, dtype=np.float64),
        presence_season=np.array(t.presence_season, dtype=np.float64),
        holiday_loss=np.array([holiday_loss(t)]),
        sister_from=_first(t.cell_sisters),
        sisters=_flat(t.cell_sisters),
        group_from=_first(of_group),
        group_cells=_flat(of_group),
        cell_at=cell_at,
        speciality=_ints(specialities.index(s) for s in t.unit_speciality),
        hiring_cells=_ints(k for k, hires in enumerate(t.cell_hires_agency) if hires),
        vacant_units=_ints(t.vacant_units),
        employees=_ints(t.initial_employees),
        register=_rows([(p.cell, p.birth, p.hired, p.grade) for p in t.people], 4),
        in_units=_matrix([r.units for r in t.programmes], units),
        shifts=_rows([(r.giver, r.receiver, r.freed, r.cap, r.step, r.posts, r.budget) for r in t.shifts], 7),
        blocks=_rows(
            [(r.cell, int(r.running), t.carried_out[r.measure], t.probability[r.measure]) for r in t.post_blocks], 4
        ),
        block_from=_first(running),
        block_amounts=_flat(running),
        pools=_rows([(r.cost_factor, r.premium, int(r.paid_when_idle)) for r in t.pools], 3),
        pool_groups=_matrix([r.groups for r in t.pools], groups),
        pool_areas=_matrix([r.areas for r in t.pools], len(t.areas)),
        pool_from=_first([r.from_cells for r in t.pools]),
        pool_cells=_flat([r.from_cells for r in t.pools]),
        cap_cells=_matrix([r.cells for r in t.caps], len(t.cells)),
        cohorts=_rows(
            [
                (
                    r.group,
                    r.unit,
                    r.day,
                    r.seats,
                    r.success,
                    r.cost,
                    *((t.carried_out[r.measure], t.probability[r.measure]) if r.measure >= 0 else (-1, -1)),
                    r.bond,
                )
                for r in t.cohorts
            ],
            9,
        ),
        cohort_parts=np.array([(r.first, r.last) for r in t.cohorts], dtype=np.float64).reshape(-1, 2),
        graduates=_rows([(r.group, r.spring, r.autumn, r.share, int(r.limited), r.placement_weeks) for r in t.graduates], 6),
        graduate_from=_first([r.families for r in t.graduates]),
        graduate_families=_flat([r.families for r in t.graduates]),
        free_shifts=_rows([(r.giver, r.receiver, r.share, r.freed) for r in t.free_shifts], 4),
        hire_ages=_ragged(t.group_hire_ages, 3),
        arrival_season=np.array(t.group_season, dtype=np.float64),
        planned_order=_ints(PLANNED[name] for name in t.planned_order if name in PLANNED),
        acute_order=_ints(ACUTE[name] for name in t.acute_order),
        term_weeks=_ints(t.term_weeks),
        person_names=_keys(("person", p.name) for p in t.people),
        cell_names=_keys(("cell", *cell) for cell in t.cells),
        block_names=_keys(("tjänst", t.measures[r.measure], *t.cells[r.cell]) for r in t.post_blocks),
        cohort_names=_keys(("kull", r.key) for r in t.cohorts),
        graduate_names=_keys(
            ("kull", r.key, c.week_year[0] + y, term) for r in t.graduates for y in range(years) for term in (0, 1)
        ),
        applicant_names=_keys(("sökande", g) for g in t.groups),
        admission_names=_keys(("antagning", r.key, label) for r in t.programmes for label in c.week_label),
        training_names=_keys(("pågående", r.key) for r in t.programmes),
        hourly_names=_keys(("arbetar vidare", g) for g in t.groups),
        agency_names=_keys(("hyrbolag", g) for g in t.groups),
        vacancy_from=_first(vacancies),
        vacancy_names=_keys(name for names in vacancies for name in names),
        words=_keys([("plats",), ("tjänst",), ("på väg",)]),
    )


def cell_rows(t: Template) -> tuple[list[tuple[int, ...]], list[tuple[float, ...]]]:
    """Give what is constant of each cell: the first columns of `World.cell`; floor, Easter, duty rest and distance in hours."""
    first = {f: c for c, f in reversed(list(enumerate(t.cell_family)))}
    rows: list[tuple[int, ...]] = [
        (
            t.cell_group[c],
            t.cell_unit[c],
            t.cell_area[c],
            t.cell_family[c],
            int(t.cell_is_pool[c]),
            int(t.cell_hires_agency[c]),
            int(t.group_is_physician[t.cell_group[c]]),
            int(first[t.cell_family[c]] == c),
            int(t.cell_duty_compensated_hours[c] * 60.0),
            t.summer_units[c],
        )
        for c in range(len(t.cells))
    ]
    hours = zip(
        t.cell_floor_hours,
        t.cell_easter,
        t.cell_duty_compensated_hours,
        (t.unit_distance_hours[u] for u in t.cell_unit),
        strict=True,
    )
    return rows, list(hours)


def programme_rows(t: Template) -> Ints:
    """Give the programmes' rows (columns of `records`)."""
    return _rows(
        [
            (
                r.preset,
                r.from_group,
                r.during_group,
                r.to_group,
                int(r.external),
                r.pace,
                r.terms,
                r.dropout,
                r.min_experience,
                r.bond,
                r.stay,
                r.supervision,
                r.fee,
                int(r.in_training + 0.5),
                int(r.all_of_during),
                r.measure,
                r.grant,
                r.grant_until,
                r.backfill,
            )
            for r in t.programmes
        ],
        PROGRAMME_COLUMNS,
    )


def year_starts(t: Template) -> Ints:
    """Give the minute at which each calendar year begins, the first at 0."""
    return _ints([0, *(minute_of(t.start, date(y, 1, 1)) for y in range(t.start.year + 1, t.end.year + 2))])


def grade_table(t: Template) -> Floats:
    """Give the groups' mixes of employment rates [group, row, (units, share)]; a negative share ends a mix."""
    table = _ragged(t.group_grades, 2)
    for g, mix in enumerate(t.group_grades):
        table[g, len(mix) :, 1] = -1.0
    return table


def _ints(values: Iterable[int]) -> Ints:
    import numpy as np

    return np.array([int(v) for v in values], dtype=np.int64)


def _rows(rows: Sequence[Sequence[int]], width: int) -> Ints:
    import numpy as np

    return np.array([[int(x) for x in row] for row in rows], dtype=np.int64).reshape(len(rows), width)


def _first(lists: Sequence[Sequence[object]]) -> Ints:
    at = [0]
    for members in lists:
        at.append(at[-1] + len(members))
    return _ints(at)


def _flat(lists: Sequence[Sequence[int]]) -> Ints:
    return _ints(x for members in lists for x in members)


def _matrix(lists: Sequence[Sequence[int]], width: int) -> Ints:
    import numpy as np

    table = np.zeros((len(lists), width), dtype=np.int64)
    for row, members in enumerate(lists):
        table[row, list(members)] = 1
    return table


def _ragged(lists: Sequence[Sequence[Sequence[float]]], width: int) -> Floats:
    """Lay lists of tuples out as [list, row, column], one row longer than the longest; the rest stays 0."""
    import numpy as np

    table = np.zeros((len(lists), 1 + max(len(rows) for rows in lists), width))
    for k, rows in enumerate(lists):
        for n, row in enumerate(rows):
            table[k, n] = row
    return table


def _keys(names: Iterable[tuple[object, ...]]) -> NDArray[np.uint64]:
    import numpy as np

    return np.array([name_key(*name) for name in names], dtype=np.uint64)
