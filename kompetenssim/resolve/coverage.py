"""Warn of a coverage share that weighs nothing: totals are what they say (`omfattning.andel`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kompetenssim.model.effects import (
    Block,
    CapBlock,
    CohortBlock,
    Effect,
    Enabler,
    PoolBlock,
    PostBlock,
    ProgrammeBlock,
    ShiftBlock,
)
from kompetenssim.model.quantities import QUANTITIES
from kompetenssim.spec.beyond import Finding
from kompetenssim.spec.scenario import Measure

#: What a reader calls a block that the coverage share leaves alone; other blocks are levels and limits.
TOTALS = {
    PostBlock: "tjänster", ProgrammeBlock: "platser", CohortBlock: "kullar", PoolBlock: "pooltimmar", CapBlock: "tak",
    Enabler: "lyft av andra åtgärder",
}  # fmt: skip


def idle_coverage(measure: Measure, blocks: Sequence[Block]) -> Iterator[Finding]:
    """Give a finding when a measure writes a coverage share below 1 and nothing it does is weighed by it."""
    share = measure.coverage.share
    if not blocks or (share.mode >= 1 and not share.uncertain) or any(map(weighed, blocks)):
        return
    named = sorted({TOTALS.get(type(block), "nivåer och sammanlagda tal") for block in blocks})
    text = (f"andelen ändrar inget tal: {', '.join(named)} är vad som står i blocket. "
            "Skriv talet för den del som omfattas och ta bort andel")
    yield Finding(f"atgarder.{measure.key}.omfattning.andel", text, "andel_utan_verkan")


def weighed(block: Block) -> bool:
    """Tell whether the coverage share of the measure weighs a block."""
    if isinstance(block, Effect):
        return block.scaled and block.covered and QUANTITIES[block.quantity].combine not in ("level", "least")
    return isinstance(block, ShiftBlock) or (isinstance(block, PoolBlock) and block.covered)
