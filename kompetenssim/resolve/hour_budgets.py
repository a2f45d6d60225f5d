"""Hour budgets: how much of a group's time the measures of an effektgrupp may free together (domain model 3.4)."""

from __future__ import annotations

from collections.abc import Mapping

from kompetenssim.resolve.columns import Columns
from kompetenssim.resolve.places import Layout, expand
from kompetenssim.spec.number import Number
from kompetenssim.spec.region import Region


class HourBudgets:
    """Find the budget of an effektgrupp in a cell; where several entries cover a group, that of the fewest groups holds."""

    def __init__(self, region: Region, where: Layout, columns: Columns) -> None:
        self.where, self.columns = where, columns
        self.known = {name: narrowest(region, entries) for name, entries in region.hour_budgets.items()}

    def column(self, effect_group: str | None, cell: int) -> int | None:
        """Give the column of the budget, percent of the cell's hours; None where there is none."""
        group = self.where.cells[cell][1]
        found = self.known.get(effect_group or "", {}).get(group)
        if found is None:
            return None
        entry, most = found
        return self.columns.add(f"timbudget.{effect_group}.{entry}", most, 0, 100)


def narrowest(region: Region, entries: Mapping[str, Number]) -> dict[str, tuple[str, Number]]:
    """Give for each group the entry that says its budget: of those that cover it the one with the fewest groups."""
    size = {entry: len(expand(region, [entry])) for entry in entries}
    found: dict[str, tuple[str, Number]] = {}
    for entry in sorted(entries, key=lambda e: (-size[e], e)):
        found |= {group: (entry, entries[entry]) for group in expand(region, [entry])}
    return found
