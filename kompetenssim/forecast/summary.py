"""The three result tables as streams of Arrow tables, in their final row order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from kompetenssim.forecast import evaluate
from kompetenssim.forecast.evaluate import Margins, in_blocks
from kompetenssim.forecast.geometry import ALL, Place
from kompetenssim.forecast.indicators import REGISTER, ROLLING, Indicator
from kompetenssim.forecast.statistics import correlation, describe, effects

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from kompetenssim.forecast.ensemble import Ensemble
    from kompetenssim.forecast.geometry import Geometry

    Statistics = dict[str, NDArray[Any]]  # by column, [period, place]

PLACE = ("omrade", "enhet", "yrkesgrupp")
SPREAD = ("standardavvikelse", "p05", "p10", "p25", "p50", "p75", "p90", "p95")
SUMMARY = ("scenario", "indikator", "tidssteg", "tid", "manader", *PLACE, "antal", "medelvarde", *SPREAD)
YEARLY = ("scenario", "simulering", "parameteruppsattning", "ar", "manader", *PLACE, "indikator", "varde")
DIFFERENCES = ("scenario", "referens", "indikator", "tidssteg", "tid", *PLACE, "medelvarde", "mc_fel", "sd_parameter", "sd_slump",
               "effekt_undre80", "effekt_ovre80", "effekt_undre95", "effekt_ovre95", "korrelation")
INTEGERS = {"manader": "int16", "antal": "int32", "simulering": "int32", "parameteruppsattning": "int32", "ar": "int16"}
WHOLE = Place(ALL, ALL, ALL)
SIMULATIONS_AT_ONCE = 50
TEXTS = {"scenario", "referens", "indikator", "tidssteg", "tid", *PLACE, "atgard", "metod"}


def schema(columns: Sequence[str]) -> pa.Schema:
    """Give the Arrow schema of a result table: texts coded, counts as integers, values as float64."""
    import pyarrow as pa

    def kind(name: str) -> pa.DataType:
        if name in TEXTS:
            return pa.dictionary(pa.int32(), pa.string())
        return pa.type_for_alias(INTEGERS.get(name, "float64"))

    return pa.schema([(name, kind(name)) for name in columns])


class Stretch(NamedTuple):
    """Hold the rows of one indicator and time step: statistics [period, place] by column."""

    key: str
    step: str
    labels: tuple[str, ...]
    months: NDArray[np.int64] | None
    places: tuple[Place, ...]
    statistics: Statistics


def summary_tables(ensembles: Sequence[Ensemble]) -> Iterator[pa.Table]:
    """Make `sammanfattning`: years, months and (hour account) weeks of every indicator, margins and yearly cells.

    Standard deviation and quantiles of months and weeks are rounded to single precision, seven digits, which halves
    the file; means are exact everywhere, and so is all of the years.
    """
    for ensemble in _by_key(ensembles):
        for rows in _in_order(partial(_summaries, ensemble)):
            yield _stretch_table(SUMMARY, rows, {"scenario": ensemble.scenario}, rounded=SPREAD)


def difference_tables(ensembles: Sequence[Ensemble], reference: Ensemble) -> Iterator[pa.Table]:
    """Make `jamforelse`: years and months of every scenario but the reference, at the places of either.

    Errors, spreads and intervals of months are rounded to single precision.
    """
    for ensemble in _by_key(ensembles):
        if ensemble is not reference:
            names = {"scenario": ensemble.scenario, "referens": reference.scenario}
            for rows in _in_order(partial(_comparisons, ensemble, reference)):
                yield _stretch_table(DIFFERENCES, rows, names, rounded=DIFFERENCES[9:])


def yearly_tables(ensembles: Sequence[Ensemble], *, detail: bool = False) -> Iterator[pa.Table]:
    """Make `simuleringar_ar`: every simulation's years, margins only unless `detail`; indicators innermost."""
    for ensemble in _by_key(ensembles):
        g, years = ensemble.geometry, ensemble.geometry.year_spans
        places = g.places if detail else g.margins
        shape = (len(years.labels), len(places), len(REGISTER))
        everywhere = np.array([i.space != "endast_total" for i in REGISTER.values()])
        shown = np.broadcast_to(everywhere | np.array([[place == WHOLE] for place in places]), shape).ravel()
        year, place, indicator = (index.ravel()[shown] for index in np.indices(shape, dtype=np.int32))
        same = {
            "scenario": ensemble.scenario, "ar": np.array([int(y) for y in years.labels])[year], "manader": years.months[year],
            **{name: _coded([p[k] for p in places], place) for k, name in enumerate(PLACE)},
            "indikator": _coded(list(REGISTER), indicator),
        }
        for first, part in ensemble.parts(SIMULATIONS_AT_ONCE):
            array = np.empty((sum(chunk.size for chunk in part.chunks), *shape))
            for k, i in enumerate(REGISTER.values()):
                array[..., k] = (evaluate.yearly if detail else evaluate.yearly_margins)(i, part).array
            for simulation, values in enumerate(array, start=first):
                yield _table(YEARLY, {
                    **same, "simulering": simulation, "parameteruppsattning": ensemble.plan.draw_of(simulation),
                    "varde": values.ravel()[shown],
                }, len(year))


