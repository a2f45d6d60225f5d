"""Where quantities, group parameters and scalars stand in their flat tables: constants that a compiler reads as integers.

`values[offset[Q_…] + place]`, `group[G_… * groups + g]`, `scalar[ONE_…]`. Only those that filling reads are named here.
"""

from __future__ import annotations

from kompetenssim.model.quantities import QUANTITIES
from kompetenssim.model.template import GROUP_PARAMETERS, SCALARS

(
    Q_NEED_HOURS, Q_DUTY_HOURS, Q_MISMATCH, Q_FULL_TIME_HOURS, Q_PRESENCE, Q_SHORT_SICK, Q_COMPENSATORY_REST, Q_EXIT_RATE,
    Q_ARRIVAL_RATE, Q_AGENCY_PRICE, Q_AGENCY_PRICE_REFERENCE, Q_AGENCY_DELIVERY, Q_AGENCY_ORDER_SHARE, Q_AGENCY_PRODUCTIVITY,
    Q_OVERTIME_PRACTICE, Q_EXTRA_HOURS_SHARE, Q_SEATS_SPRING, Q_SEATS_AUTUMN, Q_PAY,
    Q_RETIREMENT_FACTOR,
) = map(
    tuple(QUANTITIES).index,
    (
        "need_hours", "duty_hours", "mismatch", "full_time_hours", "presence", "short_sick", "compensatory_rest", "exit_rate",
        "arrival_rate", "agency_price", "agency_price_reference", "agency_delivery", "agency_order_share", "agency_productivity",
        "overtime_practice", "extra_hours_share", "seats_spring", "seats_autumn", "pay",
        "retirement_factor",
    ),
)  # fmt: skip

(
    G_EXIT_PERCENT, G_TO_AGENCY_SHARE, G_AGENCY_RETURN_SHARE, G_SICK_LONG_PERCENT, G_SICK_MEDIAN_MONTHS, G_SICK_SIGMA,
    G_SICK_NO_RETURN, G_PARENTAL_PERCENT, G_PARENTAL_MEDIAN_MONTHS, G_PARENTAL_SIGMA, G_LEAVE_PERCENT, G_LEAVE_MEDIAN_MONTHS,
    G_LEAVE_SIGMA, G_LEAVE_RETURNS, G_RETIRE_RELATIVE, G_RETIRE_SPREAD, G_WORKS_ON_SHARE, G_WORKS_ON_HOURS, G_WORKS_ON_MONTHS,
    G_SUBSTITUTE_SHARE, G_NOVICE_SHARE, G_LEARN_START, G_LEARN_INTRO_MONTHS, G_LEARN_AFTER_INTRO, G_LEARN_FULL_MONTHS,
    G_LEARN_START_EXPERIENCED, G_INTRO_SUPERVISION, G_AGENCY_PRICE_GROWTH,
) = map(
    GROUP_PARAMETERS.index,
    (
        "exit_percent", "to_agency_share", "agency_return_share", "sick_long_percent", "sick_median_months", "sick_sigma",
        "sick_no_return", "parental_percent", "parental_median_months", "parental_sigma", "leave_percent", "leave_median_months",
        "leave_sigma", "leave_returns", "retire_relative", "retire_spread", "works_on_share", "works_on_hours", "works_on_months",
        "substitute_share", "novice_share", "learn_start", "learn_intro_months", "learn_after_intro", "learn_full_months",
        "learn_start_experienced", "intro_supervision", "agency_price_growth",
    ),
)  # fmt: skip

(
    ONE_WEIGHT_UNMET, ONE_WEIGHT_OVERTIME, ONE_WEIGHT_AGENCY, ONE_WEIGHT_NOVICES, ONE_WEIGHT_SUPERVISION, ONE_NOVICE_EXIT,
    ONE_YOUNG_EXIT, ONE_NEED_GROWTH_PERCENT, ONE_DAILY_REST_EXTRA_PERCENT, ONE_AVAILABILITY_TREND_PERCENT, ONE_RETENTION_CAP,
    ONE_ARRIVAL_CAP, ONE_REALISATION_CAP_PP, ONE_PAY_GROWTH_PERCENT, ONE_PLACEMENT_HOURS, ONE_START_OVERTIME_PERCENT,
    ONE_PAY_LEVEL, ONE_PRICE_LEVEL,
) = map(
    SCALARS.index,
    (
        "weight_unmet", "weight_overtime", "weight_agency", "weight_novices", "weight_supervision", "novice_exit",
        "young_exit", "need_growth_percent", "daily_rest_extra_percent", "availability_trend_percent", "retention_cap",
        "arrival_cap", "realisation_cap_pp", "pay_growth_percent", "placement_hours", "start_overtime_percent",
        "pay_level", "price_level",
    ),
)  # fmt: skip
