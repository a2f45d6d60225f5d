"""The fit to an HR extract: exact where there is a formula, joint where parameters share counts; it says what it lacks."""

from __future__ import annotations

from math import inf
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import gamma

from kompetenssim.calibration.plan import Plan
from kompetenssim.calibration.rate_posterior import gamma_prior
from kompetenssim.calibration.register import RegisterRow, Span
from kompetenssim.calibration.register_fit import (
    CERTAIN,
    HEADING,
    NOT_IDENTIFIED,
    Dispersion,
    dispersion_of,
    fit_register,
    register_columns,
    table,
)
from kompetenssim.calibration.retirement_posterior import Retirements, expected
from kompetenssim.model.draws import ParameterSpec, draw_matrix
from kompetenssim.model.rules import retirement_hazard
from kompetenssim.model.template import Template
from tests.analytic.build import build, unit

pytestmark = pytest.mark.analytic
DRAWS, SEED = 4000, 5
EXITS, SICK_RATE = "yrkesgrupper.ssk.avgang_procent_ar", "yrkesgrupper.ssk.sjukfranvaro.lang_incidens_procent_ar"
NOVICE, YOUNG = "parametrar.novis_avgang_faktor", "parametrar.ung_avgang_faktor"
RETIRES, SPREAD = "yrkesgrupper.ssk.pension.typisk_relativt_riktalder", "yrkesgrupper.ssk.pension.spridning_ar"


def interval(low: float, mode: float, high: float) -> Any:
    return {"undre": low, "trolig": mode, "ovre": high}


@pytest.fixture(scope="module")
def template() -> Template:
    """One group of a hundred: a fifth new, some young; exits, sick leave, factors and retirement uncertain."""
    return build(
        groups={"ssk": {
            "avgang_procent_ar": interval(5, 7.5, 12), "sjukfranvaro": {"lang_incidens_procent_ar": interval(3, 4, 5)},
            "pension": {"typisk_relativt_riktalder": interval(-2, -1, 0), "spridning_ar": interval(1.5, 2, 2.6)},
            "aldersfordelning": {"22-29": 25, "30-59": 65, "60-66": 10}, "anstallningstid": {"0-2": 20, "2-20": 80}},
            "usk": {"avgang_procent_ar": interval(4, 6, 8)}},
        units={"a": unit({"ssk": 100, "usk": 50})},
        parameters={"novis_avgang_faktor": interval(1.5, 2, 2.5), "ung_avgang_faktor": interval(1.2, 1.5, 1.8)},
    )  # fmt: skip


def row(
    counts: dict[str, int], *, year: int = 2021, ages: tuple[float, float] = (30, 60), tenures: tuple[float, float] = (2, inf),
    years: float = 100.0, group: str = "ssk",
) -> RegisterRow:
    return RegisterRow(year, group, Span(*ages), Span(*tenures), years, years, counts)


def spec(template: Template, name: str) -> ParameterSpec:
    return next(p for p in template.parameters if p.name == name)


FOUR = [
    row({"uppsagningar": 30}, years=400), row({"uppsagningar": 14}, tenures=(0, 2), years=100),
    row({"uppsagningar": 9}, ages=(20, 30), years=80), row({"uppsagningar": 9}, ages=(20, 30), tenures=(0, 2), years=40),
]  # fmt: skip


def test_a_prior_has_the_written_ten_and_ninety_per_cent_points(template: Template) -> None:
    prior = gamma_prior(spec(template, EXITS))
    assert prior.quantile(np.array([0.1, 0.9])) == pytest.approx([5, 12])
    none = gamma_prior(ParameterSpec("x", 1.0, 0.0, 2.0, 0.0, 9.0, None, True))
    assert none.quantile(0.9) == pytest.approx(2.0)


def test_a_plain_rate_is_the_conjugate_posterior(template: Template) -> None:
    """Gamma(a, b) and 9 cases in 150 person-years, in per cent: Gamma(a + 9, b + 1.5)."""
    fit = fit_register(template, [row({"langtidssjuk_fall": 9}, years=150)])
    prior = gamma_prior(spec(template, SICK_RATE))
    after = gamma(prior.shape + 9, scale=1 / (prior.rate + 1.5))
    found = fit.fitted[SICK_RATE]
    assert (found.posterior.low, found.posterior.high) == pytest.approx(after.ppf([0.1, 0.9]))
    assert found.posterior.mode == pytest.approx((prior.shape + 8) / (prior.rate + 1.5))
    sds = [float(np.sqrt(gamma_log_variance(a))) for a in (prior.shape, prior.shape + 9)]
    assert found.contraction == pytest.approx(1 - sds[1] / sds[0], abs=1e-6)
    assert set(fit.fitted) == {SICK_RATE}


