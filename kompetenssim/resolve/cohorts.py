"""The dated cohorts of a region as rows: one per date and group."""

from __future__ import annotations

from kompetenssim.model.template import CohortRow
from kompetenssim.resolve.columns import Columns
from kompetenssim.resolve.places import Layout
from kompetenssim.spec.dates import first_day
from kompetenssim.spec.specification import Specification


def cohorts(spec: Specification, where: Layout, columns: Columns) -> list[CohortRow]:
    """Give the rows of every cohort.

    The dates of a cohort share its numbers, so that one written number decides them all; the groups of a date share its seats.
    """
    rows: list[CohortRow] = []
    for c in sorted(spec.region.cohorts, key=lambda c: c.model_dump_json()):
        place, shares = f"kullar.{'+'.join(c.shares)}.{c.unit or 'alla'}", list(c.shares.items())
        named = _unused(f"{place}.{c.dates[0]}", rows)
        seats = columns.add(f"{named}.antal", c.count, 0)
        success = columns.add(f"{named}.andel_kvar", c.stay_share, 0, 1)
        bond = columns.field(c, "bond_months", named)
        for day in c.dates:
            key, first = _unused(f"{place}.{day}", rows), 0.0
            for group, share in shares:
                last = 1.0 if group == shares[-1][0] else first + share
                rows.append(
                    CohortRow(
                        key=key,
                        measure=-1,
                        group=where.groups.index(group),
                        unit=where.units.index(c.unit) if c.unit else -1,
                        day=(first_day(day) - spec.start).days,
                        seats=seats,
                        success=success,
                        cost=columns.add("noll", 0.0),
                        bond=bond,
                        first=first,
                        last=last,
                    )
                )
                first = last
    return rows


def _unused(name: str, rows: list[CohortRow]) -> str:
    """Give a key of its own: a cohort like another is another."""
    same = len({row.key for row in rows if row.key.startswith(name)})
    return f"{name}.{same + 1}" if same else name
