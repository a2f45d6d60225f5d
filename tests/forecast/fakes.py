"""A made-up engine: numbers without meaning whose accounts close, for any template, real or made up."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kompetenssim.forecast.ensemble import Ensemble, make_ensemble
from kompetenssim.forecast.geometry import Selection, make_geometry
from kompetenssim.forecast.plan import Plan
from kompetenssim.forecast.run import Forecast
from kompetenssim.forecast.sample import STAFF_ACCOUNT, make_chunk
from kompetenssim.model.draws import ParameterSpec
from kompetenssim.model.trajectory import ACCOUNT, FLOWS, STOCKS, Trajectory, column
from kompetenssim.spec.region import Region, StartState, Target
from kompetenssim.spec.scenario import DatedRules, Measure, Scenario
from kompetenssim.spec.specification import Specification

SETS = {"lakare": ("distriktslakare", "overlakare"), "ssk_alla": ("sjukskoterska",)}
FAKE_ENGINE = "tests.forecast.fakes:simulate"


class FakeTemplate(NamedTuple):
    """What the forecast layer reads of a template."""

    months: tuple[str, ...]
    month_days: tuple[int, ...]
    weeks: tuple[str, ...]
    week_days: tuple[int, ...]
    groups: tuple[str, ...]
    units: tuple[str, ...]
    areas: tuple[str, ...]
    cells: tuple[tuple[str, str], ...]
    cell_unit: tuple[int, ...]
    cell_group: tuple[int, ...]
    cell_area: tuple[int, ...]
    initial_employees: tuple[int, ...]
    measures: tuple[str, ...] = ("atgard_a",)
    parameters: tuple[ParameterSpec, ...] = (ParameterSpec("parametrar.niva", 1.0, 0.8, 1.3, None, None, None, True),)


def make_template(start: date = date(2023, 7, 1), end: date = date(2026, 6, 30),
                  heads: tuple[int, ...] = (40, 90, 30, 160, 420, 4)) -> FakeTemplate:
    """Make two areas, three units, three groups and six cells."""
    months, days = [], []
    day = start
    while day <= end:
        last = min(end, day.replace(day=monthrange(day.year, day.month)[1]))
        months.append(f"{day:%Y-%m}")
        days.append((last - day).days + 1)
        day = last + timedelta(days=1)
    weeks, week_days = [], []
    day = start
    while day <= end:
        following = day + timedelta(days=7 - day.weekday())
        iso = day.isocalendar()
        weeks.append(f"{iso.year}-v{iso.week:02d}")
        week_days.append((min(following, end + timedelta(days=1)) - day).days)
        day = following
    units, groups = ("medicin", "pv_norr", "pv_syd"), ("distriktslakare", "overlakare", "sjukskoterska")
    cell_unit, cell_group = (0, 0, 1, 1, 2, 2), (1, 2, 0, 2, 0, 2)
    return FakeTemplate(tuple(months), tuple(days), tuple(weeks), tuple(week_days), groups, units, ("primarvard", "sjukhus"),
                        tuple((units[u], groups[g]) for u, g in zip(cell_unit, cell_group, strict=True)), cell_unit, cell_group,
                        (1, 1, 0, 0, 0, 0), heads)


def simulate(template: Any, theta: NDArray[np.float64], *, seed: int, simulation: int, trace: bool = False) -> Trajectory:
    """Make up a simulation that depends on nothing but the draw, the seed and its number."""
    rng = np.random.default_rng([seed, simulation])
    level = float(theta[0]) if len(theta) else 1.0
    m, c, w = len(template.months), len(template.cell_unit), len(template.weeks)
    years = len({month[:4] for month in template.months})
    months = rng.integers(0, int(1000 * level) + 2, (m, c, len(FLOWS) + len(STOCKS)))
    months[..., column("full_time_minutes")] = np.array(template.month_days)[:, None] * 2400 // 7
    months[..., column("days")] = np.array(template.month_days)[:, None]
    months[..., 0] = months[..., 1:8].sum(axis=-1)
    close_staff_account(months, template.initial_employees)
    weeks = np.zeros((w, len(template.areas), len(template.groups), len(ACCOUNT)), dtype=np.int64)
    for area, group in {*zip(template.cell_area, template.cell_group, strict=True)}:
        weeks[:, area, group] = rng.integers(0, 500, (w, len(ACCOUNT)))
    weeks[..., 0] = weeks[..., 1:8].sum(axis=-1)
    return Trajectory(
        months, weeks, rng.integers(0, 10**8, (m, len(template.measures), 2)),
        rng.integers(0, 3, (years, len(template.groups), 5, 6, 4)),
        rng.integers(0, 9, (years, len(template.groups), 2, 5)), rng.integers(0, 3, (years, len(template.groups), 100)),
        np.zeros((0, 0, 0), dtype=np.int64),
    )


def failing(template: Any, theta: NDArray[np.float64], *, seed: int, simulation: int, trace: bool = False) -> Trajectory:
    """Fail in simulation 3."""
    if simulation == 3:
        raise ValueError("risken är för hög")
    return simulate(template, theta, seed=seed, simulation=simulation)


def dying(template: Any, theta: NDArray[np.float64], *, seed: int, simulation: int, trace: bool = False) -> Trajectory:
    """End the process without a word, as when memory runs out."""
    import os

    os._exit(1)


def close_staff_account(months: NDArray[np.int64], initial: tuple[int, ...]) -> None:
    """Make the stock follow from hires and exits."""
    flow = sum(sign * months[..., column(name)] for name, sign in STAFF_ACCOUNT.items())
    months[..., column("employees")] = np.array(initial) + np.cumsum(flow, axis=0)


def flat_trajectory(template: Any, **values: Any) -> Trajectory:
    """Make a simulation with everything zero except the named columns of `months` (a number or [month, cell])."""
    m, c = len(template.months), len(template.cell_unit)
    months = np.zeros((m, c, len(FLOWS) + len(STOCKS)), dtype=np.int64)
    for name, value in values.items():
        months[..., column(name)] = value
    close_staff_account(months, template.initial_employees)
    years = len({month[:4] for month in template.months})
    return Trajectory(
        months, np.zeros((len(template.weeks), len(template.areas), len(template.groups), len(ACCOUNT)), dtype=np.int64),
        np.zeros((m, len(template.measures), 2), dtype=np.int64),
        np.zeros((years, len(template.groups), 5, 6, 4), dtype=np.int64),
        np.zeros((years, len(template.groups), 2, 5), dtype=np.int64),
        np.zeros((years, len(template.groups), 100), dtype=np.int64),
        np.zeros((0, 0, 0), dtype=np.int64))


def make_fake_ensemble(trajectories: list[Trajectory], template: Any, *, per_draw: int = 2,
                       selections: tuple[Selection, ...] = (), scenario: str = "a") -> Ensemble:
    """Put simulations together as one scenario; every draw has its own row of theta."""
    plan = Plan(simulations=len(trajectories), per_draw=per_draw, scenarios=(scenario,))
    geometry = make_geometry(template, sets=SETS, selections=selections)
    theta = np.arange(plan.draws, dtype=np.float64)[:, None]
    return make_ensemble(scenario, geometry, plan, theta, [make_chunk(0, 0, trajectories, geometry)])


def make_specification(key: str = "a", template: FakeTemplate | None = None, **changes: Any) -> Specification:
    """Make a small resolved specification around a made-up template."""
    template = template or make_template()
    region = Region.model_validate({
        "version": 1, "region": {"nyckel": "liten", "namn": "Lilla regionen"},
        "startlagen": {"2023-07-01": {"antagande": "ja"}},
        "ekonomi": {"po_procent": {"2023": 45}}, "omraden": {"primarvard": "Primärvård", "sjukhus": "Sjukhus"},
        "yrkesgrupper": {g: {"titel": g, "manadslon_kr": 40000, "ordning": i} for i, g in enumerate(template.groups)},
        "schematyper": {"dag": {"heltid_timmar_vecka": 40}}, "grupper": {k: list(v) for k, v in SETS.items()},
        "enheter": {u: {"titel": u, "omrade": template.areas[template.cell_area[template.cell_unit.index(i)]]}
                    for i, u in enumerate(template.units)},
    })
    rules = DatedRules.model_validate({"version": 1, "riktalder_ar": {}, "tidigaste_pension_ar": {}, "las_alder_ar": {}})
    first, last = template.months[0], template.months[-1]
    end = date(int(last[:4]), int(last[5:]), template.month_days[-1])
    content: dict[str, Any] = {
        "key": key, "title": f"Scenario {key}", "region": region, "rules": rules,
        "scenario": Scenario.model_validate({"version": 1, "scenario": {"nyckel": key, "titel": key}}),
        "measures": (Measure.model_validate({"nyckel": "atgard_a", "titel": "Åtgärd A; den första"}),),
        "start_state": StartState.model_validate({"antagande": "ja"}), "start_state_date": date.fromisoformat(f"{first}-01"),
        "start": date.fromisoformat(f"{first}-01"), "end": end,
        "targets": (make_target(), make_target(nyckel="hyr_2", indikator="hyrandel_totalt", max=None, max_procent=2,
                                               population={"yrkesgrupp": "ssk_alla"}, tidsbas="rullande12")),
        "replications": 6, "replications_per_draw": 2, "seed": 1, "compared_with": None, "digest": f"digest-{key}",
    }
    return Specification(**{**content, **changes})


def make_target(**content: Any) -> Target:
    """Make a target from Swedish keys."""
    given = {"nyckel": "kostnad", "indikator": "hyrkostnad_mkr", "senast": "2025-12-31", "max": 5.0, **content}
    return Target.model_validate({k: v for k, v in given.items() if v is not None})


def run_fake(*keys: str, reference: str | None = None, engine: str = FAKE_ENGINE, processes: int = 1, **options: Any) -> Forecast:
    """Run the made-up engine over scenarios that differ in name only."""
    from kompetenssim.forecast.run import run

    template: Any = make_template()
    return run([make_specification(key, template) for key in keys], [template] * len(keys), reference=reference, engine=engine,
               processes=processes, **options)
