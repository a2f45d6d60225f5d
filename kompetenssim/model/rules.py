"""The rules of the world as plain functions of numbers; every engine calls these and no copy of them.

Only what Python and a compiler compute alike is used: no powers, no builtin sum, no defaults, no closures.
Hours in need-equivalent minutes, FTE in 1/200, productivity and pay shares in per mille, rates per year.
"""

from __future__ import annotations

from math import erf, exp, log

MULTIPLIER_LOW = 0.6
MULTIPLIER_HIGH = 2.5
HIGHEST_RETIREMENT_RATE = 4.0

TRAINEE_PRODUCTIVITY = 400  # AT and BT, per mille (domain model 2.3)

SUMMER_WEEKS = (24, 33)
SUMMER_PRODUCTIVITY = 0.7  # domain model 2.7
SUMMER_SUCCESS = 0.9  # share of the summer posts that somebody takes (assumption)
TERM_WEEKS = 20
TERMS_OF_A_DEGREE = 6.0

RIGHT_AGE_RATE = 1.0  # least retirement hazard per year past the right to stay employed (LAS age); assumption
HOURS_PER_MONTH = 165.0  # full-time hours that a monthly pay stands for (AB)

#: Stages of the learning curve: three within the introduction, two after it, experienced.
STAGES = 6


def learning_productivity(stage: int, start: float, after: float) -> int:
    """Give productivity (per mille) in a stage of the learning curve (domain model 2.3, linear pieces as steps)."""
    if stage >= STAGES - 1:
        return 1000
    if stage < 3:
        return int(1000.0 * (start + (after - start) * (stage + 0.5) / 3.0))
    return int(1000.0 * (after + (1.0 - after) * (0.25 if stage == 3 else 0.75)))


def learning_month(stage: int, intro_months: float, full_months: float) -> float:
    """Give the month of employment at which a stage begins."""
    if stage < 4:
        return intro_months * stage / 3.0
    return intro_months + (full_months - intro_months) * (0.5 if stage == 4 else 1.0)


def st_productivity(progress: float) -> int:
    """Give the productivity (per mille) of an ST doctor: 0.5 in the first fifth to 0.9 in the last (domain model 2.3)."""
    fifth = int(progress * 5.0)
    fifth = min(fifth, 4)
    return 500 + 100 * fifth


def placement_hours(examined: float, placement_weeks: float, hours: float) -> float:
    """Give the supervision hours a week that a cohort on placement wants.

    A programme of six terms with as many students as it examines (`examined` a year, in two terms) has placement in
    `placement_weeks` of a term's weeks, with `hours` of supervision a week each.
    """
    return examined / 2.0 * TERMS_OF_A_DEGREE * placement_weeks / TERM_WEEKS * hours


def workload(
    unmet: float,
    need: float,
    overtime: float,
    own: float,
    agency: float,
    novice_share: float,
    supervision_excess: float,
    w_unmet: float,
    w_overtime: float,
    w_agency: float,
    w_novices: float,
    w_supervision: float,
) -> float:
    """Give the workload B of a week (domain model 2.4)."""
    b = w_novices * novice_share + w_supervision * supervision_excess
    if need > 0.0:
        b = b + w_unmet * unmet / need + w_agency * agency / need
    if own > 0.0:
        b = b + w_overtime * overtime / own
    return b


def multiplier(theta: float, excess: float) -> float:
    """Give exp(θ·excess) clipped to [0.6, 2.5]; the clip is a model assumption and its use is counted."""
    x = theta * excess
    if x > 1.0:  # already above the clip; exp would overflow far out
        return MULTIPLIER_HIGH
    m = exp(x)
    if m < MULTIPLIER_LOW:
        return MULTIPLIER_LOW
    if m > MULTIPLIER_HIGH:
        return MULTIPLIER_HIGH
    return m


def pay_multiplier(relative_pay: float, elasticity: float) -> float:
    """Give (1 + relative pay)^elasticity."""
    return exp(elasticity * log(max(0.1, 1.0 + relative_pay)))


def retirement_hazard(relative_age: float, mean: float, spread: float) -> float:
    """Give the yearly hazard of a normal retirement age, `relative_age` and `mean` counted from riktåldern."""
    x = (relative_age - mean) / spread
    if x > 6.0:
        h = x / spread
    else:
        survival = 0.5 * (1.0 - erf(x / 1.4142135623730951))
        h = exp(-0.5 * x * x) / 2.5066282746310002 / survival / spread
    return h if h < HIGHEST_RETIREMENT_RATE else HIGHEST_RETIREMENT_RATE


