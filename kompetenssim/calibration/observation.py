"""Observations of a calibration: each figure with its definition, its source and how far it may be from the truth."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from math import isclose
from typing import Literal

from kompetenssim.calibration.period import Period, read_period
from kompetenssim.calibration.plan_file import ObservationEntry
from kompetenssim.calibration.series import ALL, Row, Series, break_between
from kompetenssim.forecast.indicators import REGISTER
from kompetenssim.spec.beyond import Finding
from kompetenssim.spec.keys import listing, meant

Role = Literal["ankare", "matning", "kontroll"]


@dataclass(frozen=True)
class Observation:
    """One figure in the unit of its indicator. `sd` is the declared error; None for anchors and for what is only compared."""

    indicator: str
    group: str
    area: str
    time_base: str
    period: Period
    value: float
    sd: float | None
    role: Role
    definition: str
    source: str
    breaks: tuple[str, ...] = ()

    @property
    def place(self) -> tuple[str, str, str]:
        """Indicator, group and area: what two observations of one series have in common."""
        return self.indicator, self.group, self.area

    @property
    def name(self) -> str:
        """How a list of leaks names it."""
        return ".".join((*self.place, self.period.text))


class Resolver:
    """Resolve written observations against the series of a folder; `findings` collects what is wrong, by path."""

    def __init__(self, series: Series, groups: Collection[str], areas: Collection[str]) -> None:
        self._series, self._groups, self._areas = series, groups, areas
        self.findings: list[Finding] = []

    def resolve(self, entries: Sequence[ObservationEntry], path: str, *, control: bool) -> list[tuple[str, Observation]]:
        """Give the sound observations with the path of each, `observationer.1`."""
        found: list[tuple[str, Observation]] = []
        for number, entry in enumerate(entries, start=1):
            before, at = len(self.findings), f"{path}.{number}"
            observation = self._one(entry, at, control)
            if observation is None or len(self.findings) > before:
                continue
            twin = next((p for p, o in found if o.name == observation.name), None)
            if twin is not None:
                self._fault(at, f"samma tal som {twin} ({observation.name}); behåll ett av dem")
            found.append((at, observation))
        return found

    def _one(self, entry: ObservationEntry, at: str, control: bool) -> Observation | None:
        indicator = entry.indicator
        if indicator not in REGISTER:
            text = f"indikatorn '{indicator}' finns inte{meant(indicator, REGISTER)} (alla: kompetenssim schema --indikatorer)"
            self._fault(f"{at}.indikator", text)
            return None
        group = self._place(entry.population.group, "yrkesgrupp", self._groups, at)
        area = self._place(entry.population.area, "omrade", self._areas, at)
        if entry.population.unit is not None:
            self._fault(f"{at}.population.enhet", "en observation gäller en grupp och ett område, inte en enhet; ta bort enhet")
        try:
            period = read_period(entry.time)
        except ValueError as fault:
            self._fault(f"{at}.tid", str(fault))
            return None
        if group is None or area is None:
            return None
        row = self._row(entry, group, area, period, at)
        if row is not None and row.reconstructed and not control:
            text = f"talet i {_where(row)} är rekonstruerat ur en otydlig källa och får inte vara en observation; ta bort den"
            self._fault(at, text)
        definition = entry.definition or (row.definition if row is not None else None)
        source = entry.source or (row.source if row is not None else None)
        name = f"{indicator} för {group}, {area}, {entry.time}"
        for key, given in (("definition", definition), ("kalla", source)):
            if given is None:
                text = f"{name} har ingen {key}: ingen serie i katalogen har det talet; skriv {key} här eller lägg det i en serie"
                self._fault(at, text)
        value = self._value(entry, row, at)
        if value is None:
            return None
        sd = entry.error if entry.error_percent is None else abs(value) * entry.error_percent / 100
        role: Role = "kontroll" if control else entry.role
        if role == "matning" and not sd:
            text = (f"{name} har inget fel; skriv fel_procent (mätfel och modellfel tillsammans), eller roll: ankare om "
                    "startläget härleds ur det")
            self._fault(at, text)
        if role == "ankare" and sd:
            self._fault(at, f"{name} är ankare: startläget härleds ur det och det anpassas inte; ta bort felet")
        if control and entry.role == "ankare":
            self._fault(f"{at}.roll", "ett kontrollvärde jämförs bara och kan inte vara ankare; ta bort roll")
        return Observation(indicator, group, area, entry.time_base, period, value, sd, role, definition or "", source or "",
                           row.breaks if row is not None else ())

    def _place(self, written: str | list[str] | None, kind: str, known: Collection[str], at: str) -> str | None:
        if isinstance(written, list):
            self._fault(f"{at}.population.{kind}", f"en observation gäller ett namn, inte en lista; skriv {kind}: {written[0]}")
            return None
        if written is None or written == ALL:
            return ALL
        if written in known:
            return written
        text = f"'{written}' finns inte i regionen{meant(written, known)}; det finns {listing(known)}"
        self._fault(f"{at}.population.{kind}", text)
        return None

    def _row(self, entry: ObservationEntry, group: str, area: str, period: Period, at: str) -> Row | None:
        found = self._series.find("utfall", entry.indicator, group, area, period)
        if len(found) > 1:
            places = ", ".join(_where(row) for row in found)
            self._fault(at, f"flera serier har talet ({places}); skriv tid som den serie som menas skriver sin period")
        return found[0] if found else None

    def _value(self, entry: ObservationEntry, row: Row | None, at: str) -> float | None:
        unit = REGISTER[entry.indicator].unit
        if entry.value_percent is not None and unit not in ("andel", "%"):
            self._fault(f"{at}.varde_procent", f"{entry.indicator} är i {unit}, inte procent; skriv varde")
            return None
        value = entry.value if entry.value_percent is None else entry.value_percent * (0.01 if unit == "andel" else 1.0)
        if row is None:
            if value is None:
                text = f"värdet saknas: ingen serie har {entry.indicator} för {entry.time} här; skriv varde, eller ta bort raden"
                self._fault(at, text)
            return value
        kept = row.value * row.scale
        if value is not None and not isclose(value, kept, rel_tol=1e-9):
            self._fault(f"{at}.varde", f"värdet är {value:g} men {_where(row)} har {kept:g} {unit}; de ska vara lika")
        return kept

    def _fault(self, path: str, text: str) -> None:
        self.findings.append(Finding(path, text))


def breaks_inside(observations: Sequence[tuple[str, Observation]]) -> Iterator[Finding]:
    """Give a finding for every series that breaks between its observations: what is on either side is not the same quantity."""
    by_place: dict[tuple[str, str, str], list[tuple[str, Observation]]] = {}
    for path, observation in observations:
        by_place.setdefault(observation.place, []).append((path, observation))
    for found in by_place.values():
        ordered = sorted(found, key=lambda item: item[1].period.first)
        first, (path, last) = ordered[0][1], ordered[-1]
        broken = break_between(last.breaks, first.period, last.period)
        if broken is not None:
            text = (f"serien {', '.join(last.place)} har ett brott {broken}, mellan {first.period.text} och {last.period.text}; "
                    "använd observationer från en sida av brottet")
            yield Finding(f"{path}.tid", text)


def _where(row: Row) -> str:
    origin = row.at["varde"]
    return f"{origin.file} rad {origin.line}"
