"""The twin: the mean of the simulation where the model is linear, and the same accounts, files and waists everywhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kompetenssim.engine import compiled, twin
from kompetenssim.engine.twin.rounding import SIGN, whole_flows
from kompetenssim.model.template import Template
from kompetenssim.model.trajectory import ACCOUNT, FLOWS, STOCKS, Trajectory, column
from tests.analytic.build import build, modes, unit
from tests.engine import worlds

SIMULATIONS = 200


def linear_world() -> Template:
    """Give a world where applicants are few, posts many and no rate depends on what has happened."""
    ssk = {
        "avgang_procent_ar": 12,
        "till_hyrbolag_andel": 0.2,
        "sjukfranvaro": {"lang_incidens_procent_ar": 8, "aterkommer_inte_andel": 0.1},
        "foraldraledighet": {"incidens_procent_ar": 6},
        "tjanstledighet": {"incidens_procent_ar": 3, "aterkommer_andel": 0.7},
        "aldersfordelning": {"25-39": 40, "40-54": 35, "55-65": 25},
        "alder_nyanstallda": {"25-45": 100},
        "anstallningstid": {"0-2": 20, "2-10": 50, "10-20": 30},
        "sysselsattningsgrad": {"100": 70, "75": 30},
        "andrad_sysselsattningsgrad_procent_ar": 10,
        "sokande": {"ankomst_per_ar": 30},
    }
    return build(
        groups={"ssk": ssk, "usk": {**ssk, "avgang_procent_ar": 7, "sokande": {"ankomst_per_ar": 50}}},
        units={"a": unit({"ssk": 120, "usk": 200}, {"ssk": 300, "usk": 300}), "b": unit({"ssk": 80}, {"ssk": 200})},
        parameters={"novis_avgang_faktor": 2, "ung_avgang_faktor": 1.5},
        end="2025-12-31",
    )


@pytest.mark.analytic
def test_in_a_linear_world_the_twin_is_the_mean_of_the_simulation() -> None:
    """Stocks and flows by group and year within four standard errors of 200 simulations, and the half that rounding may take."""
    template = linear_world()
    row = modes(template)
    group = np.array(template.cell_group)

    def by_group(done: Trajectory) -> np.ndarray:  # type: ignore[type-arg]  # [year, group, column]
        months = done.months
        years = [months[i : i + 12].sum(axis=0) for i in range(0, len(months), 12)]
        years = [np.where(np.arange(months.shape[2]) < len(FLOWS), y, months[12 * i + 11]) for i, y in enumerate(years)]
        return np.array([[y[group == g].sum(axis=0) for g in range(len(template.groups))] for y in years], dtype=float)

    expected = by_group(twin.simulate(template, row))
    seen = np.array([by_group(compiled.simulate(template, row, seed=1, simulation=i)) for i in range(SIMULATIONS)])
    mean, error = seen.mean(axis=0), seen.std(axis=0, ddof=1) / SIMULATIONS**0.5
    off = []
    for name, rounding in {
        "employees": 2.0, "contracted_units": 0.0, "aged_60": 0.5, "hires": 1.0, "exits_external": 1.0, "exits_agency": 1.0,
        "exits_pension": 1.0, "exits_other": 1.0, "contracted_units_minutes": 0.0, "worked_minutes": 0.0, "sick_minutes": 0.0,
        "own": 0.0,
    }.items():  # fmt: skip
        k = column(name)
        allowed = 4.0 * error[..., k] + rounding
        wrong = np.abs(expected[..., k] - mean[..., k]) > allowed
        off += [(name, *at, expected[(*at, k)], mean[(*at, k)], error[(*at, k)]) for at in np.argwhere(wrong).tolist()]
    assert not off, off


@pytest.mark.engine
def test_hours_and_staff_close_to_the_unit_and_nothing_is_negative(tmp_path: Path) -> None:
    """need = own + … + unmet in every week and cell; Δemployees = flows; with one of everything in the world."""
    template = worlds.template(tmp_path, [worlds.measure("rekrytering", "2023-04-01"), worlds.OWN])
    done = twin.simulate(template, worlds.theta(template), trace=True)
    assert (done.trace >= 0).all()
    assert (done.trace[:, :, 0] == done.trace[:, :, 1:8].sum(axis=2)).all()
    assert (done.weeks.sum(axis=(1, 2)) == done.trace.sum(axis=1)).all()
    stock = done.months[:, :, column("employees")]
    change = sum(sign * done.months[:, :, column(name)] for name, sign in SIGN.items())
    assert (np.diff(stock, axis=0, prepend=np.array([template.initial_employees])) == change).all()
    assert (done.months[:, :, : len(ACCOUNT)] >= 0).all()
    flows = done.months[:, :, [column(name) for name in SIGN]]
    assert (flows >= 0).all()
    assert done.months.shape[2] == len(FLOWS) + len(STOCKS)


@pytest.mark.engine
@pytest.mark.parametrize("kind", sorted(worlds.BLOCKS))
def test_every_lever_type_runs_through_the_twin(kind: str, tmp_path: Path) -> None:
    """Each of the lever types: the run ends, is the same when repeated, and its hours close."""
    measures = [worlds.BASIS, worlds.measure(kind, "2023-06-01")]
    template = worlds.template(tmp_path, measures, end="2023-12-31")
    one, two = (twin.simulate(template, worlds.theta(template), seed=s) for s in (1, 2))
    assert all((a == b).all() for a, b in zip(one, two, strict=True)), "the twin answers to the seed"
    assert (one.weeks[..., 0] == one.weeks[..., 1:8].sum(axis=-1)).all()


@pytest.mark.property
def test_rounding_keeps_the_sums_of_a_group() -> None:
    """A group's running sum is never off by more than a half, a cell's by less than two, and no count is negative."""
    flows = np.random.default_rng(1).gamma(0.3, 1.0, size=(120, 12, 3))
    group = np.array([0] * 5 + [1] * 7)
    whole = whole_flows(flows, group)
    assert (whole >= 0).all()
    off = np.cumsum(whole, axis=0) - np.cumsum(flows, axis=0)
    assert np.abs(off).max() < 2.0
    for g in (0, 1):
        assert np.abs(off[:, group == g].sum(axis=1)).max() <= 0.5 + 1e-9
