"""What a person writes in `kalibrering.yaml`: priors, observations with their error, what is held out, what leaks."""

from __future__ import annotations

from datetime import date
from math import log
from statistics import NormalDist
from typing import Literal, NamedTuple

from pydantic import Field, model_validator

from kompetenssim.spec.keys import fields_by_key
from kompetenssim.spec.region import Parameters, Part, Population

MOST_FREE = 3
"""Two years per series and four series cannot carry more."""

PRICE_TREND = "hyrpris_trend_2015_2017_procent_ar"
FREE = (*(key for key in fields_by_key(Parameters) if key not in fields_by_key(Part)), PRICE_TREND)
"""What a prior may be of: the model's parameters, and the yearly trend of the agency price in the years that are fitted."""

LEAST_MASS = 0.001
"""Of a prior between its bounds: with less there is nothing to draw from with any precision."""

_NORMAL = NormalDist()
_NORMAL_80 = 2 * 1.2815515655446004  # distance between the 10 % and 90 % points, in standard deviations


class NormalScale(NamedTuple):
    """Where a prior lies on the scale on which it is normal: the value itself, or its logarithm."""

    mean: float
    sd: float
    logarithm: bool


class Prior(Part):
    """What is believed of a parameter before the data."""

    distribution: Literal["normal", "lognormal"] = Field(alias="fordelning")
    mean: float | None = Field(None, alias="medelvarde", description="normal: medelvärde")
    sd: float | None = Field(None, alias="standardavvikelse", gt=0, description="normal: standardavvikelse")
    median: float | None = Field(None, gt=0, description="lognormal: median")
    low: float | None = Field(None, alias="undre", gt=0, description="lognormal: 10 %-punkt")
    high: float | None = Field(None, alias="ovre", gt=0, description="lognormal: 90 %-punkt")
    min: float | None = Field(None, description="Minsta möjliga värde; fördelningen kapas där")
    max: float | None = Field(None, description="Största möjliga värde; fördelningen kapas där")

    @model_validator(mode="after")
    def _whole(self) -> Prior:
        normal, lognormal = {"medelvarde": self.mean, "standardavvikelse": self.sd}, {
            "median": self.median, "undre": self.low, "ovre": self.high}
        own, other = (normal, lognormal) if self.distribution == "normal" else (lognormal, normal)
        missing, foreign = [k for k, v in own.items() if v is None], [k for k, v in other.items() if v is not None]
        if missing or foreign:
            had = f"; {', '.join(foreign)} hör inte dit" if foreign else ""
            raise ValueError(f"en {self.distribution} prior skrivs med {', '.join(own)}{had}")
        if self.low is not None and self.high is not None and not self.low < (self.median or 0) < self.high:
            raise ValueError("ordningen ska vara undre < median < ovre")
        if self.min is not None and self.max is not None and not self.min < self.max:
            raise ValueError("min ska vara mindre än max")
        if self.distribution == "lognormal" and self.max is not None and self.max <= 0:
            raise ValueError("en lognormal prior ligger över noll; max ska vara större än 0")
        if self.mass < LEAST_MASS:
            raise ValueError(f"mellan min och max ligger bara {self.mass:.1g} av fördelningen; minst {LEAST_MASS:g} behövs")
        if self.source is None and self.assumption in (None, False):
            raise ValueError("priorn har ingen källa; skriv kalla: … eller antagande: ja")
        return self

    @property
    def mass(self) -> float:
        """Give the share of the distribution between `min` and `max`."""
        mean, sd, logarithm = self.normal_scale
        ends = [None if v is None or (logarithm and v <= 0) else (log(v) if logarithm else v) for v in (self.min, self.max)]
        low, high = ends
        return ((1.0 if high is None else _NORMAL.cdf((high - mean) / sd)) - (0.0 if low is None else _NORMAL.cdf((low - mean) / sd)))

    @property
    def normal_scale(self) -> NormalScale:
        """Give mean and standard deviation on the scale on which the prior is normal, before it is cut at `min` and `max`."""
        if self.mean is not None and self.sd is not None:
            return NormalScale(self.mean, self.sd, False)
        low, median, high = (value or 1.0 for value in (self.low, self.median, self.high))
        return NormalScale(log(median), (log(high) - log(low)) / _NORMAL_80, True)


class ObservationEntry(Part):
    """A figure that the model is held against, as written. Its definition comes from the series, unless it is written here."""

    indicator: str = Field(alias="indikator")
    population: Population = Field(default_factory=lambda: Population())
    time_base: Literal["kalenderar", "rullande12", "ackumulerat_ar", "per_datum"] = Field("kalenderar", alias="tidsbas")
    time: str = Field(alias="tid", description="År, månad eller dag som värdet gäller")
    value: float | None = Field(None, alias="varde", description="I indikatorns enhet; utelämnad: seriens värde")
    value_percent: float | None = Field(None, alias="varde_procent", description="För andelar, i procent")
    role: Literal["ankare", "matning"] = Field("matning", alias="roll", description="ankare: startläget härleds ur värdet; matning: anpassas till")
    error_percent: float | None = Field(None, alias="fel_procent", gt=0, description="Mätfel och modellfel tillsammans, standardavvikelse i procent av värdet")
    error: float | None = Field(None, alias="fel", gt=0, description="Detsamma i indikatorns enhet")
    definition: str | None = Field(None, description="Vad talet är, när det inte finns i en serie")

    @model_validator(mode="after")
    def _one_value(self) -> ObservationEntry:
        if self.value is not None and self.value_percent is not None:
            raise ValueError("skriv antingen 'varde' eller 'varde_procent', inte båda")
        if self.error is not None and self.error_percent is not None:
            raise ValueError("skriv antingen 'fel' eller 'fel_procent', inte båda")
        return self


