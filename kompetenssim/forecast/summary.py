"""The three result tables as streams of Arrow tables, in their final row order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kompetenssim.forecast import evaluate
from kompetenssim.forecast.evaluate import Values
from kompetenssim.forecast.geometry import ALL
from kompetenssim.forecast.indicators import REGISTER, ROLLING, Indicator
from kompetenssim.forecast.statistics import correlation, describe, effects

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from kompetenssim.forecast.ensemble import Ensemble
    from kompetenssim.forecast.geometry import Place

PLACE = ("omrade", "enhet", "yrkesgrupp")
SPREAD = ("standardavvikelse", "p05", "p10", "p25", "p50", "p75", "p90", "p95")
SUMMARY = ("scenario", "indikator", "tidssteg", "tid", "manader", *PLACE, "antal", "medelvarde", *SPREAD)
YEARLY = ("scenario", "simulering", "parameteruppsattning", "ar", "manader", *PLACE, "indikator", "varde")
DIFFERENCES = ("scenario", "referens", "indikator", "tidssteg", "tid", *PLACE, "medelvarde", "mc_fel", "sd_parameter", "sd_slump",
               "effekt_undre80", "effekt_ovre80", "effekt_undre95", "effekt_ovre95", "korrelation")
INTEGERS = {"manader": "int16", "antal": "int32", "simulering": "int32", "parameteruppsattning": "int32", "ar": "int16"}
TEXTS = {"scenario", "referens", "indikator", "tidssteg", "tid", *PLACE}


def schema(columns: Sequence[str]) -> pa.Schema:
    """Give the Arrow schema of a result table: texts coded, counts as integers, values as float64."""
    import pyarrow as pa

    def kind(name: str) -> pa.DataType:
        if name in TEXTS:
            return pa.dictionary(pa.int32(), pa.string())
        return pa.type_for_alias(INTEGERS.get(name, "float64"))

    return pa.schema([(name, kind(name)) for name in columns])


def summary_tables(ensembles: Sequence[Ensemble]) -> Iterator[pa.Table]:
    """Make `sammanfattning`: years, months and (hour account) weeks of every indicator, margins and yearly cells.

    Standard deviation and quantiles of months and weeks are rounded to single precision, seven digits, which halves
    the file; means are exact everywhere, and so is all of the years.
    """
    for ensemble in _by_key(ensembles):
        for key in sorted({**REGISTER, **ROLLING}):
            for step, values in steps(key, ensemble):
                places, array = _for_people(key, values)
                stats = describe(array)
                if step != "ar":
                    stats |= {name: stats[name].astype(np.float32) for name in SPREAD}
                yield _table(SUMMARY, {
                    "scenario": ensemble.scenario, "indikator": key, "tidssteg": step,
                    **_grid(values, places, months=step != "vecka"), **stats,
                }, array.shape[1] * array.shape[2])


def yearly_tables(ensembles: Sequence[Ensemble], *, detail: bool = False) -> Iterator[pa.Table]:
    """Make `simuleringar_ar`: every simulation's years, margins only unless `detail`; indicators innermost."""
    for ensemble in _by_key(ensembles):
        every = [(evaluate.yearly if detail else evaluate.yearly_margins)(i, ensemble) for i in REGISTER.values()]
        places, keys, years = every[0].places, list(REGISTER), every[0].labels
        block = len(places) * len(keys)
        total_only = np.array([i.space == "endast_total" for i in REGISTER.values()])
        whole = np.array([place == (ALL, ALL, ALL) for place in places])
        shown = np.tile((whole[:, None] | ~total_only).ravel(), len(years))
        for simulation in range(ensemble.plan.simulations):
            array = np.stack([v.array[simulation] for v in every], axis=-1)  # [year, place, indicator]
            yield _table(YEARLY, {
                "scenario": ensemble.scenario, "simulering": simulation,
                "parameteruppsattning": ensemble.plan.draw_of(simulation),
                "ar": np.repeat(np.array([int(y) for y in years]), block), "manader": np.repeat(every[0].months, block),
                **{name: _coded([p[k] for p in places], each=len(keys), times=len(years)) for k, name in enumerate(PLACE)},
                "indikator": _coded(keys, times=len(years) * len(places)), "varde": array,
            }, array.size, shown)


