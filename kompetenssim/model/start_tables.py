"""What `start_state` reads and no parameter draw changes: the register counted up, week types, programmes as rows.

Entries that belong to a row lie together: `first_x` ≤ i < `last_x`. Columns are those of the draw matrix, -1 if there is
none. FTE in posts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import exp, fsum
from typing import NamedTuple

from kompetenssim.model.calendar import DAY, YEAR
from kompetenssim.model.rules import STAGES, SUMMER_WEEKS
from kompetenssim.model.sequences import FloatRow, Floats, Ints, ragged
from kompetenssim.model.template import PRESETS, ProgrammeRow, Template

RETIREMENT_QUARTERS = 160
RETIREMENT_FIRST_YEAR = -20
AT_WORK = (PRESETS.index("bt"), PRESETS.index("at"))
NOVICE_MONTHS = 24  # resignation is higher before
YOUNG_AGE = 30


class CellStart(NamedTuple):
    """A cell: its register, `summer_fte` of summer posts, and the columns of its unmet share and its need."""

    group: int
    family: int
    is_pool: bool
    hires_agency: bool
    heads: float
    fte: float
    vacant_fte: float
    summer_fte: float
    compensated_hours: float
    unmet_column: int
    need_column: int
    need_scale: float
    first_person: int
    last_person: int
    first_week: int
    last_week: int


class PersonStart(NamedTuple):
    """A person of the register, the newest first within each cell."""

    tenure_months: float
    fte: float


class WeekType(NamedTuple):
    """A kind of week of a cell: need and presence profile, 1 when summer posts work, and its share of the weeks."""

    need: float
    presence: float
    summer: float
    share: float


class GroupStart(NamedTuple):
    """A group: share of parents' ages, share of substitutes who leave, heads by tenure and age (for exits)."""

    heads: float
    fertile: float
    leaves: float
    vacant_fte: float
    in_st: bool
    arrival_column: int
    known: float
    known_young: float
    novice: float
    novice_young: float
    first_pension: int
    last_pension: int


class PensionStart(NamedTuple):
    """Heads of a group by quarter of age relative to riktåldern."""

    quarter: int
    heads: float


class ProgrammeStart(NamedTuple):
    """A programme: columns, flows between groups, and expected people in training."""

    pace: int
    terms: int
    supervision: int
    at_work: bool
    is_st: bool
    external: bool
    from_group: int
    during_group: int
    to_group: int
    stock: float
    first_trainee: int
    last_trainee: int


class Trainees(NamedTuple):
    """Expected people of a programme in training in one cell."""

    cell: int
    heads: float


class GraduateStart(NamedTuple):
    """A student cohort: columns, and the families that take its placements."""

    group: int
    spring: int
    autumn: int
    share: int
    placement_weeks: int
    first_placement: int
    last_placement: int


class Placement(NamedTuple):
    """A family's share of a cohort's placements."""

    family: int
    share: float


class ObservedStart(NamedTuple):
    """An observed agency cost (column) over some cells."""

    cost: int
    first_cell: int
    last_cell: int


class NewPosts(NamedTuple):
    """Posts that a measure creates within the run (columns of the FTE and of whether it is carried out)."""

    group: int
    amount: int
    carried_out: int
    probability: int


class StartTables(NamedTuple):
    """Hold the rows of the start state."""

    cells: Sequence[CellStart]
    people: Sequence[PersonStart]
    weeks: Sequence[WeekType]
    groups: Sequence[GroupStart]
    pensions: Sequence[PensionStart]
    programmes: Sequence[ProgrammeStart]
    trainees: Sequence[Trainees]
    graduates: Sequence[GraduateStart]
    placements: Sequence[Placement]
    family_heads: Floats
    observed: Sequence[ObservedStart]
    observed_cells: Ints
    new_posts: Sequence[NewPosts]


class CellWork(NamedTuple):
    """Hold what is worked out by cell, hours per week: `away` the work that people in training do not do (heads)."""

    productive: FloatRow
    novices: FloatRow
    supervision: FloatRow
    away: FloatRow
    own: FloatRow
    hourly: FloatRow
    spread: FloatRow
    target: FloatRow


