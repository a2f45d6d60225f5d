"""Small things that every part of the kernel does with records: counters, months, buckets, lists, levels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kompetenssim.engine.compiled.names import (
    F_AGED_60,
    F_CONTRACTED_UNITS,
    F_EMPLOYEES,
    F_IN_TRAINING,
    F_PERMANENT,
    F_ST_DOCTORS,
    L_CONTRACT,
    L_HEADS,
    L_HOURLY_MINUTES,
    L_LOSS,
    L_NET,
    L_NOVICE,
    L_ORDINARY,
    L_PAID,
    L_PART_TIME,
    L_SENIOR,
    L_SICK_UNITS,
    L_STUDY,
    L_SUP_DOCTORS,
    L_SUP_INTRO,
    L_SUP_TRAINING,
    L_UNPAID_STUDY,
    L_WORK,
)
from kompetenssim.engine.compiled.state import (
    BIRTH,
    CANDIDATE_0,
    CELL,
    DUE,
    END,
    ENTRIES,
    ENTRY_DUE,
    ENTRY_LINK,
    ENTRY_PERSON,
    FIRST_BOUNDARY,
    FIRST_MONTH,
    FREE_ENTRY,
    FULL,
    GOES_ON,
    GRADE_UNITS,
    GROUP,
    HORIZON,
    NEW_TO_WORK,
    NOTICE_END,
    PROGRAMME,
    QUEUED,
    RETIRE_AT,
    SHOWN_CELL,
    SPLIT,
    STAGE,
    STATE,
    STATE_END,
    TEMPORARY,
    TRAIN_END,
    TRAIN_START,
    TRAIN_TURN,
    WEEK_END,
    World,
)
from kompetenssim.engine.world import (
    ACTIVE,
    AGENCY,
    GONE,
    HOURLY,
    LEAVE,
    LEVELS,
    PARENTAL,
    PARENTAL_PAY,
    PENDING,
    SICK,
    SICK_PAY,
    TERM,
)
from kompetenssim.engine.world import ST_PRESET as ST_TRAINING
from kompetenssim.model.calendar import WEEK, YEAR
from kompetenssim.model.clocks import NEVER, THINNED
from kompetenssim.model.positions import (
    G_LEARN_AFTER_INTRO,
    G_LEARN_START,
    G_LEARN_START_EXPERIENCED,
    G_WORKS_ON_HOURS,
    Q_PAY_SHARE,
)
from kompetenssim.model.rules import STAGES, TRAINEE_PRODUCTIVITY, learning_productivity, st_productivity

if TYPE_CHECKING:
    from kompetenssim.engine.compiled.state import Ints

# Columns of a programme's row.
(
    PRESET, FROM_GROUP, DURING_GROUP, TO_GROUP, EXTERNAL, PACE, TERMS, DROPOUT, MIN_EXPERIENCE, BOND, STAY, SUPERVISION,
    FEE, START_SEATS, ALL_OF_DURING, MEASURE, GRANT, GRANT_UNTIL, BACKFILL,
) = range(19)  # fmt: skip
PROGRAMME_COLUMNS = 19

INLINED = (
    "stop_full", "value", "employed", "studies", "times", "month_at", "count", "count_stock", "add_level", "push", "set_due",
    "reschedule", "note",
)  # fmt: skip


def stop_full(w: World) -> None:
    """Say that an array is full: the simulation is run again with more room."""
    if w.status[0] == GOES_ON:
        w.status[0] = FULL


def value(w: World, quantity: int, place: int) -> float:
    """Give the value in force of a quantity at a place."""
    return w.values[w.at[quantity] + place]  # type: ignore[no-any-return]  # a float


def employed(state: int) -> bool:
    """Tell whether a state is one of an employment."""
    return ACTIVE <= state <= LEAVE


def studies(preset: int) -> bool:
    """Tell whether a training takes its people away from work (STUDY_PRESETS)."""
    return preset == 0 or preset == 1 or preset == 5  # noqa: PLR1714 - a tuple is slower when compiled


def times(w: World, i: int, counter: int) -> int:
    """Count a decision of a person and give its number."""
    n = w.person[i, counter]
    w.person[i, counter] = n + 1
    return n  # type: ignore[no-any-return]  # an int


def month_at(w: World, minute: int) -> int:
    """Give the accounting month of a minute of the current week; -1 after the horizon."""
    if minute >= w.n[HORIZON]:
        return -1
    return w.n[FIRST_MONTH] if minute < w.n[SPLIT] else w.n[FIRST_MONTH] + 1  # type: ignore[no-any-return]  # an int


def count(w: World, flow: int, c: int, minute: int, number: int) -> None:
    """Add to a counted flow in the month of an event."""
    m = month_at(w, minute)
    if m >= 0:
        w.months[m, c, flow] += number


def count_stock(w: World, stock: int, c: int, minute: int, change: int) -> None:
    """Change a stock in the month of an event."""
    m = month_at(w, minute)
    if m >= 0:
        w.months[m, c, stock] += change


def add_level(w: World, level: int, c: int, change: int, minute: int) -> None:
    """Change a level of a cell from a minute on."""
    w.level[c, level] += change
    w.acc[c, level] += change * (w.n[WEEK_END] - minute)


def year_at(w: World, minute: int) -> int:
    """Give the calendar year of a minute, counted from the first."""
    y = 0
    while y + 1 < w.year_start.shape[0] and w.year_start[y + 1] <= minute:
        y += 1
    return y


def note(w: World, kind: int, what: int, more: int) -> None:
    """Put something on a notice list for the tick."""
    k = w.noted[kind]
    if k + 1 >= w.notes.shape[1]:
        stop_full(w)
        return
    w.notes[kind, k, 0] = what
    w.notes[kind, k, 1] = more
    w.noted[kind] = k + 1


def free_row(w: World, table: Ints, link: int, first_free: int, used: int) -> int:
    """Give a row of a table whose rows are used again: one that is free, else the next that was never used."""
    row = w.n[first_free]
    if row >= 0:
        w.n[first_free] = table[row, link]
        return row  # type: ignore[no-any-return]  # an int
    row = w.n[used]
    if row + 1 >= table.shape[0]:
        stop_full(w)
    else:
        w.n[used] = row + 1
    return row  # type: ignore[no-any-return]  # an int


def push(w: World, i: int) -> None:
    """Put a person in the bucket of the week in which its earliest clock is due."""
    due = w.person[i, DUE]
    if due >= w.n[END] or w.person[i, QUEUED] == due:
        return
    e = free_row(w, w.entry, ENTRY_LINK, FREE_ENTRY, ENTRIES)
    if w.status[0] != GOES_ON:
        return
    offset = due - w.n[FIRST_BOUNDARY]
    week = 0 if offset < 0 else 1 + offset // WEEK
    w.entry[e, ENTRY_PERSON] = i
    w.entry[e, ENTRY_DUE] = due
    w.entry[e, ENTRY_LINK] = w.bucket[week]
    w.bucket[week] = e
    w.person[i, QUEUED] = due


def set_due(w: World, i: int) -> None:
    """Find the earliest clock of a person."""
    p = w.person
    state = p[i, STATE]
    if state == GONE:
        p[i, DUE] = NEVER
    elif state in (HOURLY, AGENCY, PENDING):
        p[i, DUE] = p[i, STATE_END]
    else:
        due = p[i, CANDIDATE_0]
        for k in range(CANDIDATE_0 + 1, CANDIDATE_0 + THINNED):
            due = min(due, p[i, k])
        for k in range(RETIRE_AT, STATE_END + 1):
            due = min(due, p[i, k])
        p[i, DUE] = min(due, p[i, NOTICE_END])


def reschedule(w: World, i: int) -> None:
    """Find the earliest clock of a person that the tick has changed, and wait for it."""
    set_due(w, i)
    push(w, i)


def show(w: World, i: int, minute: int) -> None:
    """Bring the counters of a cell up to date with a person's record."""
    contribution(w, i)
    c, old = w.person[i, CELL], w.person[i, SHOWN_CELL]
    left = w.n[WEEK_END] - minute
    if c == old:
        for k in range(LEVELS):
            change = w.fresh[k] - w.shown[i, k]
            if change != 0:
                w.level[c, k] += change
                w.acc[c, k] += change * left
                w.shown[i, k] = w.fresh[k]
    else:
        for k in range(LEVELS):
            w.level[old, k] -= w.shown[i, k]
            w.acc[old, k] -= w.shown[i, k] * left
            w.level[c, k] += w.fresh[k]
            w.acc[c, k] += w.fresh[k] * left
            w.shown[i, k] = w.fresh[k]
        w.person[i, SHOWN_CELL] = c


