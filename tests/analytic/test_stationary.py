"""A region in balance stays there from the first week: leaves, time of employment, exits, posts and headcount."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import chi2

from kompetenssim.engine.world import EMPLOYED, LEAVE, PARENTAL, SICK, World
from kompetenssim.model.calendar import WEEK, YEAR
from kompetenssim.model.distributions import lognormal_mean
from tests.analytic.build import Watch, build, flow, simulate, unit, years, z

pytestmark = pytest.mark.analytic


def test_share_away_is_the_equilibrium_of_an_alternating_renewal_process_in_every_week() -> None:
    """Oracle (f): three kinds of log-normal leave; at week 1 as at week 104 each share is rate·mean/(1 + Σ rate·mean)."""
    spells = {SICK: (0.30, 4.0, 0.8), PARENTAL: (0.15, 9.0, 0.35), LEAVE: (0.10, 6.0, 0.5)}
    (sick, parental, leave), heads, n = (spells[k] for k in (SICK, PARENTAL, LEAVE)), 1500, 4
    template = build(
        groups={
            "ssk": {
                "aldersfordelning": {"30-39": 100},
                "sjukfranvaro": {
                    "lang_incidens_procent_ar": 100 * sick[0],
                    "lang_median_manader": sick[1],
                    "lang_sigma": sick[2],
                },
                "foraldraledighet": {
                    "incidens_procent_ar": 100 * parental[0],
                    "median_manader": parental[1],
                    "sigma": parental[2],
                },
                "tjanstledighet": {"incidens_procent_ar": 100 * leave[0], "median_manader": leave[1], "sigma": leave[2]},
            }
        },
        units={"a": unit({"ssk": heads})},
    )
    odds = {k: rate * lognormal_mean(median, sigma) / 12 for k, (rate, median, sigma) in spells.items()}
    away = np.zeros((len(template.weeks), 8))

    def week(w: World, boundary: int) -> None:
        for p in w.people:
            away[w.week, p.state] += 1

    for s in range(n):
        Watch(week=week).run(template, simulation=s)
    for k, o in odds.items():
        share = o / (1 + sum(odds.values()))
        for at in (0, 2, 8, 20, 39, 60, 80, 104):
            assert abs(z(away[at, k], n * heads * share, n * heads * share * (1 - share))) < 3.5, (
                k,
                at,
                away[at, k],
                n * heads * share,
            )


def test_time_of_employment_and_exits_are_flat_when_the_register_is_in_balance() -> None:
    """Oracle (f): newcomers leave 2.5 times as often; each leaver is replaced; exits and the tenure table do not move."""
    late, factor, heads, n = 0.14, 2.5, 1200, 3
    edges = np.arange(0, 26)
    early = np.minimum(edges, 2.0)
    left = np.exp(-late * (factor * early + (edges - early)))
    width = np.where(edges[:-1] < 2, factor, 1.0) * late
    stock = (left[:-1] - left[1:]) / width  # integral of the survivors over each year of employment
    share = stock / stock.sum()
    mean = float(np.sum(share * width))
    template = build(
        groups={
            "ssk": {
                "avgang_procent_ar": 100 * mean,
                "anstallningstid": {f"{a}-{a + 1}": 100 * x for a, x in zip(edges[:-1].tolist(), share, strict=True)},
                "sokande": {"ankomst_per_ar": 6 * heads * mean, "talamod_veckor": 1},
            }
        },
        units={"a": unit({"ssk": heads})},
        parameters={"novis_avgang_faktor": factor},
        end="2025-12-31",
    )
    exits, tenure = np.zeros(len(template.months)), np.zeros((4, 2))
    limits = np.array([0, 1, 2, 5, 100])

    def week(w: World, boundary: int) -> None:
        if w.week in (0, len(template.weeks) - 1):
            found = [(boundary - p.hired) / YEAR for p in w.people if p.state in EMPLOYED]
            tenure[:, int(w.week > 0)] += np.histogram(found, limits)[0]

    for s in range(n):
        exits += flow(Watch(week=week).run(template, simulation=s), "exits_external").sum(axis=1)
    wanted = np.array([share[0], share[1], share[2:5].sum(), share[5:].sum()])
    halves = exits.reshape(6, 6).sum(axis=1)
    days = np.array(template.month_days).reshape(6, 6).sum(axis=1)
    expected = n * heads * mean * days / 365.25
    assert chi2.sf(float(np.sum((halves - expected) ** 2 / expected)), 6) > 1e-3, (halves, expected)
    for k in (0, 1):
        total = tenure[:, k].sum()
        scores = (tenure[:, k] - total * wanted) / np.sqrt(total * wanted * (1 - wanted))
        assert (np.abs(scores) < 3.5).all(), (k, scores)


@pytest.mark.parametrize("substitutes", [0.0, 0.5])
def test_without_measures_ageing_and_growth_nothing_drifts(substitutes: float) -> None:
    """Oracle (f): leaves, notice, lead times, moves and the answer to vacancies on; headcount and exits stay where they
    began, and so do vacancies when nobody holds a substitute post (how many such posts are filled at the start is assumed)."""
    template = build(
        groups={
            "ssk": {
                "avgang_procent_ar": 10,
                "intern_rorlighet_procent_ar": 5,
                "vikariat_andel": substitutes,
                "anstallningstid": {"0-5": 50, "5-20": 50},
                "sjukfranvaro": {
                    "lang_incidens_procent_ar": 5,
                    "lang_median_manader": 4,
                    "lang_sigma": 0.8,
                    "aterkommer_inte_andel": 0.05,
                },
                "tjanstledighet": {"incidens_procent_ar": 3, "median_manader": 6, "aterkommer_andel": 0.8},
                "sokande": {
                    "ankomst_per_ar": None,
                    "talamod_veckor": 8,
                    "ledtid_veckor": 6,
                    "ledtid_sigma": 0.4,
                    "uppsagningstid_manader": 2,
                },
            }
        },
        units={u: unit({"ssk": 130}, {"ssk": 11}) for u in ("a", "b", "c")},
        parameters={"sokande_svar_pa_vakans": 0.5},
        end="2025-12-31",
        rules={"uppsagningstid_kort_manader": 1, "uppsagningstid_lang_manader": 3},
    )
    runs = [simulate(template, simulation=s) for s in range(24)]
    heads = np.array([flow(d, "employees").sum(axis=1) for d in runs])
    for month in (0, 3, 6, 12, 24, 35):
        assert abs(_t(heads[:, month] - 390)) < 3.5, (month, heads[:, month].mean())
    exits = np.array([sum(flow(d, k).sum(axis=1) for k in ("exits_external", "exits_other")) for d in runs])
    assert abs(_t(exits[:, :6].sum(axis=1) - exits[:, 6:].sum(axis=1) / 5)) < 3.5
    if substitutes == 0.0:
        vacant = np.array(
            [flow(d, "vacant_units_minutes").sum(axis=1) / flow(d, "established_units_minutes").sum(axis=1) for d in runs]
        )
        for month in (3, 6, 12, 24, 35):
            assert abs(_t(vacant[:, month] - 33 / 423)) < 3.5, (month, vacant[:, month].mean())


def _t(x: NDArray[np.float64]) -> float:
    """Give a mean in its own standard errors."""
    return float(np.mean(x) / (np.std(x, ddof=1) / np.sqrt(len(x))))


def test_vacancy_share_is_mean_vacancy_over_mean_cycle() -> None:
    """Oracle (g): a post is held an exponential time, then vacant until the lead time and the applicant's notice are over."""
    h, lead, notice, heads, n = 0.6, 5.5, 2.0, 60, 8
    template = build(
        groups={
            "ssk": {
                "avgang_procent_ar": 100 * h,
                "sokande": {"ankomst_per_ar": 1500, "talamod_veckor": 1, "ledtid_veckor": lead, "uppsagningstid_manader": notice},
            }
        },
        units={"a": unit({"ssk": heads})},
        end="2030-12-31",
    )
    week = WEEK / YEAR
    vacant = (
        0.5 * week + 6 * week + notice / 12
    )  # leaves within a week, ripe at the sixth tick after, starts on average a notice later
    share = vacant / (vacant + 1 / h)
    found = []
    for s in range(n):
        done = simulate(template, simulation=s)
        empty, posts = (flow(done, f"{k}_units_minutes")[18:].sum() for k in ("vacant", "established"))
        found.append(empty / posts)
    own = _renewal_error(
        vacant, (week**2 / 12 + (notice / 6) ** 2 / 12), 1 / h, years(template.calendar.horizon) - 1.5, n * heads
    )
    assert abs(np.mean(found) - share) < 3.5 * own


def _renewal_error(vacant: float, variance: float, held: float, span: float, posts: int) -> float:
    """Give the standard error of the share of time vacant (Cox 1962: asymptotic variance of an alternating renewal process)."""
    cycle = vacant + held
    return float(np.sqrt((held**2 * variance + vacant**2 * held**2) / cycle**3 / span / posts))
