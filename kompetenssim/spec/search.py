"""What a person writes to solve backwards: a target, how surely it shall be reached, and what may be varied."""

from __future__ import annotations

from math import floor
from typing import Any, Literal

from pydantic import Field, model_validator

from kompetenssim.spec.region import Part, Target, YesNo

PREFIX = "sok_"
"""How the name of a search file begins, so that it is not taken for a scenario."""

class Place(Part):
    """A number of the region or of a measure that follows the size that is sought."""

    region: str | None = Field(None, description="Stig i region.yaml, till exempel utbildningar.st_allmanmedicin.platser.ht")
    measure: str | None = Field(None, alias="atgard", json_schema_extra={"refererar": "atgard"},
                                description="Åtgärd i scenariot, annars ur katalogen, som då läggs till")
    field: str | None = Field(None, alias="falt",
                              description="Stig i åtgärden, till exempel rekrytering.antal; block i en lista numreras från 1, * är alla")
    share: float = Field(1.0, alias="andel", json_schema_extra={"ge": -1, "le": 1}, description="Talet blir storleken × andelen; negativ: talet sjunker när storleken växer")
    factor: YesNo = Field("nej", alias="faktor", description="ja: talet som står i filen × storleken, intervallet med")

    @model_validator(mode="after")
    def _one_place(self) -> Place:
        if (self.region is None) == (self.measure is None):
            raise ValueError("skriv antingen 'region' (stig i region.yaml) eller 'atgard' och 'falt'")
        if (self.measure is None) != (self.field is None):
            raise ValueError("'atgard' och 'falt' hör ihop: vilken åtgärd, och vilket tal i den")
        return self


class Varied(Part):
    """The size that is sought: its range, and every number that follows it."""

    title: str = Field(alias="titel", description="Vad storleken är, till exempel ST-starter per år")
    unit: str = Field("", alias="enhet", description="Storlekens enhet, till exempel platser")
    low: float = Field(alias="undre", description="Minsta storlek som prövas")
    high: float = Field(alias="ovre", description="Största storlek som prövas")
    step: float | None = Field(None, alias="steg", gt=0, description="1 för heltal; utelämnad: så noga det går, en miljondel")
    places: list[Place] = Field(alias="stallen", min_length=1, description="Talen som följer storleken")

    @model_validator(mode="after")
    def _a_range(self) -> Varied:
        if not self.low < self.high:
            raise ValueError(f"undre ({self.low:g}) ska vara mindre än ovre ({self.high:g})")
        if self.step is not None and self.step > self.high - self.low:
            raise ValueError(f"steget ({self.step:g}) ryms inte mellan undre ({self.low:g}) och ovre ({self.high:g})")
        return self

    @property
    def last(self) -> float:
        """The largest size that is tried: `ovre`, or the last whole step below it."""
        if self.step is None:
            return self.high
        return round(self.low + floor((self.high - self.low) / self.step + 1e-9) * self.step, 12)


class SearchHead(Part):
    key: str = Field(alias="nyckel")
    title: str = Field(alias="titel")
    scenario: str = Field(description="Scenariot som ändras: nyckel i samma katalog, eller sökväg")
    probability: float | Literal["vantevarde"] = Field(
        "vantevarde", alias="sannolikhet", json_schema_extra={"ge": 0.01, "le": 0.99},
        description="Hur säkert målet ska nås; utelämnad eller vantevarde: medelvärdet ska uppfylla det")
    replications: int | None = Field(None, alias="simuleringar", ge=1, le=1_000_000,
                                     description="Simuleringar för varje storlek; utelämnad: scenariots")
    twin_draws: int = Field(2, alias="tvilling_uppsattningar", ge=1, le=10_000,
                            description="Parameteruppsättningar som tvillingen räknar för varje storlek")
    seed: int | None = Field(None, alias="slumpfro", ge=0, le=2**62, description="Slumpfrö; utelämnad: scenariots")
    target: Target = Field(alias="mal", description="Målet, skrivet som i ett scenario")
    varied: Varied = Field(alias="varierar", description="Det som får ändras")


class SearchFile(Part):
    """The content of a search file."""

    version: Literal[1]
    search: SearchHead = Field(alias="sokning")
    measures: list[Any] = Field(default_factory=list, alias="atgarder", description="Åtgärder som läggs till scenariot eller ändrar dess, skrivna som i ett scenario")