def contribution(w: World, i: int) -> None:
    """Set `fresh` to what a person adds to the levels of its cell in its present state."""
    p, row = w.person, w.fresh
    row[:] = 0
    state, c = p[i, STATE], p[i, CELL]
    group = w.cell[c, GROUP]
    if state == HOURLY:
        row[L_HOURLY_MINUTES] = int(w.par[G_WORKS_ON_HOURS, group] * 60)
        return
    if not employed(state):
        return
    g = p[i, GRADE_UNITS]
    row[L_CONTRACT] = g
    if state == SICK:
        row[L_PAID], row[L_SICK_UNITS], row[L_ORDINARY] = g * SICK_PAY, g, g
        return
    if state == PARENTAL:
        row[L_PAID] = g * PARENTAL_PAY
        return
    if state == LEAVE:
        return
    stage, programme = p[i, STAGE], p[i, PROGRAMME]
    if p[i, NEW_TO_WORK] != 0:
        start, after = w.par[G_LEARN_START, group], w.par[G_LEARN_AFTER_INTRO, group]
    else:
        start = w.par[G_LEARN_START_EXPERIENCED, group]
        after = 0.5 + 0.5 * start
    learned = learning_productivity(stage, start, after)
    away, paid = 0, 1000
    if programme >= 0:
        supervision = int(w.theta[w.programme[programme, SUPERVISION]] * 60)
        if studies(w.programme[programme, PRESET]):
            away = int(w.theta[w.programme[programme, PACE]] * 10)
            paid = 1000 - away + int(away * value(w, Q_PAY_SHARE, programme))
            row[L_SUP_TRAINING] = supervision
        else:
            length = max(1, p[i, TRAIN_END] - p[i, TRAIN_START])
            if w.programme[programme, PRESET] == ST_TRAINING:
                learned = st_productivity((p[i, TRAIN_TURN] - TERM - p[i, TRAIN_START]) / length)
            else:
                learned = TRAINEE_PRODUCTIVITY
            row[L_SUP_DOCTORS] = supervision
    row[L_WORK] = g * learned * (1000 - away) // 1000
    row[L_NET] = g * (1000 - away)
    row[L_PAID] = g * paid
    row[L_ORDINARY] = g
    row[L_STUDY] = g * away
    row[L_UNPAID_STUDY] = g * (1000 - paid)
    row[L_LOSS] = g * (1000 - learned)
    row[L_HEADS] = 1
    if g < 200:
        row[L_PART_TIME] = g
    if stage >= STAGES - 1 and programme < 0:
        row[L_SENIOR] = g
    if stage < STAGES - 1:
        row[L_NOVICE] = g
    if stage < 3 and programme < 0:
        row[L_SUP_INTRO] = 1