def gamma_log_variance(shape: float) -> float:
    """Integrate the variance of the logarithm numerically, apart from the formula in use."""
    def moment(k: int) -> float:
        found = quad(lambda y: y**k * gamma.pdf(np.exp(y), shape) * np.exp(y), -8, 8, limit=200, points=[np.log(shape)])
        return float(found[0])

    return moment(2) - moment(1) ** 2


def test_exits_and_factors_are_the_joint_posterior(template: Template) -> None:
    """The same posterior by weighing 400,000 draws of the prior with the likelihood, apart from grid and gamma integral."""
    fit = fit_register(template, FOUR)
    rng, n = np.random.default_rng(1), 400_000
    rate, novice, young = (gamma_prior(spec(template, name)).quantile(rng.random(n)) for name in (EXITS, NOVICE, YOUNG))
    people = [p for p in template.people if template.groups[template.cell_group[p.cell]] == "ssk"]
    kinds = np.array([[-p.hired < 2 * 525_960, -p.birth < 30 * 525_960] for p in people])
    mean = np.mean([np.where(a, novice, 1.0) * np.where(b, young, 1.0) for a, b in kinds], axis=0)
    log = np.zeros(n)
    for r in FOUR:
        mu = rate / 100 / mean * r.at_work * (novice if r.tenures.low < 2 else 1.0) * (young if r.ages.low < 30 else 1.0)
        log += r.counts["uppsagningar"] * np.log(mu) - mu
    weights = np.exp(log - log.max())
    effective = weights.sum() ** 2 / (weights**2).sum()
    assert effective > 10_000
    for name, x in ((EXITS, rate), (NOVICE, novice), (YOUNG, young)):
        order = np.argsort(x)
        at = np.searchsorted(np.cumsum(weights[order]) / weights.sum(), [0.1, 0.9])
        low, high = x[order][at]
        found = fit.fitted[name].posterior
        room = 4 * 2.0 * (high - low) / 2.56 / np.sqrt(effective)  # a 10 % point has an error of 1.7 standard deviations over √n
        assert found.low == pytest.approx(low, abs=room) and found.high == pytest.approx(high, abs=room)


def test_draws_have_the_posterior_and_move_with_their_own_uniforms(template: Template) -> None:
    rows = [*FOUR, *retirements(), row({"langtidssjuk_fall": 9}, years=150, group="usk")]
    plan = cast(Plan, SimpleNamespace(register=rows))
    columns = register_columns(template, plan, DRAWS, SEED)
    fit, before = fit_register(template, rows), draw_matrix(template.parameters, DRAWS, SEED)
    names = {template.parameters[c].name: c for c in columns}
    assert set(names) == {EXITS, NOVICE, YOUNG, RETIRES, SPREAD}  # what is certain is not drawn
    for name, c in names.items():
        inside = np.mean((columns[c] >= fit.fitted[name].posterior.low) & (columns[c] <= fit.fitted[name].posterior.high))
        assert abs(inside - 0.8) < 4 * 0.4 / DRAWS**0.5
        # a draw that was high by its prior stays high: the same uniform
        assert np.corrcoef(columns[c], before[:, c])[0, 1] > 0.6
    first = register_columns(template, plan, 100, SEED)
    assert all((first[c] == columns[c][:100]).all() for c in columns)


def test_rates_and_factors_are_drawn_with_their_correlation(template: Template) -> None:
    """Counts of the new alone know rate times factor, not either: drawn expectations spread as 300 exits do, 1/√300."""
    new = [row({"uppsagningar": 300}, tenures=(0, 2), years=2000)]
    columns = register_columns(template, cast(Plan, SimpleNamespace(register=new)), DRAWS, SEED)
    at = {template.parameters[c].name: values for c, values in columns.items()}
    group = fit_register(template, new).exit_names[EXITS]
    drawn = at[EXITS] * group.exposure(at[NOVICE], at[YOUNG])
    shuffled = np.random.default_rng(2).permutation(at[EXITS]) * group.exposure(at[NOVICE], at[YOUNG])
    assert drawn.std() / drawn.mean() < 1.1 / 300**0.5
    assert shuffled.std() > 1.5 * drawn.std()


def retirements(year: int = 2021) -> list[RegisterRow]:
    counts = {62: 4, 63: 6, 64: 8, 65: 7, 66: 5, 67: 4}
    return [row({"avgangar_pension": n}, ages=(a, a + 1), tenures=(0, inf), years=20, year=year) for a, n in counts.items()]


