"""Accounting identities: what a table of agency costs says twice must say the same both times.

Parts add up to their totals, and every derived row that says how it is computed (`berakning`) is computed again. Sources print
rounded figures, so that each identity has the room that rounding gives it: 0.1 million kronor, one percentage point (two for the
small line of other groups), and for quotients the interval of what is divided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from kompetenssim.calibration.period import read_period
from kompetenssim.calibration.series import ALL, Computed, Kind, Row, Series
from kompetenssim.spec.node import Problems

COST = "hyrkostnad_mkr"
SUM_MKR, PERCENT, PERCENT_OF_OTHER = 0.1, 1.0, 2.0
OTHER = "ovrig_hyra"
AREAS = ("primarvard", "sjukhus")
GROUPS = ("lakare", "ssk_alla", OTHER)
"""The lines that make up the total in the target table (S000 3.1)."""

_EXACT = 1e-9
_NAMES: Mapping[Computed, str] = {
    "forandring": "K4", "forandring_procent": "K4", "avvikelse": "K5", "avvikelse_procent": "K5", "totalkostnad_ur_andel": "K6",
    "egenkostnad_ur_andel": "K6", "kostnad_per_vecka": "K8",
}


class Identity(NamedTuple):
    """One identity: the row that prints a figure, what it should be, and between what it may lie."""

    name: str
    said: str
    row: Row
    computed: float
    low: float
    high: float

    @property
    def holds(self) -> bool:
        """Tell whether the printed figure is what the others give, within rounding."""
        return self.low - _EXACT <= self.row.value <= self.high + _EXACT


class Lacking(Exception):
    """Raised when a row that an identity needs is not there, or cannot be divided by; the text names it."""


def check_identities(series: Series, problems: Problems) -> tuple[Identity, ...]:
    """Check all identities of a folder; one that does not hold, or that lacks a row, is reported where its figure is printed."""
    found = list(_sums(series))
    for row in series.of("harledd"):
        if row.computed is not None:
            try:
                found.append(_RULES[row.computed](series, row))
            except Lacking as lack:
                text = f"raden räknas om ur andra ({row.computed}) men {lack}; rätta det eller töm berakning"
                problems.error(row.at["berakning"], f"{row.series}.berakning", text, code="saknas")
    for identity in found:
        if not identity.holds:
            row = identity.row
            text = (f"{identity.name} går inte ihop: {identity.said} = {_swedish(identity.computed)} {row.unit}, "
                    f"filen har {_swedish(row.value)}; tillåtet är {_swedish(identity.low)} till {_swedish(identity.high)}. "
                    "Rätta det tal som är fel")
            problems.error(row.at["varde"], f"{row.series}.varde", text, code="gar_inte_ihop")
    return tuple(found)


def _sums(series: Series) -> Iterator[Identity]:
    """K1–K3: doctors by area and all groups, wherever a total and all its parts are given."""
    kinds: tuple[Kind, ...] = ("utfall", "mal")
    for kind in kinds:
        rows = {(*row.place, row.period.text): row for row in series.of(kind, COST) if not row.reconstructed}
        for (region, group, area, period), row in rows.items():
            places = [(group, part) for part in AREAS] if group != ALL else [(part, ALL) for part in GROUPS]
            parts = [rows.get((region, *place, period)) for place in places]
            if area == ALL and all(part is not None for part in parts):
                terms = [part.value for part in parts if part is not None]
                total = sum(terms)
                said = f"summan för {group} {period} ({' + '.join(map(_swedish, terms))})"
                yield Identity("K1–K3", said, row, total, total - SUM_MKR, total + SUM_MKR)


def _one(series: Series, kind: Kind, row: Row, indicator: str, period: str) -> Row:
    found = series.find(kind, indicator, row.group, row.area, read_period(period), row.region)
    if len(found) != 1:
        which = "saknas" if not found else "finns flera gånger"
        raise Lacking(f"{indicator} ({kind}) för {row.group}, {row.area}, {period} {which}")
    return found[0]


def _divisor(row: Row, room: float = 0.0) -> float:
    """Give the value of a row that others are divided by; it must stay above zero whatever rounding took away."""
    if row.value <= room:
        raise Lacking(f"{row.series} {row.period.text} är {_swedish(row.value)} och går inte att dela med")
    return row.value


def _difference(series: Series, row: Row) -> Identity:
    """K4 and K5: change between two outcomes, or deviation of an outcome from its target; in per cent of the first if so."""
    begins, until = row.period.ends
    indicator = row.indicator or COST
    change = row.computed in ("forandring", "forandring_procent")
    base = _one(series, "utfall" if change else "mal", row, indicator, begins)
    last = _one(series, "utfall", row, indicator, until)
    said = f"{_swedish(last.value)} − {_swedish(base.value)}"
    value, room = last.value - base.value, SUM_MKR
    if row.computed in ("forandring_procent", "avvikelse_procent"):
        value, room = 100 * value / _divisor(base), PERCENT_OF_OTHER if row.group == OTHER else PERCENT
        said = f"({said}) / {_swedish(base.value)}"
    return Identity(_NAMES[row.computed or "forandring"], said, row, value, value - room, value + room)


def _out_of_share(series: Series, row: Row) -> Identity:
    """K6: the cost that an agency share is a share of, and own cost as what remains of it without the agency cost."""
    cost = _one(series, "utfall", row, COST, str(row.period.last.year))
    share = _one(series, "utfall", row, "hyrandel_totalt", row.period.text)
    own = cost.value if row.computed == "egenkostnad_ur_andel" else 0.0
    room = share.error or 0.0
    percent = _divisor(share, room)
    total, low, high = (100 * cost.value / divisor - own for divisor in (percent, percent + room, percent - room))
    less = f" − {_swedish(own)}" if own else ""
    return Identity("K6", f"{_swedish(cost.value)} / {_swedish(share.value)} %{less}", row, total, low, high)


def _per_week(series: Series, row: Row) -> Identity:
    """K8: agency cost over agency weeks, kronor per week."""
    cost, weeks = (_one(series, "utfall", row, indicator, row.period.text) for indicator in (COST, "stafettveckor"))
    off, room = cost.error or 0.0, weeks.error or 0.0
    number = _divisor(weeks, room)
    low, high = 1e6 * (cost.value - off) / (number + room), 1e6 * (cost.value + off) / (number - room)
    return Identity("K8", f"{_swedish(cost.value)} mkr / {_swedish(number)} veckor", row, 1e6 * cost.value / number, low, high)


_RULES: Mapping[Computed, Callable[[Series, Row], Identity]] = {
    "forandring": _difference, "forandring_procent": _difference, "avvikelse": _difference, "avvikelse_procent": _difference,
    "totalkostnad_ur_andel": _out_of_share, "egenkostnad_ur_andel": _out_of_share, "kostnad_per_vecka": _per_week,
}


def _swedish(value: float) -> str:
    return f"{round(value, 2):.10g}".replace(".", ",")