class ControlPeriod(Part):
    """What is held out, and what was known to happen in it."""

    from_day: date = Field(alias="fran")
    to_day: date = Field(alias="till")
    events: list[str] = Field(default_factory=list, alias="handelser", description="Nycklar i åtgärdskatalogen: händelser som var kända när de inträffade")


class Leak(Part):
    """A figure from after `data_till` that is used all the same, and what was done about it."""

    place: str = Field(alias="plats", description="Stig i regionfilen eller kalibreringen; * står för vad som helst")
    why: str = Field(alias="motivering")
    instead: str | None = Field(None, alias="i_stallet", description="Det tidigare värde eller den vidgade prior som står i dess ställe")


class OwnSeries(Part):
    """The region's own monthly series."""

    file: str = Field(alias="fil", description="CSV bredvid kalibreringen: manad;yrkesgrupp;omrade;hyrkostnad_mkr;personalkostnad_mkr")
    definition: str
    error_percent: float = Field(alias="fel_procent", gt=0)
    breaks: list[str] = Field(default_factory=list, alias="brott", description="Månader (ÅÅÅÅ-MM) från vilka serien betyder något annat")
    from_month: str | None = Field(None, alias="fran", description="Första månad som används; utelämnad: seriens första")


class GapCheck(Part):
    """A scenario without new measures, whose gap must not run away."""

    scenario: str = Field(description="Scenariot, i regionens katalog")
    draws: int = Field(200, alias="uppsattningar", ge=10, le=10_000)
    factor: float = Field(3.0, alias="ganger", gt=1, description="Så många gånger större gap räknas som skenande")
    most_percent: float = Field(5.0, alias="hogst_procent", gt=0, lt=100, description="Så stor andel av uppsättningarna får skena")


class StopCheck(Part):
    """Something that happened once: what a scenario does beside its counterfactual."""

    scenario: str
    compared_with: str = Field(alias="mot")
    draws: int = Field(100, alias="uppsattningar", ge=10, le=10_000)
    indicator: str = Field("avgangar_externa", alias="indikator")
    population: Population = Field(default_factory=lambda: Population())
    from_month: str = Field(alias="fran", description="Första månad, ÅÅÅÅ-MM")
    to_month: str = Field(alias="till", description="Sista månad, ÅÅÅÅ-MM")
    value: float = Field(alias="varde", description="Vad som hände: skillnaden i indikatorns enhet")


class RangeCheck(Part):
    """A published range that the start scenario must lie in before anything is fitted."""

    indicator: str = Field(alias="indikator")
    population: Population = Field(default_factory=lambda: Population())
    time: str = Field(alias="tid")
    low: float = Field(alias="undre")
    high: float = Field(alias="ovre")


class PriorChecks(Part):
    """What is looked at before any fit, beside the observations themselves."""

    gap: GapCheck | None = Field(None, alias="utan_atgarder")
    stop: StopCheck | None = Field(None, alias="stopp")
    ranges: list[RangeCheck] = Field(default_factory=list, alias="intervall")


class HrExtract(Part):
    """Counts from the region's HR system (`register.py`). They are used from `from_year`, and never across a break."""

    file: str = Field(alias="fil", description="CSV bredvid kalibreringen med räknade personår och händelser, ar;yrkesgrupp;aldersklass;…")
    definition: str = Field(description="Vilka som är räknade, och hur händelserna är daterade")
    breaks: list[int] = Field(default_factory=list, alias="brott", description="År från vilka räkningen betyder något annat")
    from_year: int | None = Field(None, alias="fran", description="Första år som används; utelämnad: registrets första")


class PlanHead(Part):
    key: str = Field(alias="nyckel")
    region: str
    scenario: str = Field(description="Scenariot som simuleras, i regionens katalog")
    data_until: date = Field(alias="data_till", description="Sista dag vars uppgifter får användas")
    control: ControlPeriod | None = Field(None, alias="kontrollperiod")
    draws: int = Field(alias="parameteruppsattningar", ge=1, le=1_000_000, description="Så många parameteruppsättningar, en simulering var")


class PlanFile(Part):
    """The content of a `kalibrering.yaml`."""

    version: Literal[1]
    head: PlanHead = Field(alias="kalibrering")
    priors: dict[str, Prior] = Field(min_length=1, alias="parametrar")
    observations: list[ObservationEntry] = Field(min_length=1, alias="observationer")
    controls: list[ObservationEntry] = Field(default_factory=list, alias="kontrollvarden", description="Jämförs, används aldrig i anpassningen")
    leaks: list[Leak] = Field(default_factory=list, alias="lackage", description="Senare uppgifter som ändå används")
    own_series: OwnSeries | None = Field(None, alias="serier")
    prior_checks: PriorChecks = Field(default_factory=lambda: PriorChecks(), alias="forkontroller", description="Vad som prövas före anpassningen")
    hr_extract: HrExtract | None = Field(None, alias="register", description="Personalregister: det som går att räkna får en likelihood, inte bara en prior")