def enter(w: World, i: int, minute: int) -> None:
    """Add a person to the stock of its cell."""
    change_stock(w, i, minute, 1)


def remove(w: World, i: int, minute: int) -> None:
    """Take a person out of the stock of its cell."""
    change_stock(w, i, minute, -1)


def change_stock(w: World, i: int, minute: int, sign: int) -> None:
    """Count a person in (1) or out (-1) of the stocks of its cell."""
    p = w.person
    c = p[i, CELL]
    count_stock(w, F_EMPLOYEES, c, minute, sign)
    count_stock(w, F_CONTRACTED_UNITS, c, minute, sign * p[i, GRADE_UNITS])
    if p[i, TEMPORARY] == 0:
        count_stock(w, F_PERMANENT, c, minute, sign)
    if minute - p[i, BIRTH] >= 60 * YEAR:
        count_stock(w, F_AGED_60, c, minute, sign)
    training_stock(w, i, minute, sign)


def training_stock(w: World, i: int, minute: int, change: int) -> None:
    """Count a person in or out of training."""
    k = w.person[i, PROGRAMME]
    if k < 0:
        return
    count_stock(w, F_IN_TRAINING, w.person[i, CELL], minute, change)
    if w.programme[k, PRESET] == ST_TRAINING:
        count_stock(w, F_ST_DOCTORS, w.person[i, CELL], minute, change)


def grade_at(w: World, g: int, u: float) -> int:
    """Give the employment rate (1/200) at a quantile of a group's mix; rows end with a negative share."""
    left, k = u, 0
    while True:
        if left <= w.grades[g, k, 1] or w.grades[g, k + 1, 1] < 0.0:
            return int(w.grades[g, k, 0])
        left -= w.grades[g, k, 1]
        k += 1