class GroupWork(NamedTuple):
    """Hold what is worked out by group: the share away, people a year, and a sum for any use."""

    out: FloatRow
    pension: FloatRow
    total: FloatRow
    trained_out: FloatRow
    trained_in: FloatRow
    graduates: FloatRow


class LearningWork(NamedTuple):
    """Hold each group's learning curve, `[group · STAGES + stage]`: months at which stages begin, productivity lost."""

    month: FloatRow
    lost_novice: FloatRow
    lost_experienced: FloatRow


class StartWork(NamedTuple):
    """Hold the room in which the start state of a draw is worked out."""

    cells: CellWork
    groups: GroupWork
    learning: LearningWork
    family_hours: FloatRow


def start_tables(template: Template) -> StartTables:
    """Count up the register and lay out the rows of a template."""
    t = template
    cells, groups = range(len(t.cells)), range(len(t.groups))
    staff: list[list[PersonStart]] = [[] for _ in cells]
    fertile, kinds = Counter[int](), Counter[tuple[int, bool, bool]]()
    pension: list[Counter[int]] = [Counter() for _ in groups]
    norm = [age for day, age in t.dated_norm_age if day <= 0][-1]
    earliest = [age for day, age in t.dated_earliest_age if day <= 0][-1]
    for person in t.people:
        g, age, tenure = t.cell_group[person.cell], -person.birth / YEAR, -person.hired / YEAR * 12
        staff[person.cell].append(PersonStart(tenure, person.grade / 200.0))
        fertile[g] += 25 <= age < 45
        kinds[g, tenure < NOVICE_MONTHS, age < YOUNG_AGE] += 1
        if age >= earliest:
            quarter = int((age - norm - RETIREMENT_FIRST_YEAR) * 4.0)
            pension[g][min(max(quarter, 0), RETIREMENT_QUARTERS - 1)] += 1
    heads = [float(len(rows)) for rows in staff]
    vacant = [units / 200.0 for units in t.vacant_units]
    group_heads, family_heads = _by(t.cell_group, heads, len(groups)), _by(t.cell_family, heads, len(t.families))
    group_vacant, leaves = _by(t.cell_group, vacant, len(groups)), _leaves(t)
    person_at, people = ragged(sorted(rows) for rows in staff)
    week_at, weeks = ragged(_week_types(t, c) for c in cells)
    pension_at, pensions = ragged([PensionStart(q, float(n)) for q, n in sorted(found.items())] for found in pension)
    trainee_at, trainees = ragged(_trainees(t, p, heads) for p in t.programmes)
    placement_at, placements = ragged(_placements(row.families, family_heads) for row in t.graduates)
    observed_at, observed_cells = ragged(row.cells for row in t.observed)
    return StartTables(
        cells=[
            CellStart(
                group=t.cell_group[c],
                family=t.cell_family[c],
                is_pool=t.cell_is_pool[c],
                hires_agency=t.cell_hires_agency[c],
                heads=heads[c],
                fte=fsum(person.fte for person in staff[c]),
                vacant_fte=vacant[c],
                summer_fte=t.summer_units[c] / 200.0,
                compensated_hours=t.cell_duty_compensated_hours[c],
                unmet_column=t.unmet_column[c],
                need_column=t.need_given[c],
                need_scale=t.need_given_scale[c],
                first_person=person_at[c],
                last_person=person_at[c + 1],
                first_week=week_at[c],
                last_week=week_at[c + 1],
            )
            for c in cells
        ],
        people=people,
        weeks=weeks,
        groups=[
            GroupStart(
                heads=group_heads[g],
                fertile=fertile[g] / max(1.0, group_heads[g]),
                leaves=leaves[g],
                vacant_fte=group_vacant[g],
                in_st=any(p.all_of_during and p.during_group == g for p in t.programmes),
                arrival_column=t.group_arrival_column[g],
                known=float(kinds[g, False, False]),
                known_young=float(kinds[g, False, True]),
                novice=float(kinds[g, True, False]),
                novice_young=float(kinds[g, True, True]),
                first_pension=pension_at[g],
                last_pension=pension_at[g + 1],
            )
            for g in groups
        ],
        pensions=pensions,
        programmes=[
            ProgrammeStart(
                pace=p.pace,
                terms=p.terms,
                supervision=p.supervision,
                at_work=p.preset in AT_WORK,
                is_st=p.all_of_during,
                external=p.external,
                from_group=p.from_group,
                during_group=p.during_group,
                to_group=p.to_group,
                stock=fsum(there.heads for there in _trainees(t, p, t.initial_employees)),
                first_trainee=trainee_at[i],
                last_trainee=trainee_at[i + 1],
            )
            for i, p in enumerate(t.programmes)
        ],
        trainees=trainees,
        graduates=[
            GraduateStart(
                group=row.group,
                spring=row.spring,
                autumn=row.autumn,
                share=row.share,
                placement_weeks=row.placement_weeks,
                first_placement=placement_at[i],
                last_placement=placement_at[i + 1],
            )
            for i, row in enumerate(t.graduates)
        ],
        placements=placements,
        family_heads=family_heads,
        observed=[ObservedStart(row.cost, observed_at[i], observed_at[i + 1]) for i, row in enumerate(t.observed)],
        observed_cells=observed_cells,
        new_posts=_new_posts(t),
    )