def _by_key(ensembles: Sequence[Ensemble]) -> list[Ensemble]:
    return sorted(ensembles, key=lambda e: e.scenario)


def _in_order(make: Callable[[Indicator], Iterable[Stretch]]) -> Iterator[Stretch]:
    """Give the rows of every indicator, sorted by id; a rolling variant is made with its base and waits for its turn."""
    waiting: dict[str, list[Stretch]] = {}
    for key in sorted({**REGISTER, **ROLLING}):
        for rows in make(REGISTER[key]) if key in REGISTER else ():
            waiting.setdefault(rows.key, []).append(rows)
        yield from waiting.pop(key)


def _summaries(ensemble: Ensemble, indicator: Indicator) -> Iterator[Stretch]:
    g = ensemble.geometry
    places = _places(indicator, g.margins, g.cells)
    source = Margins(indicator, ensemble)
    blocks = in_blocks(places.margins, ensemble.plan.simulations * len(g.months))
    found = _joined({step: describe(array) for step, array in source.at(block)} for block in blocks)
    of_cells = describe(evaluate.yearly_cells(indicator, ensemble)) if places.cells else {}
    yield from _stretches(indicator, g, places, found, of_cells)
    if indicator.weekly:
        weeks = evaluate.read(indicator, ensemble.weeks)
        parts = in_blocks(g.week_margin_parts, ensemble.plan.simulations * len(g.weeks))
        of_weeks = _joined({"vecka": describe(evaluate.weekly_at(indicator, weeks, block))} for block in parts)["vecka"]
        yield Stretch(indicator.id, "vecka", g.weeks, None, g.week_margins, of_weeks)


def _comparisons(ensemble: Ensemble, reference: Ensemble, indicator: Indicator) -> Iterator[Stretch]:
    def compared(a: NDArray[np.float64], b: NDArray[np.float64]) -> Statistics:
        found = effects(a - b, ensemble.plan.per_draw)
        return {**dict(zip(DIFFERENCES[8:16], found, strict=True)), "korrelation": correlation(a, b)}

    ours, theirs = ensemble.geometry, reference.geometry
    places = _places(indicator, sorted({*ours.margins, *theirs.margins}), sorted({*ours.cells, *theirs.cells}))
    sources = [Margins(indicator, e) for e in (ensemble, reference)]
    blocks = in_blocks(places.margins, ensemble.plan.simulations * len(ours.months))
    pairs = (zip(*(source.at(block) for source in sources), strict=True) for block in blocks)
    found = _joined({step: compared(a, b) for (step, a), (_, b) in steps} for steps in pairs)
    of_cells: Statistics = {}
    if places.cells:
        a, b = (_at(places.cells, e.geometry.cells, evaluate.yearly_cells(indicator, e), evaluate.absent(indicator))
                for e in (ensemble, reference))
        of_cells = compared(a, b)
    yield from _stretches(indicator, ours, places, found, of_cells)


class _Places(NamedTuple):
    margins: tuple[Place, ...]
    cells: tuple[Place, ...]


