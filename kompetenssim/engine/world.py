"""The state of a region during a simulation: people, posts, applicants, and the counters of every cell.

Between ticks a person writes its own record, adds integers to its cell's counters and appends itself to
notice lists. Everything shared is changed at the weekly tick (`engine.weekly`).
"""

from __future__ import annotations

from collections.abc import Callable
from math import log
from typing import TYPE_CHECKING

from kompetenssim.engine.derived import applicant_widths, holiday_loss, programmes_of_groups, year_at
from kompetenssim.model.calendar import MONTH, YEAR
from kompetenssim.model.clocks import NEVER, THINNED
from kompetenssim.model.keyed import join, name_key, simulation_root
from kompetenssim.model.rules import STAGES, TRAINEE_PRODUCTIVITY, learning_productivity, st_productivity
from kompetenssim.model.template import GROUP_PARAMETERS, SCALARS, Inputs, Template
from kompetenssim.model.trajectory import AGE_BANDS, CAUSES, FLOWS, STOCKS, TENURE_BANDS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kompetenssim.engine.books import Prices

# States of employment (domain model 2.3).
PENDING, ACTIVE, SICK, PARENTAL, LEAVE, HOURLY, AGENCY, GONE = range(8)
EMPLOYED = (ACTIVE, SICK, PARENTAL, LEAVE)
# Kinds of post.
PERMANENT, SUBSTITUTE, EXTRA = range(3)
# Kinds of training by preset: those that study away from work, and doctors' training at work.
STUDY_PRESETS = (0, 1, 5)
ST_PRESET = 2

#: Levels kept per cell; the week's sums are level × minutes, updated by every event.
(
    WORK,
    NET,
    PAID,
    CONTRACT,
    SICK_UNITS,
    ORDINARY,
    SENIOR,
    NOVICE,
    HEADS,
    PART_TIME,
    SUP_DOCTORS,
    SUP_INTRO,
    SUP_TRAINING,
    STUDY,
    ESTABLISHED,
    VACANT,
    HOURLY_MINUTES,
    LOSS,
    UNPAID_STUDY,
    FROZEN,
) = range(20)
LEVELS = 20

SICK_PAY = 100  # per mille the employer pays from day 15 (assumption: 10 % supplement)
PARENTAL_PAY = 50  # per mille (assumption: spread parental supplement)
TERM = YEAR // 2


class Person:
    """One employee's record. `key` is its stream for life; `due` the minute of its earliest clock."""

    __slots__ = (
        "birth",
        "bond_until",
        "candidate",
        "cause",
        "cell",
        "contribution",
        "contribution_cell",
        "counts",
        "due",
        "entered",
        "exam_hazard",
        "exam_until",
        "first_number",
        "grade",
        "hired",
        "key",
        "log",
        "notice_end",
        "novice",
        "post",
        "programme",
        "record",
        "retire_anchor",
        "retire_at",
        "retire_left",
        "returns",
        "sixty_at",
        "stage",
        "stage_at",
        "state",
        "state_end",
        "strips",
        "temporary",
        "train_end",
        "train_start",
        "train_turn",
    )

    def __init__(self, key: int, cell: int, birth: int, hired: int, grade: int) -> None:
        self.key, self.cell, self.birth, self.hired, self.grade = key, cell, birth, hired, grade
        self.state, self.state_end, self.notice_end, self.cause = PENDING, NEVER, NEVER, -1
        self.programme, self.train_start, self.train_end, self.train_turn = -1, 0, NEVER, NEVER
        self.stage, self.stage_at, self.novice = STAGES - 1, NEVER, False
        self.bond_until, self.exam_hazard, self.exam_until = 0, 0.0, 0
        self.retire_at, self.retire_left, self.retire_anchor, self.sixty_at = NEVER, 0.0, 0, NEVER
        self.candidate = [NEVER] * THINNED
        self.strips: list[list[list[int]]] = []
        self.counts: dict[int, int] = {}
        self.post: Post | None = None
        self.temporary = False
        self.returns = True
        self.entered = 0
        self.first_number = 0
        self.due = NEVER
        self.contribution: tuple[int, ...] = ZERO
        self.contribution_cell = cell
        self.record: list[int] | None = None
        self.log: list[int] | None = None

    def occurrence(self, decision: int) -> int:
        """Count this decision of the person and give its number, so that its draws are its own."""
        n = self.counts.get(decision, 0)
        self.counts[decision] = n + 1
        return n


ZERO = (0,) * LEVELS