def applicant_rate(
    base: float,
    season: float,
    factor: float,
    response: float,
    vacancy_rate: float,
    at_start: float,
    otherwise: float,
) -> float:
    """Give applicants from outside per year: base · season · measures · max(0, 1 + κ·(v − v_start)/0.05), less other inflow.

    `base` is all that must come in at the start (the exits of the start state) and `otherwise` what comes by other ways
    (graduates, examinations, returns); so the whole supply answers to vacancies, and at the start it balances the exits.
    """
    answer = 1.0 + response * (vacancy_rate - at_start) / 0.05
    rate = base * season * factor * answer - otherwise if answer > 0.0 else 0.0
    return rate if rate > 0.0 else 0.0


def order_factor(price: float, reference: float, elasticity: float) -> float:
    """Give the share of the wanted agency weeks that is ordered at a price: min(1, (price/reference)^−ε)."""
    if price <= reference or reference <= 0.0:
        return 1.0
    return exp(-elasticity * log(price / reference))


def capped_delivery(delivery: float, price: float, cap: float, elasticity: float) -> float:
    """Give the delivery probability under a price cap: availability falls by (cap/price)^elasticity."""
    if price <= cap:
        return delivery
    return delivery * exp(elasticity * log(cap / price)) if cap > 0.0 else 0.0


def short_sick_share(base: float, spread: float, heads: int, z: float) -> float:
    """Give a cell's short sick share in a week: the spread holds for 100 employees and shrinks with the root of size."""
    size = heads if heads > 1 else 1
    share = base * (1.0 + spread * z * exp(-0.5 * log(size / 100.0)))
    if share < 0.0:
        return 0.0
    return share if share < 0.6 else 0.6


def need_minutes(
    base_hours: float,
    factor: float,
    added: float,
    year: float,
    season: float,
    extra_hours: float,
    duty_hours: float,
    efficiency: float,
    mismatch: float,
    closed: float,
    floor_hours: float,
    days: int,
) -> int:
    """Give the need of a cell in a week before structural task shift, in delivered minutes.

    Closing takes its share of all of it; efficiency acts on the need that follows volume; what must be on every
    shift (`floor_hours`) stays as long as the cell is open.
    """
    volume = (base_hours * factor * added * year * season + extra_hours) * (1.0 - efficiency) * (1.0 + mismatch)
    volume = max(volume, floor_hours)
    hours = (volume + duty_hours) * (1.0 - closed)
    return int(hours * 60.0 * days / 7.0) if hours > 0.0 else 0


def own_minutes(
    work: int,
    full_time_hours: float,
    presence: float,
    sick: float,
    used: float,
    supervision_minutes: int,
) -> int:
    """Give the delivered minutes of own staff in a cell and week.

    `work` is the week's sum of grade (1/200) · productivity (per mille) · minutes present, so that
    work/(200·1000·10080) is the mean productive FTE of a full week.
    """
    minutes = work / 2_016_000_000.0 * full_time_hours * 60.0 * presence * (1.0 - sick) * (1.0 - used)
    left = int(minutes) - supervision_minutes
    return left if left > 0 else 0


def split_by_days(total: int, first_days: int, second_days: int, week_days: int) -> int:
    """Give the part of a week's total that belongs to its first month; the remainder goes to the later month.

    When the week ends in its first month all of it belongs there, except in the last week of a run, whose days after
    the horizon are cut.
    """
    if first_days == week_days:
        return total
    return total * first_days // week_days


def supervision_minutes(
    senior: int,
    trained_share: float,
    hours_each: float,
    factor: float,
    extra_hours: float,
    crowding: float,
    agency_share: float,
    days: int,
) -> int:
    """Give a unit's supervision capacity in a week; agency staff crowd it out (loop R3) and cannot supervise.

    `senior` is the week's sum of grade (1/200) · minutes of experienced staff present.
    """
    room = 1.0 - crowding * agency_share
    room = max(room, 0.0)
    minutes = senior / 2_016_000.0 * trained_share * hours_each * 60.0 * factor * room + extra_hours * 60.0 * days / 7.0
    return int(minutes) if minutes > 0.0 else 0


def band(value: float, lower_limits: tuple[int, ...]) -> int:
    """Give the number of the band that a value lies in; `lower_limits` rise, and the first band has no lower limit."""
    found = 0
    for k in range(1, len(lower_limits)):
        if value >= lower_limits[k]:
            found = k
    return found
