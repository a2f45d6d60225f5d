"""A number as a person writes it: plain, uncertain, or with its source.

The three spellings are `7.5`, `{undre: 5, trolig: 7.5, ovre: 12}` and `{varde: 65400, kalla: "…",
avser: 2018, antagande: ja}`; the last two mix freely.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Number(BaseModel):
    """Hold one number, its 80 % interval if it is uncertain, and where it comes from.

    `low` and `high` are the 10 % and 90 % points and `mode` the most likely value (modified PERT,
    see `model.draws`). A number without `low` and `high` is the same in every parameter draw.
    """

    model_config = ConfigDict(populate_by_name=True, extra="forbid", frozen=True)

    mode: float
    low: float | None = Field(None, alias="undre")
    high: float | None = Field(None, alias="ovre")
    source: str | None = Field(None, alias="kalla")
    refers_to: str | None = Field(None, alias="avser")
    assumption: bool | str | None = Field(None, alias="antagande")

    @model_validator(mode="before")
    @classmethod
    def _from_yaml(cls, given: Any) -> Any:
        if isinstance(given, bool) or given is None:
            raise ValueError(f"ett tal väntades, inte {given!r}")
        if isinstance(given, (int, float)):
            return {"mode": given}
        if isinstance(given, dict):
            found = dict(given)
            centre = [k for k in ("mode", "trolig", "varde") if k in found]
            if len(centre) > 1 and "mode" not in centre:
                raise ValueError("skriv antingen 'varde' eller 'trolig', inte båda")
            for key in ("trolig", "varde"):
                if key in found:
                    found["mode"] = found.pop(key)
            if found.get("avser") is not None:
                found["avser"] = str(found["avser"])
            return found
        return given

    @model_validator(mode="after")
    def _ordered(self) -> Number:
        if (self.low is None) != (self.high is None):
            raise ValueError("ange både 'undre' och 'ovre', eller ingen av dem")
        if self.low is not None and self.high is not None and not self.low <= self.mode <= self.high:
            raise ValueError("ordningen ska vara undre ≤ trolig ≤ ovre")
        return self

    @property
    def uncertain(self) -> bool:
        """Tell whether parameter draws differ in this number."""
        return self.low is not None and self.low != self.high