class Post:
    """An established post, apart from its holder. `ripe` is the earliest minute somebody may accept it."""

    __slots__ = (
        "absent",
        "advertised",
        "block",
        "cell",
        "grade",
        "holder",
        "key",
        "kind",
        "pending",
        "ripe",
        "vacancies",
        "withdrawn",
    )

    def __init__(self, key: int, cell: int, grade: int, kind: int, block: int) -> None:
        self.key, self.cell, self.grade, self.kind, self.block = key, cell, grade, kind, block
        self.holder: Person | None = None
        self.pending: Person | None = None
        self.absent: Person | None = None
        self.advertised = False
        self.withdrawn = False
        self.ripe = NEVER
        self.vacancies = 0


class Applicant:
    """Somebody who can be hired, waiting until `leaves`."""

    __slots__ = ("age", "group", "key", "leaves", "novice", "person", "start_months")

    def __init__(
        self, key: int, group: int, leaves: int, age: int, novice: bool, start_months: float, person: Person | None
    ) -> None:
        self.key, self.group, self.leaves, self.age = key, group, leaves, age
        self.novice, self.start_months, self.person = novice, start_months, person


class World:
    """Hold everything that happens in one simulation."""

    def __init__(self, template: Template, inputs: Inputs, seed: int, simulation: int, trace: bool) -> None:
        import numpy as np

        self.t, self.inputs = template, inputs
        self.values = list(inputs.values)
        self.at = template.offsets()
        self.root = simulation_root(seed, simulation)
        self.par = dict(zip(GROUP_PARAMETERS, inputs.group, strict=True))
        self.one = dict(zip(SCALARS, inputs.scalar, strict=True))
        self.theta = inputs.theta
        n = len(template.cells)
        self.cells = range(n)
        self.group_of, self.unit_of, self.family_of = template.cell_group, template.cell_unit, template.cell_family
        self.cell_at = {(u, g): c for c, (u, g) in enumerate(zip(template.cell_unit, template.cell_group, strict=True))}
        self.group_cells = [[c for c in self.cells if self.group_of[c] == g] for g in range(len(template.groups))]
        self.level = [[0] * n for _ in range(LEVELS)]
        self.acc = [[0] * n for _ in range(LEVELS)]
        self.week = 0
        self.settled = 0
        self.hires_cost = [0] * n
        self.cohort_cost = [0] * n
        self.training_cost = [0] * n
        self.cell_stream = [self.stream("cell", *cell) for cell in template.cells]
        self.agency_due: list[dict[int, tuple[int, int]]] = [{} for _ in self.cells]
        self.ordered_to = [-1] * n
        self.hiring_cells = [c for c in self.cells if template.cell_hires_agency[c]]
        self.summer_found: dict[tuple[int, int], int] = {}
        self.agency_carry, self.fixed_carry = [0.0] * n, [0.0] * n
        self.cap_used: list[dict[int, int]] = [{} for _ in template.caps]
        self.cap_spent: list[dict[int, float]] = [{} for _ in template.caps]
        self.cap_carry = [0.0] * len(template.caps)
        self.overtime_4_weeks = [[0, 0, 0, 0] for _ in self.cells]
        self.overtime_year = [0] * n
        self.week_room = [0] * n
        self.part_time_now = [0] * n
        self.pool_wage = [0] * n
        self.pool_premium = [self.one["pool_premium_percent"] / 100.0] * len(template.groups)
        self.holiday_loss = holiday_loss(template)
        self.clipped = [False] * n
        self.frozen = [False] * n
        self.prices: Prices
        self.sick_spread = [self.par["sick_short_spread"][g] / 100.0 for g in template.cell_group]
        self.group_pay = [0.0] * len(template.groups)
        self.next_op = 0
        self.values_changed = True
        self.more_hours_done = [0.0] * n
        self.most_exam_hazard = max([0.0, *(-log(self.theta[p.stay]) / 2.0 for p in template.programmes if p.stay >= 0)])
        self.grant_ore = [0] * len(template.programmes)
        self.family_first = [min(c for c in self.cells if template.cell_family[c] == f) for f in range(len(template.families))]
        self.family_index: NDArray[np.int64] = np.array(template.cell_family, dtype=np.int64)
        self.leads = np.array([self.family_first[template.cell_family[c]] == c for c in self.cells])
        self.physician = np.array(template.group_is_physician)
        self.unsocial = 1.0 + np.array(self.par["unsocial_percent"]) / 100.0
        self.exit_limit, self.sick_limit = [0.0] * n, [0.0] * n
        self.area_index: NDArray[np.int64] = np.array(template.cell_area, dtype=np.int64)
        self.group_index: NDArray[np.int64] = np.array(template.cell_group, dtype=np.int64)
        families = len(template.families)
        self.supervision_left, self.supervision_need, self.supervision_have = [0] * families, [0] * families, [0] * families
        self.agency_share = [0.0] * families
        self.placement_served = [[0, 0] for _ in range(families)]
        self.seats_waiting = [0] * len(template.programmes)
        self.programme_of_group = programmes_of_groups(template)
        self.applicant_strips: list[list[list[int]]] = [[] for _ in template.groups]
        self.applicant_width = applicant_widths(template)
        self.week_end = template.calendar.week_start[1]
        self.horizon = template.calendar.horizon
        self.people: list[Person] = []
        self.posts: list[Post] = []
        self.open: list[dict[int, Post]] = [{} for _ in template.groups]
        self.queue: list[list[Applicant]] = [[] for _ in template.groups]
        self.learners: dict[int, Person] = {}
        self.noticed: list[Post] = []
        self.vacated: list[tuple[Post, Person]] = []
        self.absent: list[tuple[Person, int]] = []
        self.returned: list[Person] = []
        self.movers: list[Person] = []
        self.coming_back: list[Person] = []
        self.finished: list[Person] = []
        self.dropped: list[Person] = []
        self.substitute_of: dict[int, Post] = {}
        self.block_units = [0] * len(template.post_blocks)
        self.block_posts: list[list[Post]] = [[] for _ in template.post_blocks]
        self.agency_pool = [0] * len(template.groups)
        self.agency_pool_start = [0] * len(template.groups)
        self.exit_multiplier = [1.0] * n
        self.sick_multiplier = [1.0] * n
        self.workload = list(inputs.workload_start)
        self.workload_lagged = list(inputs.workload_start)
        self.strip_count = [[0] * n for _ in range(THINNED)]
        self.vacancy_rate = list(inputs.vacancy_start)
        months, groups = len(template.months), len(template.groups)
        self.month_flow: NDArray[np.int64] = np.zeros((months, n, len(FLOWS)), dtype=np.int64)
        self.stock_change: NDArray[np.int64] = np.zeros((months + 1, n, len(STOCKS)), dtype=np.int64)
        self.week_flow: NDArray[np.int64] = np.zeros((len(template.weeks), len(template.areas), groups, 13), dtype=np.int64)
        self.measure_money: NDArray[np.int64] = np.zeros((months, len(template.measures), 2), dtype=np.int64)
        years = template.end.year - template.start.year + 1
        self.exits: NDArray[np.int64] = np.zeros((years, groups, len(CAUSES), len(AGE_BANDS), len(TENURE_BANDS)), dtype=np.int64)
        self.ages: NDArray[np.int64] = np.zeros((years, groups, 100), dtype=np.int64)
        self.trace: NDArray[np.int64] = np.zeros((len(template.weeks) if trace else 0, n, 13), dtype=np.int64)
        self.logs: list[list[int]] = []
        self.flow_column = {name: i for i, name in enumerate(FLOWS)}
        self.stock_column = {name: i for i, name in enumerate(STOCKS)}
        self.open_count: NDArray[np.int64] = np.zeros((months, n), dtype=np.int64)
        self.reschedule: Callable[[Person], None] = lambda person: None

    def stream(self, *names: object) -> int:
        """Give the stream of a named thing in this simulation."""
        return join(self.root, name_key(*names))

    def value(self, quantity: str, place: int) -> float:
        """Give the value in force of a quantity at a place."""
        return self.values[self.at[quantity] + place]

    def column(self, quantity: str) -> list[float]:
        """Give the values in force of a quantity at all cells."""
        first = self.at[quantity]
        return self.values[first : first + len(self.cells)]

    def same_field(self, a: int, b: int) -> bool:
        """Tell whether staff of one cell can work in another: doctors only within their unit's speciality."""
        speciality, unit = self.t.unit_speciality, self.unit_of
        return not self.t.group_is_physician[self.group_of[a]] or speciality[unit[a]] == speciality[unit[b]]

    def month_at(self, minute: int) -> int:
        """Give the accounting month of a minute of the current week; -1 after the horizon."""
        if minute >= self.horizon:
            return -1
        c = self.t.calendar
        m = c.first_month[self.week]
        return m if minute < c.split[self.week] else m + 1

    def count(self, flow: str, cell: int, minute: int, number: int = 1) -> None:
        """Add to a counted flow in the month of an event."""
        m = self.month_at(minute)
        if m >= 0:
            self.month_flow[m, cell, self.flow_column[flow]] += number

    def stock(self, name: str, cell: int, minute: int, change: int) -> None:
        """Change a stock in the month of an event."""
        m = self.month_at(minute)
        if m >= 0:
            self.stock_change[m, cell, self.stock_column[name]] += change

    def add(self, level: int, cell: int, change: int, minute: int) -> None:
        """Change a level of a cell from a minute on."""
        self.level[level][cell] += change
        self.acc[level][cell] += change * (self.week_end - minute)

    def show(self, p: Person, minute: int) -> None:
        """Bring the cell counters up to date with a person's record."""
        new, old = self.contribution(p), p.contribution
        if p.cell == p.contribution_cell:
            if new == old:
                return
            for k in range(LEVELS):
                change = new[k] - old[k]
                if change:
                    self.add(k, p.cell, change, minute)
        else:
            for k in range(LEVELS):
                if old[k]:
                    self.add(k, p.contribution_cell, -old[k], minute)
                if new[k]:
                    self.add(k, p.cell, new[k], minute)
        p.contribution, p.contribution_cell = new, p.cell

    def contribution(self, p: Person) -> tuple[int, ...]:
        """Give what a person adds to the levels of its cell in its present state."""
        if p.state == HOURLY:
            minutes = int(self.par["works_on_hours"][self.group_of[p.cell]] * 60)
            return (*ZERO[:HOURLY_MINUTES], minutes, 0, 0, 0)
        if p.state not in EMPLOYED:
            return ZERO
        g, row = p.grade, list(ZERO)
        row[CONTRACT] = g
        if p.state == SICK:
            row[PAID], row[SICK_UNITS], row[ORDINARY] = g * SICK_PAY, g, g
            return tuple(row)
        if p.state == PARENTAL:
            row[PAID] = g * PARENTAL_PAY
            return tuple(row)
        if p.state == LEAVE:
            return tuple(row)
        group = self.group_of[p.cell]
        start = self.par["learn_start"][group] if p.novice else self.par["learn_start_experienced"][group]
        after = self.par["learn_after_intro"][group] if p.novice else 0.5 + 0.5 * start
        learned = learning_productivity(p.stage, start, after)
        away, paid, supervision = 0, 1000, 0
        if p.programme >= 0:
            programme = self.t.programmes[p.programme]
            supervision = int(self.theta[programme.supervision] * 60)
            if programme.preset in STUDY_PRESETS:
                away = int(self.theta[programme.pace] * 10)
                paid = 1000 - away + int(away * self.value("pay_share", p.programme))
                row[SUP_TRAINING] = supervision
            else:
                length = max(1, p.train_end - p.train_start)
                learned = (
                    st_productivity((p.train_turn - TERM - p.train_start) / length)
                    if programme.preset == ST_PRESET
                    else TRAINEE_PRODUCTIVITY
                )
                row[SUP_DOCTORS] = supervision
        row[WORK] = g * learned * (1000 - away) // 1000
        row[NET] = g * (1000 - away)
        row[PAID] = g * paid
        row[ORDINARY] = g
        row[STUDY] = g * away
        row[UNPAID_STUDY] = g * (1000 - paid)
        row[LOSS] = g * (1000 - learned)
        row[HEADS] = 1
        if g < 200:
            row[PART_TIME] = g
        if p.stage >= STAGES - 1 and p.programme < 0:
            row[SENIOR] = g
        if p.stage < STAGES - 1:
            row[NOVICE] = g
        if p.stage < 3 and p.programme < 0:
            row[SUP_INTRO] = 1
        return tuple(row)

    def enter(self, p: Person, minute: int, hired: bool) -> None:
        """Add a person to the stock of its cell; `hired` counts it as a recruitment."""
        self.stock("employees", p.cell, minute, 1)
        self.stock("contracted_units", p.cell, minute, p.grade)
        if not p.temporary:
            self.stock("permanent", p.cell, minute, 1)
        if minute - p.birth >= 60 * YEAR:
            self.stock("aged_60", p.cell, minute, 1)
        if hired:
            self.count("hires", p.cell, minute)
        self.training_stock(p, minute, 1)

    def remove(self, p: Person, minute: int) -> None:
        """Take a person out of the stock of its cell."""
        self.stock("employees", p.cell, minute, -1)
        self.stock("contracted_units", p.cell, minute, -p.grade)
        if not p.temporary:
            self.stock("permanent", p.cell, minute, -1)
        if minute - p.birth >= 60 * YEAR:
            self.stock("aged_60", p.cell, minute, -1)
        self.training_stock(p, minute, -1)

    def training_stock(self, p: Person, minute: int, change: int) -> None:
        """Count a person in or out of training."""
        if p.programme < 0:
            return
        self.stock("in_training", p.cell, minute, change)
        if self.t.programmes[p.programme].preset == ST_PRESET:
            self.stock("st_doctors", p.cell, minute, change)

    def follow(self, p: Person, minute: int, kind: int) -> None:
        """Open a retention record: kind 0 a hire, 1 an examination."""
        if minute < self.horizon:
            entry = [kind, self.year_at(minute), self.group_of[p.cell], minute, NEVER]
            self.logs.append(entry)
            if kind == 0:
                p.record = entry
            else:
                p.log = entry

    def year_at(self, minute: int) -> int:
        """Give the calendar year of a minute, counted from the first."""
        return year_at(self.t, minute)

    def tenure_months(self, p: Person, minute: int) -> float:
        """Give months of employment."""
        return (minute - p.hired) / MONTH
