"""A small region and scenario on disk, and stand-in lever types, for the tests of the specification."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, Field

from kompetenssim.spec.load import load
from kompetenssim.spec.number import Number
from kompetenssim.spec.region import Part, YesNo
from kompetenssim.spec.specification import Problem, Specification, SpecificationError

EXAMPLES = Path(__file__).parent / "examples"


class Dimensioning(Part):
    """Stand-in for the lever type `dimensionering`."""

    group: str | None = Field(None, alias="yrkesgrupp", json_schema_extra={"refererar": "yrkesgrupp"})
    posts: Number | None = Field(None, alias="antal_aa", json_schema_extra={"ge": -2000, "le": 2000})
    need_percent: Number | None = Field(None, alias="bemanningsmal_procent")
    freeze: YesNo = Field("nej", alias="frysning")


class TaskShift(Part):
    """Stand-in for the lever type `uppgiftsvaxling`."""

    giver: str = Field(alias="fran", json_schema_extra={"refererar": "yrkesgrupp"})
    receiver: str = Field(alias="till", json_schema_extra={"refererar": "yrkesgrupp"})
    freed: Number = Field(alias="frigjord_timme_per_timme")
    cap: Number = Field(Number(mode=10), alias="andel_timmar_procent")
    legal_class: str = Field("fri", alias="klass")
    trained: str | None = Field(None, alias="utbildad")
    handed: str | None = Field(None, alias="overlamnad")


class Enabling(Part):
    """Stand-in for the lever type `forutsattning`."""

    measures: list[str] = Field(default_factory=list, alias="atgarder", json_schema_extra={"refererar": "atgard"})
    lift: float = Field(5, alias="lyft_pp", ge=0, le=10)
    staff: int = Field(0, alias="antal", ge=0)


LEVERS: Mapping[str, type[BaseModel]] = {"dimensionering": Dimensioning, "uppgiftsvaxling": TaskShift, "forutsattning": Enabling}

RULES = """\
version: 1
riktalder_ar: {1990-01-01: 65, 2023-01-01: 66}
tidigaste_pension_ar: {1990-01-01: 62, 2023-01-01: 63}
las_alder_ar: {1990-01-01: 67, 2020-01-01: 68, 2023-01-01: 69}
"""

CATALOGUE = """\
version: 1
atgarder:
  - nyckel: vns
    titel: Vårdnära service
    kalla: Slutrapport 2023
    start: 2022-11
    omfattning: {enheter: [medicin, vardcentral], andel: 0.6}
    realisering_andel: {undre: 0.2, trolig: 0.4, ovre: 0.6, kalla: Egen studie}
    kostnad: {engang_mkr: 0.2, arlig_mkr: 0.1}
    dimensionering: {yrkesgrupp: vns, antal_aa: 5}
  - nyckel: massa
    titel: Jobbmässa
    effekt: ingen
"""

REGION = """\
version: 1
region: {nyckel: liten, namn: Liten region}
startlagen:
  2018-01-01: {antagande: ja}
  2023-07-01: {antagande: ja}
parametrar:
  hyrpris_elasticitet: {undre: 0.1, trolig: 0.2, ovre: 0.4, kalla: Litteratur}
ekonomi:
  po_procent: {2019: 46.45, 2023: 52.28}
grupper:
  alla_ssk: [sjukskoterska]
yrkesgrupper:
  sjukskoterska: {titel: Sjuksköterska, manadslon_kr: 34800, avgang_procent_ar: {undre: 5, trolig: 7.5, ovre: 12}}
  vns: {titel: Vårdnära service, manadslon_kr: 26000, hyrs_in: nej}
schematyper:
  dag: {heltid_timmar_vecka: 40}
enheter:
  medicin:
    titel: Medicin
    omrade: sjukhus
    bemanningsmal_aa: {sjukskoterska: 40, vns: 4}
    anstallda: {sjukskoterska: 41}
    sasong: vard
  vardcentral:
    titel: Vårdcentral
    omrade: primarvard
    bemanningsmal_aa: {sjukskoterska: 8}
    anstallda: {sjukskoterska: 9}
sasonger:
  vard: {vecka_25_33: 0.8, ovrigt: 1.0}
mal:
  - {nyckel: hyra, indikator: hyrandel_totalt, max_procent: 2, senast: 2028-12-31}
"""

NULL = """\
version: 1
scenario: {nyckel: nollalternativ, titel: Inget nytt startar}
atgarder:
  - {atgard: vns, i_drift_vid_start: ja, slut: 2023-12-31, antagande: ja}
"""

SCENARIO = """\
version: 1
scenario:
  nyckel: plan
  titel: Planen
  bygger_pa: nollalternativ
  startlage: 2023-07-01
  jamfors_med: nollalternativ
  period: {start: 2023-07-01, slut: 2033-06-30}
  simuleringar: 20
  slumpfro: 7
atgarder:
  - atgard: vns
    slut: null
    kostnad: {arlig_mkr: 0.3}
  - nyckel: ny
    titel: Ny åtgärd
    start: 2024-vt
    dimensionering: {yrkesgrupp: sjukskoterska, antal_aa: 3}
"""


def write_world(root: Path, **files: str) -> Path:
    """Write the small world below `root` and give the path of its scenario; `files` replace single texts.

    Names: region, regler, atgarder, nollalternativ, plan, and any other scenario by its key.
    """
    texts = {"region": REGION, "regler": RULES, "atgarder": CATALOGUE, "nollalternativ": NULL, "plan": SCENARIO} | files
    for name, text in texts.items():
        folder = root / "scenarios" / ("gemensamt" if name in ("regler", "atgarder") else "liten")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return root / "scenarios" / "liten" / "plan.yaml"


def load_world(root: Path, **files: str) -> Specification:
    """Write the small world and load its scenario."""
    return load(write_world(root, **files), levers=LEVERS)


def faults(root: Path, **files: str) -> list[Problem]:
    """Give what is wrong with the small world; an empty list when it loads."""
    try:
        load_world(root, **files)
    except SpecificationError as fault:
        return fault.problems
    return []


def shuffled(text: str, seed: int) -> str:
    """Write a YAML text again with the keys of every mapping, and the measures and targets, in another order."""
    chance = random.Random(seed)

    def mix(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {k: mix(value[k], k) for k in chance.sample(list(value), len(value))}
        if isinstance(value, list):
            items = [mix(v) for v in value]
            return chance.sample(items, len(items)) if key in ("atgarder", "mal") else items
        return value

    return yaml.safe_dump(mix(yaml.load(text, yaml.BaseLoader)), allow_unicode=True, sort_keys=False).replace("'", "")
