"""What is kept of a simulation is what plain sums over it give, to the last bit, in memory and in files."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from kompetenssim.forecast.ensemble import make_ensemble
from kompetenssim.forecast.geometry import ALL, Geometry, Place, Selection, make_geometry
from kompetenssim.forecast.indicators import REGISTER, WEEKLY
from kompetenssim.forecast.plan import Plan
from kompetenssim.forecast.sample import COLUMNS, KEPT, Chunk, make_chunk, narrow
from kompetenssim.forecast.scratch import Scratch, Stored, fetched, put_away
from kompetenssim.model.trajectory import ACCOUNT, FLOWS, STOCKS, Trajectory, column
from tests.forecast.fakes import SETS, FakeTemplate, make_template, simulate

MIDWEEK = date(2026, 6, 30)  # a Tuesday: the last week goes on after the horizon
SELECTIONS = (
    Selection(groups=("lakare",)), Selection(units=("pv_norr", "pv_syd")),
    Selection(units=("pv_norr",), groups=("lakare",)), Selection(),
)


def trajectories(template: FakeTemplate, count: int) -> list[Trajectory]:
    """Make simulations whose numbers need every size of integer."""
    made = [simulate(template, np.array([1.0]), seed=3, simulation=r) for r in range(count)]
    for t in made:
        t.months[..., column("wage_ore")] *= 10**8
        t.months[..., column("agency_ore")] *= 10**5
        t.months[..., column("training_starts")] %= 3
        t.months[..., column("worked_minutes")] *= -1
    return made


def plain_months(t: Trajectory, geometry: Geometry) -> dict[str, np.ndarray]:
    """Work out every column of month × cell as it is defined, one number at a time."""
    columns = {name: t.months[..., k].astype(object) for k, name in enumerate(FLOWS + STOCKS)}
    need, full, worked = (columns[name] for name in ("need", "full_time_minutes", "worked_minutes"))
    months, cells = need.shape
    columns["workload_need"] = columns["workload_micro_days"] * need // 1000
    columns["need_days"] = need * columns["days"]
    columns["net_micro_days"] = np.array([[
        int(np.rint(float(worked[m, c]) * geometry.month_days[m] * 1e6 / float(full[m, c]))) if full[m, c] > 0 else 0
        for c in range(cells)] for m in range(months)], dtype=object)
    permanent = columns["permanent"]
    columns["permanent_twice"] = np.array([permanent[m] + permanent[max(0, m - 1)] for m in range(months)])
    columns["measure_ore"] = columns["grant_ore"] = np.zeros((months, cells), dtype=object)
    return columns


def plain_atoms(t: Trajectory, geometry: Geometry) -> dict[str, np.ndarray]:
    """Sum month × cell to [atom, month]; the last atom holds the measures."""
    found = {name: np.array([[sum(row[c] for c in cells) for row in values] for cells in geometry.atoms], dtype=object)
             for name, values in plain_months(t, geometry).items()}
    found["measure_ore"][-1], found["grant_ore"][-1] = (t.measures[..., k].sum(axis=1) for k in (0, 1))
    return found


def plain_years(t: Trajectory, geometry: Geometry) -> dict[str, np.ndarray]:
    """Sum month × cell to [cell, year]; stocks are those of the last month."""
    of_year = [[m for m, label in enumerate(geometry.months) if label[:4] == year] for year in geometry.years]
    return {name: np.array([values[ms[-1]] if name in STOCKS else values[ms].sum(axis=0) for ms in of_year], dtype=object).T
            for name, values in plain_months(t, geometry).items()}


def plain_weeks(t: Trajectory, geometry: Geometry) -> dict[str, np.ndarray]:
    """Pick [area-group, week] and let weeks add up to months."""
    found = {}
    months = plain_months(t, geometry)
    for name in WEEKLY:
        rows = []
        for area, group in geometry.area_groups:
            cells = [c for c, cell in enumerate(geometry.cells) if cell.group == geometry.group_keys[group]
                     and cell.area == ("primarvard", "sjukhus")[area]]
            row = t.weeks[:, area, group, ACCOUNT.index(name)].tolist()
            if sum(geometry.week_days) != sum(geometry.month_days):
                row[-1] = int(months[name][:, cells].sum()) - sum(row[:-1])
            rows.append(row)
        found[name] = np.array(rows, dtype=object)
    return found


def agrees(chunk: Chunk, made: list[Trajectory], geometry: Geometry) -> None:
    """Compare all that a chunk keeps with the plain sums."""
    for part, names, plain in (
        (chunk.months, KEPT, plain_atoms), (chunk.cell_years, KEPT, plain_years), (chunk.weeks, WEEKLY, plain_weeks),
    ):
        expected = [plain(t, geometry) for t in made]
        assert len(part) == len(names)
        for kept, name in zip(part, names, strict=True):
            found = fetched(kept)
            assert np.issubdtype(found.dtype, np.signedinteger)
            assert found.tolist() == [e[name].tolist() for e in expected], name
    first = [next(m for m, label in enumerate(geometry.months) if label[:4] == year) for year in geometry.years]
    assert chunk.measures.tolist() == sum(np.add.reduceat(t.measures, first, axis=0) for t in made).tolist()
    for name in ("exits", "retention", "ages"):
        assert getattr(chunk, name).tolist() == sum(getattr(t, name) for t in made).tolist()


@pytest.mark.unit
@pytest.mark.parametrize("end", [MIDWEEK, date(2026, 6, 28)])
def test_all_that_is_kept_is_what_plain_sums_give(end: date) -> None:
    template = make_template(end=end)
    template = template._replace(week_days=(*template.week_days[:-1], 7))  # the run ends on a Monday
    geometry = make_geometry(template, sets=SETS, selections=SELECTIONS)
    made = trajectories(template, 3)
    chunk = make_chunk(0, 4, made, geometry)
    assert (chunk.first, chunk.size) == (4, 3)
    agrees(chunk, made, geometry)
    kinds = {fetched(part).dtype for part in (*chunk.months, *chunk.cell_years)}
    assert kinds == {np.dtype(kind) for kind in (np.int8, np.int16, np.int32, np.int64)}


@pytest.mark.unit
def test_what_lies_in_a_file_is_what_was_in_memory_and_goes_when_nobody_holds_it() -> None:
    template = make_template()
    geometry = make_geometry(template, sets=SETS)
    made = trajectories(template, 4)
    scratch = Scratch()
    kept = [put_away(make_chunk(0, first, made[first : first + 2], geometry), scratch.folder) for first in (0, 2)]
    assert all(isinstance(part, Stored) for chunk in kept for part in (*chunk.months, *chunk.cell_years, *chunk.weeks))
    for chunk in kept:
        agrees(chunk, made[chunk.first : chunk.first + 2], geometry)
    plan, theta = Plan(simulations=4, scenarios=("a",)), np.zeros((2, 1))
    in_files = make_ensemble("a", geometry, plan, theta, kept, scratch=scratch)
    in_memory = make_ensemble("a", geometry, plan, theta, [make_chunk(0, 0, made, geometry)])
    for name in KEPT:
        assert in_files.months(name).tobytes() == in_memory.months(name).tobytes()
        assert in_files.cell_years(name).tobytes() == in_memory.cell_years(name).tobytes()
    assert [first for first, _ in in_files.parts(2)] == [0, 2] and [first for first, _ in in_files.parts(3)] == [0]
    path = kept[0].months[0].file
    del in_files, scratch
    with pytest.raises(FileNotFoundError):
        open(path, "rb").close()


@pytest.mark.unit
def test_each_simulation_is_reduced_before_the_next_is_made() -> None:
    template = make_template()
    geometry = make_geometry(template, sets=SETS)
    made = trajectories(template, 1)
    alive = 0

    def one_at_a_time() -> object:
        nonlocal alive
        for _ in range(3):
            alive += 1
            copy = made[0]._replace(months=made[0].months.copy())
            yield copy
            copy.months[:] = 0  # an engine may use its workspace again

    chunk = make_chunk(0, 0, one_at_a_time(), geometry)  # type: ignore[arg-type]
    assert alive == 3
    agrees(chunk, made * 3, geometry)


@pytest.mark.unit
def test_every_column_that_an_indicator_asks_for_is_kept_and_no_other() -> None:
    asked = {name for i in REGISTER.values() for terms in (i.numerator, i.denominator or {}) for name in terms}
    assert set(KEPT) == asked & set(COLUMNS) and asked - set(COLUMNS) == {"days_of_period"}


@pytest.mark.unit
def test_a_population_that_is_a_sum_of_units_or_groups_needs_no_sums_of_its_own() -> None:
    template = make_template()
    geometry = make_geometry(template, sets=SETS, selections=SELECTIONS)
    plain = make_geometry(template, sets=SETS)
    assert len(geometry.atoms) == len(plain.atoms) + 1  # physicians of one unit: neither a unit nor a group
    inside = [{c for atom in atoms for c in geometry.atoms[atom]} for atoms in geometry.selection_atoms]
    physicians = {c for c, cell in enumerate(geometry.cells) if cell.group != "sjukskoterska"}
    units = {c for c, cell in enumerate(geometry.cells) if cell.unit.startswith("pv_")}
    one = {c for c, cell in enumerate(geometry.cells) if cell.unit == "pv_norr"} & physicians
    assert inside == [physicians, units, one, set(range(len(geometry.cells)))]
    assert all(sum(len(geometry.atoms[a]) for a in atoms) == len(cells)
               for atoms, cells in zip(geometry.selection_atoms, inside, strict=True))
    whole = len(geometry.atoms) - 1
    assert [whole in atoms for atoms in geometry.selection_atoms] == [False, False, False, True]  # costs of measures
    assert whole in geometry.margin_atoms[geometry.margins.index(Place(ALL, ALL, ALL))]


@pytest.mark.unit
def test_narrow_copies_an_empty_array_too() -> None:
    assert narrow(np.zeros((0, 3), dtype=np.int64)).shape == (0, 3)
