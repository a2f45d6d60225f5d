"""The run plan: K parameter draws, each simulated a few times, the same draws for every scenario."""

from __future__ import annotations

from dataclasses import dataclass

from kompetenssim.forecast.errors import UserError


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Say how many simulations use which parameter draw.

    Simulation r uses draw r // `per_draw`. Two simulations per draw let parameter uncertainty and chance be
    told apart; when `simulations` is not a multiple, the last draw gets fewer and what needs the full
    number uses the complete draws only.
    """

    simulations: int
    per_draw: int = 2
    seed: int = 1
    scenarios: tuple[str, ...] = ()
    reference: str | None = None

    def __post_init__(self) -> None:
        if self.simulations < 1:
            raise UserError(f"antalet simuleringar ska vara minst 1, inte {self.simulations}", code=2)
        if self.per_draw < 1:
            raise UserError(f"simuleringar per parameteruppsättning ska vara minst 1, inte {self.per_draw}", code=2)
        if self.seed < 0:
            raise UserError(f"slumpfröet ska vara minst 0, inte {self.seed}", code=2)
        twice = sorted({key for key in self.scenarios if self.scenarios.count(key) > 1})
        if twice:
            raise UserError(f"scenariot '{twice[0]}' är med två gånger; varje nyckel får vara med en gång", code=2)
        if self.reference is not None and self.reference not in self.scenarios:
            raise UserError(f"referensen '{self.reference}' är inte med bland scenarierna {', '.join(self.scenarios)}", code=2)

    @property
    def draws(self) -> int:
        """Number of parameter draws K, the last one perhaps incomplete."""
        return -(-self.simulations // self.per_draw)

    @property
    def complete_draws(self) -> int:
        """Number of draws that have all their simulations."""
        return self.simulations // self.per_draw

    def draw_of(self, simulation: int) -> int:
        """Give the row of the draw matrix that a simulation uses."""
        return simulation // self.per_draw