def _places(indicator: Indicator, margins: Iterable[Place], cells: Iterable[Place]) -> _Places:
    """Keep the places where an indicator has a meaning: costs of measures have no place but the whole."""
    if indicator.space == "endast_total":
        return _Places((WHOLE,), ())
    return _Places(tuple(margins), tuple(cells))


def _stretches(
    indicator: Indicator, g: Geometry, places: _Places, found: dict[str, Statistics], of_cells: Statistics,
) -> Iterator[Stretch]:
    """Give years (margins and cells, sorted together), months and rolling months."""
    both = (*places.margins, *places.cells)
    order = sorted(range(len(both)), key=both.__getitem__)
    of_years = found["ar"]
    if places.cells:
        of_years = {name: np.concatenate([of_years[name], of_cells[name]], axis=1)[:, order] for name in of_years}
    years, months, rolling = g.year_spans, g.month_spans, g.rolling_spans
    yield Stretch(indicator.id, "ar", years.labels, years.months, tuple(both[i] for i in order), of_years)
    yield Stretch(indicator.id, "manad", months.labels, months.months, places.margins, found["manad"])
    if "r12" in found:
        yield Stretch(f"{indicator.id}_r12", "manad", rolling.labels, rolling.months, places.margins, found["r12"])


def _joined(blocks: Iterable[dict[str, Statistics]]) -> dict[str, Statistics]:
    """Put the statistics of blocks of places side by side."""
    every = list(blocks)
    return {step: {name: np.concatenate([block[step][name] for block in every], axis=1) for name in every[0][step]}
            for step in every[0]}


def _at(wanted: Sequence[Place], have: Sequence[Place], values: NDArray[np.float64], missing: float) -> NDArray[np.float64]:
    """Lay values out on other places."""
    found = np.full((*values.shape[:2], len(wanted)), missing)
    at = {place: i for i, place in enumerate(wanted)}
    found[:, :, [at[place] for place in have]] = values
    return found


def _stretch_table(columns: Sequence[str], rows: Stretch, names: dict[str, str], *, rounded: Sequence[str]) -> pa.Table:
    times, size = len(rows.labels), len(rows.places)
    time, place = (index.ravel() for index in np.indices((times, size), dtype=np.int32))
    coarse = {name: rows.statistics[name].astype(np.float32) for name in rounded} if rows.step != "ar" else {}
    return _table(columns, {
        **names, "indikator": rows.key, "tidssteg": rows.step, "tid": _coded(rows.labels, time),
        "manader": None if rows.months is None else rows.months[time],
        **{name: _coded([p[k] for p in rows.places], place) for k, name in enumerate(PLACE)},
        **rows.statistics, **coarse,
    }, times * size)


def _coded(texts: Sequence[str], index: NDArray[np.int32]) -> Any:
    """Give `texts[index]` as a coded column, names in alphabetical order."""
    import pyarrow as pa

    names = sorted(set(texts))
    place = {text: i for i, text in enumerate(names)}
    codes = np.array([place[t] for t in texts], dtype=np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(codes[index]), pa.array(names, pa.string()))


def _table(columns: Sequence[str], content: dict[str, Any], rows: int) -> pa.Table:
    """Build a table; NaN becomes null, one text or number fills its column, None is an empty column."""
    import pyarrow as pa

    kinds = schema(columns)
    arrays = []
    for field in kinds:
        given = content[field.name]
        if given is None:
            arrays.append(pa.nulls(rows, field.type))
        elif isinstance(given, str):
            arrays.append(_coded([given], np.zeros(rows, dtype=np.int32)))
        elif isinstance(given, int):
            arrays.append(pa.array(np.full(rows, given), field.type))
        elif isinstance(given, pa.DictionaryArray):
            arrays.append(given)
        elif pa.types.is_integer(field.type):
            arrays.append(pa.array(np.ravel(given).astype(field.type.to_pandas_dtype())))
        else:
            flat = np.ravel(given).astype(np.float64)
            arrays.append(pa.array(flat, field.type, mask=np.isnan(flat)))
    return pa.Table.from_arrays(arrays, schema=kinds)