def difference_tables(ensembles: Sequence[Ensemble], reference: Ensemble) -> Iterator[pa.Table]:
    """Make `jamforelse`: years and months of every scenario but the reference, at the places of either.

    Errors, spreads and intervals of months are rounded to single precision.
    """
    for ensemble in _by_key(ensembles):
        if ensemble is reference:
            continue
        for key in sorted({**REGISTER, **ROLLING}):
            both = zip(steps(key, ensemble, weeks=False), steps(key, reference, weeks=False), strict=True)
            for (step, ours), (_, theirs) in both:
                places, a, b = _common(key, ours, theirs)
                found = dict(zip(DIFFERENCES[8:16], effects(a - b, ensemble.plan.per_draw), strict=True))
                found["korrelation"] = correlation(a, b)
                if step != "ar":
                    found |= {name: found[name].astype(np.float32) for name in DIFFERENCES[9:]}
                yield _table(DIFFERENCES, {
                    "scenario": ensemble.scenario, "referens": reference.scenario, "indikator": key, "tidssteg": step,
                    **_grid(ours, places), **found,
                }, a.shape[1] * a.shape[2])


def steps(key: str, ensemble: Ensemble, *, weeks: bool = True) -> Iterator[tuple[str, Values]]:
    """Give the values of an indicator per time step, in the order of the tables; rolling ones have months only."""
    if key in ROLLING:
        yield "manad", evaluate.rolling(ROLLING[key], ensemble)
        return
    indicator: Indicator = REGISTER[key]
    yield "ar", evaluate.yearly(indicator, ensemble)
    yield "manad", evaluate.monthly(indicator, ensemble)
    if weeks and indicator.weekly:
        yield "vecka", evaluate.weekly(indicator, ensemble)


def _by_key(ensembles: Sequence[Ensemble]) -> list[Ensemble]:
    return sorted(ensembles, key=lambda e: e.scenario)


def _for_people(key: str, values: Values) -> tuple[tuple[Place, ...], NDArray[np.float64]]:
    """Keep the places where an indicator has a meaning: costs of measures have no place but the whole."""
    if {**REGISTER, **ROLLING}[key].space != "endast_total":
        return values.places, values.array
    kept = [j for j, place in enumerate(values.places) if place == (ALL, ALL, ALL)]
    return tuple(values.places[j] for j in kept), values.array[:, :, kept]


def _common(key: str, ours: Values, theirs: Values) -> tuple[tuple[Place, ...], NDArray[np.float64], NDArray[np.float64]]:
    (mine, a), (other, b) = _for_people(key, ours), _for_people(key, theirs)
    if mine == other:
        return mine, a, b
    both = tuple(sorted({*mine, *other}))
    return both, _at(key, both, mine, a), _at(key, both, other, b)


def _at(key: str, wanted: Sequence[Place], have: Sequence[Place], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lay values out on other places: where a scenario has no such place it has none of it, and a ratio is undefined."""
    missing = np.nan if {**REGISTER, **ROLLING}[key].time == "kvot" else 0.0
    found = np.full((*values.shape[:2], len(wanted)), missing)
    at = {place: i for i, place in enumerate(wanted)}
    found[:, :, [at[place] for place in have]] = values
    return found


def _grid(values: Values, places: Sequence[Place], *, months: bool = True) -> dict[str, Any]:
    times, size = len(values.labels), len(places)
    return {
        "tid": _coded(values.labels, each=size),
        "manader": np.repeat(values.months, size) if months else None,
        **{name: _coded([p[k] for p in places], times=times) for k, name in enumerate(PLACE)},
    }


def _coded(texts: Sequence[str], *, each: int = 1, times: int = 1) -> Any:
    import pyarrow as pa

    names = sorted(set(texts))
    place = {text: i for i, text in enumerate(names)}
    codes = np.array([place[t] for t in texts], dtype=np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(np.tile(np.repeat(codes, each), times)), pa.array(names, pa.string()))


def _table(columns: Sequence[str], content: dict[str, Any], rows: int, shown: NDArray[np.bool_] | None = None) -> pa.Table:
    """Build a table; NaN becomes null, one text or number fills its column, None is an empty column."""
    import pyarrow as pa

    kinds = schema(columns)
    arrays = []
    for field in kinds:
        given = content[field.name]
        if given is None:
            arrays.append(pa.nulls(rows, field.type))
        elif isinstance(given, str):
            arrays.append(_coded([given], times=rows))
        elif isinstance(given, int):
            arrays.append(pa.array(np.full(rows, given), field.type))
        elif isinstance(given, pa.DictionaryArray):
            arrays.append(given)
        elif pa.types.is_integer(field.type):
            arrays.append(pa.array(np.ravel(given).astype(field.type.to_pandas_dtype())))
        else:
            flat = np.ravel(given).astype(np.float64)
            arrays.append(pa.array(flat, field.type, mask=np.isnan(flat)))
    table = pa.Table.from_arrays(arrays, schema=kinds)
    return table if shown is None or shown.all() else table.filter(pa.array(shown))