def start_work(t: StartTables) -> StartWork:
    """Give room for the start state of one draw."""
    cells, groups = len(t.cells), len(t.groups)
    return StartWork(
        CellWork(*([0.0] * cells for _ in CellWork._fields)),
        GroupWork(*([0.0] * groups for _ in GroupWork._fields)),
        LearningWork(*([0.0] * (groups * STAGES) for _ in LearningWork._fields)),
        [0.0] * len(t.family_heads),
    )


def _by(key: Ints, amount: Floats, size: int) -> FloatRow:
    """Add amounts up by key."""
    total = [0.0] * size
    for k, x in zip(key, amount, strict=True):
        total[k] += x
    return total


def _week_types(t: Template, cell: int) -> list[WeekType]:
    """Give the distinct kinds of week of a cell."""
    summer = range(SUMMER_WEEKS[0] - 1, SUMMER_WEEKS[1]) if t.summer_units[cell] else range(0)
    profile = zip(t.cell_need_season[cell], t.presence_season, strict=True)
    kinds = Counter((need, presence, float(week in summer)) for week, (need, presence) in enumerate(profile))
    return [WeekType(*kind, n / len(t.presence_season)) for kind, n in sorted(kinds.items())]


def _trainees(t: Template, p: ProgrammeRow, heads: Floats) -> list[Trainees]:
    """Give a programme's expected people in training at the start by cell."""
    cells = [c for c, (u, g) in enumerate(zip(t.cell_unit, t.cell_group, strict=True)) if g == p.during_group and u in p.units]
    there = max(1.0, fsum(heads[c] for c in cells))
    return [Trainees(c, float(heads[c]) if p.all_of_during else p.in_training * heads[c] / there) for c in cells]


def _placements(families: Ints, heads: Floats) -> list[Placement]:
    """Spread a cohort's placements over families by size."""
    total = max(1.0, fsum(heads[f] for f in families))
    return [Placement(f, heads[f] / total) for f in families]


def _leaves(t: Template) -> FloatRow:
    """Give the share by group of substitutes whose cell has no vacant post when the absent return: exp(−posts) if at random."""
    heads = [float(n) for n in t.initial_employees]
    none = [n * exp(-units / 200.0) for n, units in zip(heads, t.vacant_units, strict=True)]
    groups = len(t.groups)
    both = zip(_by(t.cell_group, none, groups), _by(t.cell_group, heads, groups), strict=True)
    return [x / max(1.0, n) for x, n in both]


def _new_posts(t: Template) -> list[NewPosts]:
    """Give the posts that measures create within the run."""
    last = t.calendar.horizon // DAY
    return [
        NewPosts(t.cell_group[t.post_blocks[block].cell], e.amount, t.carried_out[e.measure], t.probability[e.measure])
        for e in t.effects
        if e.quantity == "post_fte" and 0 <= e.start < last
        for block in e.places
    ]
