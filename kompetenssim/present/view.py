"""A finished run seen through the questions of the tables: one place that knows the names of the results.

Tables, figures and pages ask a `View` for single values, names, periods and suppression; they never
search the stored files themselves.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from kompetenssim.forecast.results import Results

ALL = "alla"

#: Titles of keys that may have none of their own.
COMMON_TITLES = {ALL: "Alla", "primarvard": "Primärvård", "sjukhus": "Sjukhus", "stod": "Stöd och ledning"}


class Value(NamedTuple):
    """The summary of one indicator: mean, and quantiles over simulations; NaN where it is not complete."""

    mean: float
    p10: float
    p25: float
    p50: float
    p75: float
    p90: float
    months: float


class Difference(NamedTuple):
    """Scenario minus reference: mean, Monte-Carlo error, 80 % interval of the effect."""

    mean: float
    mc_error: float
    low80: float
    high80: float

    @property
    def spread(self) -> tuple[float, float]:
        """Give the 80 % interval, NaN where it has no width: chance then hides what the parameters do."""
        return (self.low80, self.high80) if self.high80 > self.low80 or self.mc_error == 0 else (math.nan, math.nan)

    @property
    def certain(self) -> bool:
        """Tell whether the effect differs from zero: its 80 % interval excludes it, and so do two Monte Carlo errors."""
        return (self.low80 > 0 or self.high80 < 0) and abs(self.mean) > 2 * self.mc_error


class Target(NamedTuple):
    """A target and how a scenario does against it. `limit` and `outcome` are in the indicator's own unit."""

    key: str
    title: str
    indicator: str
    area: str
    unit: str
    group: str
    by: str
    limit: float
    status: str
    outcome: float
    probability: float
    probability_low: float
    probability_high: float
    first_month: str
    assumption: bool
    floor: bool


Place = tuple[str, str, str]  # omrade, enhet, yrkesgrupp
Key = tuple[str, str, str, str, str]  # KEYS
KEYS = ("scenario", "tid", "omrade", "enhet", "yrkesgrupp")
NUMBERS = ("medelvarde", "p10", "p25", "p50", "p75", "p90", "manader")
COLUMNS = ("indikator", *KEYS, *NUMBERS)


class Sheet(NamedTuple):
    """The summary of one indicator at one time step: the row of every key, and the numbers [row, NUMBERS]."""

    rows: Mapping[Key, int]
    numbers: NDArray[np.float64]

    def get(self, key: Key) -> Value | None:
        """Give the numbers of a key, None when there are none."""
        row = self.rows.get(key)
        return None if row is None else Value(*self.numbers[row].tolist())


