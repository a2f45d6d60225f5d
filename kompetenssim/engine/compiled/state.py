"""The state of a simulation as flat arrays: slim records in rows, named columns, workspaces that are reused.

A row is a record (a person, a post, a cell …); the constants here name its columns. Nothing in the kernel allocates:
an array that is full makes the simulation stop, and it is run again in a larger workspace. The last row of each growing
array takes what does not fit until the stop is seen: the same row again and again, so after a stop nothing is put on a
list (a list would run out of its array, or end in itself).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Keys = NDArray[Any]  # np.uint64, which the plain source calls an int

# Columns of a person, the hottest first.
(
    DUE, STATE, NOTICE_END, CELL, CANDIDATE_0, CANDIDATE_1, CANDIDATE_2, CANDIDATE_3, CANDIDATE_4, CANDIDATE_5, RETIRE_AT,
    STAGE_AT, TRAIN_TURN, TRAIN_END, SIXTY_AT, STATE_END, QUEUED, BIRTH, HIRED, GRADE_UNITS, STAGE, PROGRAMME, NEW_TO_WORK,
    STRIP_0, STRIP_1, STRIP_2, STRIP_3, STRIP_4, STRIP_5, BOND_UNTIL, EXAM_UNTIL, POST, TEMPORARY, RETURNS, CAUSE,
    TRAIN_START, RETIRE_ANCHOR, ENTERED, FIRST_NUMBER, SHOWN_CELL, STAND_IN, LEARNING, HIRE_AT, HIRE_YEAR, HIRE_GROUP,
    EXAM_AT, EXAM_YEAR, EXAM_GROUP, TIMES_ACCEPT, TIMES_AGENCY_RETURNS, TIMES_AGENCY_TIME, TIMES_SICK, TIMES_PARENTAL,
    TIMES_LEAVE, TIMES_GRADE, TIMES_RETIRE, TIMES_WORKS_ON, TIMES_SUBSTITUTE, TIMES_DROP_OUT, TIMES_PLACED, TIMES_PATIENCE,
) = range(61)  # fmt: skip
PERSON_COLUMNS = 61
EXAM_HAZARD, RETIRE_LEFT = range(2)

# Columns of a post.
(
    POST_CELL, POST_GRADE, KIND, BLOCK, HOLDER, PENDING_HOLDER, ABSENT, ADVERTISED, WITHDRAWN, RIPE, VACANCIES, IS_OPEN,
    OPEN_NEXT, OPEN_BEFORE, CELL_NEXT, BLOCK_BEFORE,
) = range(16)  # fmt: skip
POST_COLUMNS = 16

# Columns of a strip of candidates, of a bucket's entry and of an applicant; …_LINK is the next row of the list.
STRIP_NEXT, STRIP_NUMBER, STRIP_LINK = range(3)
ENTRY_PERSON, ENTRY_DUE, ENTRY_LINK = range(3)
WAITS_UNTIL, APPLICANT_AGE, APPLICANT_NOVICE, APPLICANT_PERSON, APPLICANT_LINK, BEST_POST = range(6)

# Columns of a cell: what it is, then what changes.
(
    GROUP, UNIT, AREA, FAMILY, IS_POOL, HIRES_AGENCY, PHYSICIAN, LEADS, COMPENSATED_MINUTES, SUMMER_UNITS, HIRES_COST,
    COHORT_COST, TRAINING_COST, POOL_WAGE, ORDERED_TO, OVERTIME_0, OVERTIME_1, OVERTIME_2, OVERTIME_3, OVERTIME_YEAR,
    WEEK_ROOM, STRIPS_0, STRIPS_1, STRIPS_2, STRIPS_3, STRIPS_4, STRIPS_5, CLIPPED, IS_FROZEN, SUMMER_YEAR, SUMMER_FOUND,
    FIRST_POST, NEED, OWN, MOVED, POOL, SHIFTED, OVERTIME, AGENCY_USED, UNMET, SURPLUS, AGENCY_PAID, AGENCY_WASTED, FREED,
    REALISED, GAP, OWN_FULL, EXTRA_MINUTES, HOURLY_STAFF, SUMMER_STAFF, RELIEF, CHANGE, AGENCY_ORE, AGENCY_WEEKS,
    BOUGHT_ORE, POOL_COST, SUPERVISING, MARK, WANTED_NEED, WANTED_GAP, WANTED_WEEKS, ORDER_FROM, OPENED,
    FREE_UNITS,
) = range(64)  # fmt: skip
CELL_COLUMNS = 64
ACCOUNT_FIRST, ACCOUNT_LAST = NEED, POOL_COST
(
    AGENCY_CARRY, FIXED_CARRY, MORE_HOURS_DONE, EXIT_LIMIT, SICK_LIMIT, EXIT_MULTIPLIER, SICK_MULTIPLIER, WORKLOAD,
    WORKLOAD_LAGGED, SICK_SHARE, PAY_EXIT, PRICE_MINUTE, PRICE_WEEK, PRICE_OVERTIME, PRICE_HIRE, FULL_MINUTES, FLOOR_HOURS,
    EASTER, SICK_SPREAD, COMPENSATED_HOURS, DISTANCE, REST_OF_GAP,
) = range(22)  # fmt: skip
CELL_NUMBERS = 22

# Columns of a group and of a family.
AGENCY_STAFF, AGENCY_STAFF_START, STREAMS, FIRST_OPEN, FIRST_APPLICANT, TRAINS_IN = range(6)
VACANCY_RATE, MEAN_PAY, STREAM_WIDTH, POOL_PREMIUM = range(4)
(
    SUPERVISION_LEFT, SUPERVISION_NEED, SUPERVISION_HAVE, SERVED, WANTED, SENIORS, BY_DOCTORS, BY_INTRO, BY_TRAINING,
    BY_STUDENTS, TAKEN,
) = range(11)  # fmt: skip
AGENCY_SHARE, SHORT_DOCTORS, SHORT_INTRO, SHORT_TRAINING = range(4)

# Counters of the whole simulation.
(
    PEOPLE, POSTS, STRIPS, FREE_STRIP, ENTRIES, FREE_ENTRY, APPLICANTS, FREE_APPLICANT, LEARNERS, WEEK_NOW, SETTLED,
    WEEK_END, HORIZON, END, NEXT_OPERATION, CHANGED, FIRST_MONTH, SPLIT, FIRST_BOUNDARY,
) = range(19)  # fmt: skip

# Notice lists: what the week's events ask of the tick.
NOTICED, VACATED, AWAY, RETURNED, MOVERS, COMING_BACK, FINISHED, DROPPED = range(8)

# Why a simulation stopped.
GOES_ON, FULL, HAZARD_ABOVE_STRIPS, HAZARD_TOO_HIGH, TOO_MANY_APPLICANTS, DOES_NOT_CLOSE = range(6)
MOST_APPLICANT_ROWS = 400


class World(NamedTuple):
    """Hold what the events of people read and write."""

    person_key: Keys
    person: Ints
    person_number: Floats
    shown: NDArray[np.int32]
    post_key: Keys
    post: Ints
    strip: Ints
    entry: Ints
    bucket: Ints
    notes: Ints
    noted: Ints
    learners: Ints
    n: Ints
    cell: Ints
    cell_number: Floats
    level: Ints
    acc: Ints
    fresh: Ints
    group: Ints
    group_number: Floats
    values: Floats
    at: Ints
    par: Floats
    one: Floats
    theta: Floats
    months: Ints
    exits: Ints
    retention: Ints
    month_start: Ints
    year_start: Ints
    retire_norm: Floats
    retire_earliest: Floats
    retire_right: Floats
    retire_hazard: Floats
    retire_factor: Floats
    retire_turn: Ints
    programme: Ints
    grades: Floats
    notice_months: Floats
    status: Ints
    trouble: Floats


class Rest(NamedTuple):
    """Hold what only the weekly tick reads and writes."""

    done: Ints
    family: Ints
    family_number: Floats
    applicant_key: Keys
    applicant: Ints
    applicant_months: Floats
    stream_key: Keys
    stream: Ints
    score: Floats
    list: Ints
    ripe: Ints
    sort_number: Floats
    sort_small: Ints
    place_of: Ints
    block_units: Ints
    block_count: Ints
    block_last: Ints
    shift_gross: Floats
    budget_claimed: Floats
    waiting: Ints
    grant_ore: Ints
    cap_used: Ints
    cap_spent: Floats
    cap_carry: Floats
    due_weeks: Ints
    due_price: Ints
    room: Ints
    lost: Ints
    later: Ints
    later_value: Floats
    unit_first: Ints
    unit_load: Floats
    weeks: Ints
    measures: Ints
    ages: Ints
    trace: Ints
    cell_key: Keys
    root: Keys