def test_a_class_of_a_year_expects_what_a_cohort_leaves_behind() -> None:
    """Those who leave between two birthdays over the years lived between them, by the hazard step by step in days."""
    c = Retirements(2021, 65, 66, 65, 62, 67, 0, 20.0)
    alive, lived, gone = 1.0, 0.0, 0.0
    for day in range(3653):
        h = retirement_hazard((int(day / 913.25) + 0.5) / 4, -1.0, 2.0) / 3653
        lived, gone, alive = lived + alive / 3653, gone + alive * h, alive * (1 - h)
    found = float(expected(c, np.array([-1.0]), np.array([2.0]))[0, 0])
    assert found == pytest.approx(20 * gone / lived, rel=1e-3)
    assert expected(c._replace(low=60, high=61), np.array([-1.0]), np.array([2.0]))[0, 0] == 0.0
    assert expected(c._replace(low=67, high=68), np.array([6.0]), np.array([0.5]))[0, 0] == pytest.approx(20.0)


def test_retirement_moves_towards_the_counts(template: Template) -> None:
    fit = fit_register(template, retirements())
    assert set(fit.fitted) == {RETIRES, SPREAD}
    early = [row({"avgangar_pension": 10}, ages=(62, 63), tenures=(0, inf), years=20)]
    assert fit_register(template, early).fitted[RETIRES].posterior.mode < fit.fitted[RETIRES].posterior.mode - 0.5


def test_what_the_region_file_gives_as_certain_is_shown_and_not_fitted(template: Template) -> None:
    fit = fit_register(template, [row({"langtidssjuk_fall": 9, "uppsagningar": 6}, years=150, group="usk")])
    found = fit.fitted["yrkesgrupper.usk.sjukfranvaro.lang_incidens_procent_ar"]
    assert (found.label, found.posterior, found.conflict) == (CERTAIN, found.prior, True)  # nine cases where none was allowed


def test_the_label_follows_from_the_lower_bound_of_the_contraction(template: Template) -> None:
    few, many = (fit_register(template, [row({"langtidssjuk_fall": n}, years=25.0 * n)]).fitted[SICK_RATE] for n in (2, 400))
    assert few.label == NOT_IDENTIFIED and not few.identified and few.contraction < 0.2
    assert many.label == "" and many.contraction - 1.2816 * many.error > 0.2
    assert not many.conflict
    assert fit_register(template, [row({"langtidssjuk_fall": 200}, years=1000)]).fitted[SICK_RATE].conflict


@pytest.mark.parametrize("factor", [1.0, 4.0])
def test_dispersion_between_years_is_measured(factor: float) -> None:
    """Counts of a group and year with a mean of 40 and a variance of 40 · factor; a χ² has the relative error √(2/freedom)."""
    rng = np.random.default_rng(3)
    groups = []
    for _ in range(15):
        means = 40.0 * (rng.gamma(40 / (factor - 1), (factor - 1) / 40, 8) if factor > 1 else np.ones(8))
        groups.append([(2010 + t, float(rng.poisson(mean)), 500.0) for t, mean in enumerate(means)])
    found = dispersion_of(groups)
    assert found.freedom == 15 * 7
    assert abs(found.factor / factor - 1) < 3.3 * (2 / found.freedom) ** 0.5


def test_too_few_years_say_nothing_of_dispersion_and_that_is_said(template: Template) -> None:
    assert dispersion_of([[(2020, 9.0, 100.0), (2021, 90.0, 100.0)]] * 20) == Dispersion(1.0, 0)
    (told,) = table(fit_register(template, [row({"langtidssjuk_fall": 9}, years=150)]))
    assert dict(zip(HEADING, told, strict=True))["överspridning"] == "1 (för få år för att mäta)"


def test_dispersion_widens_the_posterior_as_its_square_root(template: Template) -> None:
    counts = [160, 80, 240, 100, 220, 140, 180] * 2
    rows = [row({"langtidssjuk_fall": n}, year=2010 + t, years=4000) for t, n in enumerate(counts)]
    found = fit_register(template, rows).fitted[SICK_RATE]
    flat = fit_register(template, [row({"langtidssjuk_fall": 160}, year=r.year, years=4000) for r in rows]).fitted[SICK_RATE]
    assert found.events == flat.events and found.dispersion.factor > 10 and flat.dispersion.factor == 1.0
    width, narrow = (f.posterior.high - f.posterior.low for f in (found, flat))
    prior = gamma_prior(spec(template, SICK_RATE)).shape
    wanted = ((prior + flat.events) / (prior + found.events / found.dispersion.factor)) ** 0.5
    assert width / narrow == pytest.approx(wanted, rel=0.05)


def test_figures_of_fewer_than_five_person_years_are_not_printed(template: Template) -> None:
    (told,) = table(fit_register(template, [row({"langtidssjuk_fall": 2}, years=4.5)]))
    cells = dict(zip(HEADING, told, strict=True))
    assert cells["personår"] == "färre än 5"
    assert cells["händelser"] == cells["skattning"] == cells["kontraktion"] == "–"


def test_without_an_extract_nothing_is_replaced(template: Template) -> None:
    assert register_columns(template, cast(Plan, SimpleNamespace(register=())), DRAWS, SEED) == {}