class View:
    """Answer questions about one run.

    `main` is the scenario that a page is about and `reference` the one it is compared with, None when
    a single scenario was forecast.
    """

    def __init__(self, results: Results) -> None:
        self.results = results
        self._sheets: dict[tuple[str, str], Sheet] = {}
        self._rows: dict[bytes, Mapping[Key, int]] = {}

    # --- scenarios and periods

    @property
    def reference(self) -> str | None:
        """Give the key of the reference scenario."""
        return self.results.reference

    @cached_property
    def compared(self) -> tuple[str, ...]:
        """Give the keys of the scenarios that are not the reference, in the order they were given."""
        return tuple(s for s in self.results.scenarios if s != self.reference)

    @cached_property
    def scenarios(self) -> tuple[str, ...]:
        """Give all scenario keys, the reference last."""
        return self.compared if self.reference is None else (*self.compared, self.reference)

    @property
    def main(self) -> str:
        """Give the scenario that the pages are about."""
        return self.scenarios[0]

    @cached_property
    def _months_of_year(self) -> dict[str, int]:
        sheet = self._sheet("anstallda", "ar")
        months = sheet.numbers[:, NUMBERS.index("manader")].astype(int).tolist()
        return dict(sorted((key[1], months[row]) for key, row in sheet.rows.items()))

    @property
    def years(self) -> tuple[str, ...]:
        """Give every calendar year of the horizon, partial ones too."""
        return tuple(self._months_of_year)

    @cached_property
    def full_years(self) -> tuple[str, ...]:
        """Give the calendar years with twelve months; all years if none is full."""
        return tuple(y for y, m in self._months_of_year.items() if m == 12) or self.years

    @property
    def first_year(self) -> str:
        """Give the first full calendar year of the horizon."""
        return self.full_years[0]

    @property
    def last_year(self) -> str:
        """Give the last full calendar year of the horizon."""
        return self.full_years[-1]

    @property
    def span(self) -> str:
        """Name the full years, `2024–2032`."""
        return self.first_year if self.first_year == self.last_year else f"{self.first_year}–{self.last_year}"

    @property
    def only_main_note(self) -> tuple[str, ...]:
        """Give the note of a table that a page shows for one scenario only."""
        return (f"Visar {self.title(self.main)}; alla scenarier finns i CSV-filen.",) if len(self.scenarios) > 1 else ()

    def year_title(self, year: str) -> str:
        """Name a year in a table, with an asterisk when it is not full (see `partial_note`)."""
        return year if year in self.full_years else f"{year}*"

    @property
    def partial_note(self) -> tuple[str, ...]:
        """Give the note that explains the asterisk, if any year needs it."""
        partial = [y for y in self.years if y not in self.full_years]
        return (f"* ofullständigt år ({', '.join(partial)}).",) if partial else ()

    @property
    def share_indicator(self) -> str:
        """Give the region's own definition of the agency share, `hyrandel_totalt` or `hyrandel_egen`."""
        return f"hyrandel_{self.results.manifest.get('region', {}).get('namnare_hyrandel', 'totalt')}"

    def periods(self, indicator: str, step: str) -> tuple[str, ...]:
        """Give the periods of an indicator at a time step, in order."""
        return tuple(sorted({key[1] for key in self._sheet(indicator, step).rows}))

    # --- values

    def value(self, scenario: str, indicator: str, time: str, area: str = ALL, unit: str = ALL, group: str = ALL) -> Value | None:
        """Give the summary of an indicator, or None when the run does not hold it."""
        step = "ar" if "-" not in time else "vecka" if "-v" in time else "manad"
        return self._sheet(indicator, step).get((scenario, time, area, unit, group))

    def mean(self, scenario: str, indicator: str, time: str, area: str = ALL, unit: str = ALL, group: str = ALL) -> float | None:
        """Give the mean over simulations: means add up, so tables of money use them."""
        found = self.value(scenario, indicator, time, area, unit, group)
        return None if found is None or math.isnan(found.mean) else found.mean

    def places(self, indicator: str, step: str = "ar") -> tuple[Place, ...]:
        """Give the places (omrade, enhet, yrkesgrupp) where the main scenario has an indicator, in display order."""
        found = {key[2:] for key in self._sheet(indicator, step).rows if key[0] == self.main}
        return tuple(sorted(found, key=self.place_order))

    def prefetch(self, step: str, indicators: Iterable[str], **wanted: str) -> None:
        """Read many indicators at a time step at once, perhaps at some places only (`yrkesgrupp="alla"`).

        Reading them one by one would pass over the file once for each.
        """
        missing = sorted(i for i in set(indicators) if (i, step) not in self._sheets)
        if missing:
            self._keep(step, missing, self.results.table("sammanfattning", COLUMNS, tidssteg=step, indikator=missing, **wanted))

    def _sheet(self, indicator: str, step: str) -> Sheet:
        key = (indicator, step)
        if key not in self._sheets:
            if step == "ar":
                self._keep(step, [indicator], self._yearly_table)
            else:
                self.prefetch(step, [indicator])
        return self._sheets[key]

    def _keep(self, step: str, indicators: Iterable[str], table: pa.Table) -> None:
        """Keep the rows of some indicators; those about the same periods and places share their keys."""
        import numpy as np
        import pyarrow.compute as pc

        for indicator in indicators:
            part = table.filter(pc.equal(table["indikator"], indicator))
            columns = [part[name].combine_chunks() for name in KEYS]
            mark = blake2b(b"".join(column.indices.to_numpy().tobytes() for column in columns))
            mark.update(repr([column.dictionary.to_pylist() for column in columns]).encode())
            if mark.digest() not in self._rows:
                keys = zip(*(column.cast("string").to_pylist() for column in columns), strict=True)
                self._rows[mark.digest()] = {key: row for row, key in enumerate(keys)}
            numbers = np.stack([part[name].cast("float64").to_numpy() for name in NUMBERS], axis=1)
            self._sheets[indicator, step] = Sheet(self._rows[mark.digest()], numbers)

    @cached_property
    def _yearly_table(self) -> pa.Table:
        return self.results.table("sammanfattning", COLUMNS, tidssteg="ar")

    # --- differences

    def difference(self, scenario: str, indicator: str, time: str, area: str = ALL, unit: str = ALL,
                   group: str = ALL) -> Difference | None:
        """Give scenario minus reference in a year, or None when the run does not hold it."""
        return self._differences.get((scenario, indicator, time, area, unit, group))

    @cached_property
    def _differences(self) -> dict[tuple[str, ...], Difference]:
        if self.reference is None:
            return {}
        names = ("scenario", "indikator", "tid", "omrade", "enhet", "yrkesgrupp")
        numbers = ("medelvarde", "mc_fel", "effekt_undre80", "effekt_ovre80")
        table = self.results.table("jamforelse", [*names, *numbers], tidssteg="ar", enhet=ALL, yrkesgrupp=ALL)
        rows = zip(*(table[n].to_pylist() for n in (*names, *numbers)), strict=True)
        return {tuple(map(str, row[:6])): Difference(*(math.nan if v is None else v for v in row[6:])) for row in rows}

    def period_difference(self, scenario: str, indicator: str) -> Difference | None:
        """Give scenario minus reference as a mean over the full years, formed within each simulation first."""
        import numpy as np

        from kompetenssim.forecast.statistics import effects

        ours, theirs = (self._simulated.get((s or "", indicator)) for s in (scenario, self.reference))
        if not ours or not theirs:
            return None
        both = sorted(ours.keys() & theirs.keys())
        values = np.array([ours[s] - theirs[s] for s in both])
        found = effects(values, int(self.results.manifest["plan"]["per_uppsattning"]))
        return Difference(*(float(v) for v in (found.mean, found.standard_error, found.low80, found.high80)))

    @cached_property
    def _simulated(self) -> dict[tuple[str, str], dict[int, float]]:
        """Hold the mean over the full years of the region's total, by scenario and indicator, then simulation."""
        table = self.results.table("simuleringar_ar", ["scenario", "simulering", "ar", "indikator", "varde"],
                                   omrade=ALL, enhet=ALL, yrkesgrupp=ALL)
        frame = table.to_pandas()
        frame = frame[frame["ar"].astype(str).isin(self.full_years)]
        means = frame.groupby(["scenario", "indikator", "simulering"], observed=True)["varde"].mean()
        found: dict[tuple[str, str], dict[int, float]] = {}
        for (scenario, indicator, simulation), value in means.items():
            found.setdefault((str(scenario), str(indicator)), {})[int(simulation)] = float(value)
        return found

    # --- names

    def evidence(self, name: str) -> list[dict[str, str]]:
        """Give the rows of the run's underlag as text, none when the run holds no such file."""
        from kompetenssim.forecast.tablefile import read_csv

        path = self.results.folder / "underlag" / f"{name}.csv"
        return read_csv(path) if path.exists() else []

    @cached_property
    def _titles(self) -> dict[str, tuple[str, int]]:
        return {r["nyckel"]: (r["titel"], int(r["ordning"] or 0)) for r in self.evidence("namn")}

    def title(self, key: str) -> str:
        """Give the Swedish title of a scenario, group, area or unit."""
        return self._titles[key][0] if key in self._titles else COMMON_TITLES.get(key, key.replace("_", " ").capitalize())

    def order(self, key: str) -> tuple[bool, int, str]:
        """Order keys for display: the total last, then by the region's `ordning`, then by key."""
        return (key == ALL, self._titles.get(key, ("", 0))[1], key)

    def place_order(self, place: Place) -> tuple[tuple[bool, int, str], ...]:
        """Order places for display."""
        return tuple(self.order(key) for key in place)

    @cached_property
    def group_sets(self) -> frozenset[str]:
        """Give the keys of `grupper`: sets of occupation groups, which must not be added to their members."""
        return frozenset(r["nyckel"] for r in self.evidence("namn") if r["slag"] == "grupp")

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """Give the occupation groups in display order, without sets and total."""
        found = {p[2] for p in self.places("anstallda") if p[0] == ALL and p[1] == ALL}
        return tuple(sorted(found - self.group_sets - {ALL}, key=self.order))

    @cached_property
    def areas(self) -> tuple[str, ...]:
        """Give the areas in display order, without the total."""
        return tuple(sorted({p[0] for p in self.places("anstallda")} - {ALL}, key=self.order))

    # --- suppression

    @cached_property
    def _mask(self) -> frozenset[Place]:
        return frozenset((str(p[0]), str(p[1]), str(p[2])) for p in self.results.mask)

    def hidden(self, area: str = ALL, unit: str = ALL, group: str = ALL) -> bool:
        """Tell whether a place is about so few people that nothing may be shown about it."""
        return (area, unit, group) in self._mask

    # --- targets

    def targets(self, scenario: str) -> tuple[Target, ...]:
        """Give the evaluated targets of a scenario, in the order of the region."""
        return tuple(_target(row) for row in self.evidence("mal") if row["scenario"] == scenario)


def _target(row: dict[str, str]) -> Target:
    from kompetenssim.forecast.tablefile import number

    return Target(
        key=row["nyckel"], title=row["titel"] or row["nyckel"], indicator=row["indikator"], area=row["omrade"], unit=row["enhet"],
        group=row["yrkesgrupp"], by=row["senast"], limit=number(row["max"] or row["min"]), status=row["status"],
        outcome=number(row["utfall"]), probability=number(row["p_natt"]), probability_low=number(row["p_undre80"]),
        probability_high=number(row["p_ovre80"]), first_month=row["forsta_manad"], assumption=row["antagande"] == "ja",
        floor=not row["max"],
    )
