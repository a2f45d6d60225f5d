"""A small region with one of everything, written to disk, resolved and simulated in a few lines."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import yaml

from kompetenssim.engine import compiled
from kompetenssim.engine.people import live
from kompetenssim.engine.reference import Driver, run, simulate
from kompetenssim.engine.world import Person, World
from kompetenssim.levers import LEVERS
from kompetenssim.model.draws import draw_matrix
from kompetenssim.model.inputs import fill
from kompetenssim.model.stopped import SimulationStopped
from kompetenssim.model.template import Template
from kompetenssim.model.trajectory import ACCOUNT, CAUSES, FLOWS, STOCKS, Trajectory
from kompetenssim.resolve import resolve
from kompetenssim.spec.load import load

if TYPE_CHECKING:
    from numpy.typing import NDArray

Tree = dict[str, Any]

#: Three units that share people and work, and one (`ensam`) with its own area, group and students.
REGION = """\
version: 1
region: {nyckel: prov, namn: Provregionen}
startlagen:
  2023-01-01:
    antagande: ja
    vakansgrad_procent: {sjukskoterska: 9, specialist: 12, underskoterska: 4, lakare: 15, tandlakare: 8}
    hyrkostnad_mkr:
      - {population: {yrkesgrupp: lakare}, varde: {undre: 3, trolig: 4, ovre: 6}}
      - {population: {yrkesgrupp: tandlakare}, varde: {undre: 0.5, trolig: 0.8, ovre: 1}}
ekonomi: {po_procent: {2022: 46, 2023: 52, 2025: 49}, loneokning_procent: 2.5}
parametrar: {hyrpris_elasticitet: {undre: 0.1, trolig: 0.2, ovre: 0.4, kalla: Litteratur}}
grupper: {ssk: [sjukskoterska, specialist]}
yrkesgrupper:
  sjukskoterska:
    titel: Sjuksköterska
    manadslon_kr: 36000
    handledarfamilj: ssk
    hyra: {pris_kr_timme: 700, ledtid_veckor: 4}
    sysselsattningsgrad: {100: 61.3, 83: 17.1, 75: 13.3, 50: 8.3}
    aldersfordelning: {20-29: 17.1, 30-39: 23.7, 40-49: 22.3, 50-59: 19.9, 60-66: 17.3}
  specialist:
    titel: Specialistsjuksköterska
    manadslon_kr: 41000
    handledarfamilj: ssk
    hyra: {pris_kr_timme: 800, ledtid_veckor: 5}
  underskoterska: {titel: Undersköterska, manadslon_kr: 30000, hyrs_in: nej, handledarfamilj: usk}
  lakare:
    titel: Läkare
    manadslon_kr: 70000
    handledarfamilj: lakare
    hyra: {pris_kr_vecka: 52000, ledtid_veckor: 3}
  tandlakare:
    titel: Tandläkare
    manadslon_kr: 50000
    handledarfamilj: tand
    hyra: {pris_kr_timme: 900, ledtid_veckor: 4}
schematyper: {dag: {heltid_timmar_vecka: 40}, dygn: {heltid_timmar_vecka: 38.25}}
sasonger: {vard: {vecka_25_33: 0.85, vecka_51_02: 1.1, pask: 1.2, ovrigt: 1.0}}
omraden: {sjukhus: Sjukhus, primarvard: Primärvård, tandvard: Tandvård}
enheter:
  avdelning:
    titel: Avdelningen
    omrade: sjukhus
    schematyp: dygn
    sasong: vard
    bemanningsmal_aa: {sjukskoterska: 14, specialist: 6, underskoterska: 12}
    anstallda: {sjukskoterska: 14, specialist: 6, underskoterska: 13}
    minst_per_pass: {sjukskoterska: {dag: 1, natt: 1}}
    sommarvikarier_aa: {underskoterska: 1.5}
  akut:
    titel: Akuten
    omrade: sjukhus
    schematyp: dygn
    sasong: vard
    bemanningsmal_aa: {sjukskoterska: 7, specialist: 3, lakare: 5}
    anstallda: {sjukskoterska: 7, specialist: 3, lakare: 5}
    jourlinjer: [{yrkesgrupp: lakare, typ: primarjour, timmar_vecka: 40}]
  central:
    titel: Vårdcentralen
    omrade: primarvard
    schematyp: dag
    bemanningsmal_aa: {sjukskoterska: 5, underskoterska: 3, lakare: 4}
    anstallda: {sjukskoterska: 5, underskoterska: 4, lakare: 3}
    avstand_min: 30
  ensam:
    titel: Tandkliniken
    omrade: tandvard
    schematyp: dag
    specialitet: tand
    bemanningsmal_aa: {tandlakare: 8}
    anstallda: {tandlakare: 8}
fri_uppgiftsvaxling:
  - {fran: sjukskoterska, till: underskoterska}
  - {fran: specialist, till: underskoterska}
kullar:
  - {yrkesgrupp: sjukskoterska, enhet: central, datum: 2023-05-15, antal: 2, andel_kvar: 0.7}
  - {yrkesgrupp: sjukskoterska, enhet: akut, datum: 2023-05-15, antal: 3, andel_kvar: 0.7}
utbildningar:
  spec:
    titel: Specialistutbildning
    typ: utbildningstjanst
    fran: sjukskoterska
    till: specialist
    platser: {vt: 1, ht: 1}
    studietakt_procent: 50
handledare: {timmar_vecka_per_person: 4}
studentkullar:
  ssk: {yrkesgrupp: sjukskoterska, examinerade: {vt: 2, ht: 2}}
  tand: {yrkesgrupp: tandlakare, examinerade: {vt: 1, ht: 1}, enheter: [ensam]}
mal:
  - {nyckel: hyra, titel: "Hyra högst 2 %", indikator: hyrandel_totalt, max_procent: 2, senast: 2024-12-31, antagande: ja}
  - nyckel: hyra_ssk
    titel: Sjuksköterskor
    indikator: hyrandel_totalt
    population: {yrkesgrupp: ssk}
    max_procent: 2
    senast: 2024-12-31
    antagande: ja
"""

RULES = """\
version: 1
riktalder_ar: {1900-01-01: 65, 2026-01-01: 67}
tidigaste_pension_ar: {1900-01-01: 61, 2020-01-01: 62, 2023-01-01: 63, 2026-01-01: 64}
las_alder_ar: {1900-01-01: 67, 2020-01-01: 68, 2023-01-01: 69}
dygnsvila_fran: {alla: 2023-10-01}
"""

#: One simple block per lever type, strong enough to change something in a year; each stays outside `ensam`.
COVERED = ["akut", "avdelning", "central"]
BLOCKS: dict[str, Tree] = {
    "arbetsutbud": {"art": "sysselsattningsgrad", "andel_beviljade_procent": 60, "hojning_procentenheter": 25},
    "behalla": {"avgang_faktor": 0.4, "tidsandel_procent": 2},
    "dimensionering": {"yrkesgrupp": "underskoterska", "antal_aa": 3, "beslut_under_ar": "ja", "hojer_behovet": "ja"},
    "effektivisering": {
        "frigjord_andel_procent": 8,
        "adoption_slut_andel": 1.0,
        "adoption_tid_manader": 1,
        "anvandning": {"sankt_mal": 0.6, "mindre_overtid": 0.2, "mer_vard": 0.1, "forsvinner": 0.1},
    },
    "forutsattning": {"atgarder": ["grund"], "lyfter_realisering_pp": 9, "ramp_faktor": 0.5},
    "handledning": {
        "handledarfamiljer": ["ssk"],
        "nya_handledare": 4,
        "timmar_vecka": 2,
        "studenter_per_handledare": 2,
        "andel_till_regionen_pp": 30,
        "yrkesgrupper": ["sjukskoterska"],
    },
    "hyrstyrning": {"yrkesgrupper": ["ssk"], "tak_per_vecka": 0},
    "introduktion": {"langd_manader": 12, "tidsandel_procent": 10, "novis_avgang_faktor": 0.5},
    "lon_och_forman": {"yrkesgrupper": ["ssk"], "paslag_kr_manad": 4000},
    "overtidsregel": {"praxis_andel": 0.005, "ersattning_faktor": 2, "frivillighet_faktor": 0.5},
    "rekrytering": {"yrkesgrupp": "sjukskoterska", "ankomst_faktor": 2.0, "bonus_kr": 30000, "bindning_manader": 12},
    "resurspool": {"yrkesgrupper": ["sjukskoterska"], "timmar_vecka": 60},
    "schema": {"mismatch_minskning_pp": 4},
    "sjukfranvaro": {"korttid_faktor": 0.5, "incidens_faktor": 0.4, "langd_faktor": 0.5, "kapacitet_personer_ar": 1},
    "uppgiftsvaxling": {
        "fran": "sjukskoterska",
        "till": "underskoterska",
        "frigjord_timme_per_timme": 0.8,
        "andel_timmar_procent": 10,
        "klass": "fri",
        "tillford_aa": 2,
    },
    "utbildningstjanst": {
        "fran": "sjukskoterska",
        "till": "specialist",
        "platser": {"vt": 2, "ht": 2},
        "studietakt_procent": 100,
        "minst_manader_erfarenhet": 0,
    },
    "vardbehov": {"andring_procent": 8},
}

#: A measure that is under way in every scenario, with a ramp: others may lift it.
BASIS: Tree = {
    "nyckel": "grund",
    "titel": "Grundåtgärd",
    "start": "2023-03-01",
    "ramp_manader": 9,
    "realisering_andel": 0.5,
    "omfattning": {"enheter": COVERED},
    "vardbehov": {"andring_procent": 12},
    "antagande": "ja",
}
OWN: Tree = {
    "nyckel": "egen",
    "titel": "Klinikens egen åtgärd",
    "start": "2023-02-01",
    "ramp_manader": 9,
    "omfattning": {"enheter": ["ensam"]},
    "vardbehov": {"andring_procent": 30, "sammansattning": "summa"},
    "antagande": "ja",
}


def region() -> Tree:
    """Give a fresh copy of the region's tree."""
    found: Tree = yaml.load(REGION, Loader=yaml.BaseLoader)
    return found


def measure(kind: str, start: str, **more: Any) -> Tree:
    """Give a measure with the simple block of a lever type, in the three units that share."""
    block = copy.deepcopy(BLOCKS[kind])
    if kind == "uppgiftsvaxling":
        block |= {"utbildad": start, "overlamnad": start}
    return {
        "nyckel": "prov",
        "titel": "Prov",
        "start": start,
        "omfattning": {"enheter": COVERED},
        kind: block,
        "antagande": "ja",
        "kostnad": {"engang_mkr": 0.4, "arlig_mkr": 0.12},
    } | more


def scenario(measures: Sequence[Tree] = (), start: str = "2023-01-01", end: str = "2024-06-30", **more: Any) -> Tree:
    """Give a scenario's tree."""
    head = {"nyckel": "plan", "titel": "Planen", "startlage": "2023-01-01", "period": {"start": start, "slut": end}}
    return {"version": 1, "scenario": head, "atgarder": list(measures)} | more


def template(root: Path, measures: Sequence[Tree] = (), world: Tree | None = None, **more: Any) -> Template:
    """Write a region and a scenario below `root`, load and resolve them."""
    return resolved(write(root, world or region(), scenario(measures, **more)))


def write(root: Path, world: Mapping[str, Any], plan: Mapping[str, Any], rules: str = RULES) -> Path:
    """Write the files and give the path of the scenario."""
    texts = {"prov/region": world, "prov/plan": plan, "gemensamt/atgarder": {"version": 1, "atgarder": []}}
    for name, tree in texts.items():
        path = root / "scenarios" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(plain(tree), encoding="utf-8")
    (root / "scenarios" / "gemensamt" / "regler.yaml").write_text(rules, encoding="utf-8")
    return root / "scenarios" / "prov" / "plan.yaml"


class _Plain(yaml.SafeDumper):
    """Writes every text without quotes, so that numbers and dates read back as such."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}

    def ignore_aliases(self, data: object) -> bool:
        return True


def plain(tree: object) -> str:
    """Dump a tree as a person would write it, keys in the order of the tree."""

    def texts(x: object) -> object:
        if isinstance(x, Mapping):
            return {str(k): texts(v) for k, v in x.items()}
        return [texts(v) for v in x] if isinstance(x, list | tuple) else str(x)

    return str(yaml.dump(texts(tree), Dumper=_Plain, sort_keys=False, allow_unicode=True, width=1000))


def resolved(path: Path) -> Template:
    """Load a scenario file and resolve it."""
    return resolve(load(path, levers=LEVERS))


def theta(t: Template, seed: int = 3, draw: int = 0) -> NDArray[np.float64]:
    """Give one row of the draw matrix."""
    row: NDArray[np.float64] = draw_matrix(t.parameters, draw + 1, seed)[draw]
    return row


def simulated(t: Template, simulation: int = 0, seed: int = 3, draw: int = 0) -> Trajectory:
    """Simulate once with the weekly trace."""
    return simulate(t, theta(t, seed, draw), seed=seed, simulation=simulation, trace=True)


def driven(t: Template, driver: Callable[[World], Driver], simulation: int = 0) -> Trajectory:
    """Simulate once with a driver in the place of SimPy."""
    return run(t, fill(t, theta(t)), seed=3, simulation=simulation, trace=True, driver=driver)


def plain_driver(
    order: Callable[[list[Person]], list[Person]] = list, watch: Callable[[World], None] | None = None
) -> Callable[[World], Driver]:
    """Give a driver that runs one person's week after the other's, in any order; `watch` sees the world after each tick."""

    def make(w: World) -> Driver:
        def advance(world: World, boundary: int) -> None:
            if watch is not None:
                watch(world)
            for p in order([p for p in world.people if p.due < boundary]):
                while p.due < boundary:
                    live(world, p, p.due)

        return advance

    return make


#: What the axes of a trajectory's arrays are; those that say when, then where, then what. Weeks before months before years.
AXES: dict[str, tuple[str, ...]] = {
    "trace": ("week", "cell", "account"),
    "weeks": ("week", "area", "group", "account"),
    "months": ("month", "cell", "flow"),
    "measures": ("month", "measure", "money"),
    "exits": ("year", "group", "cause", "age band", "tenure band"),
    "retention": ("year", "group", "kind", "count"),
    "ages": ("year", "group", "age"),
}


def axis_names(t: Template) -> dict[str, Sequence[str]]:
    """Give what a person calls the places of each axis."""
    return {
        "week": t.weeks,
        "month": t.months,
        "year": [str(y) for y in range(t.start.year, t.end.year + 1)],
        "cell": [f"{unit} {group}" for unit, group in t.cells],
        "area": t.areas,
        "group": t.groups,
        "measure": t.measures,
        "account": ACCOUNT,
        "flow": FLOWS + STOCKS,
        "money": ("cost", "grant"),
        "cause": CAUSES,
    }


def difference(a: Trajectory, b: Trajectory, t: Template | None = None) -> str:
    """Say where two trajectories first differ: week, unit, group, quantity and both values; empty when every byte is the same.

    One line for each array, those by week first. Without a template (or for arrays cut out of a trajectory) places have
    numbers for names.
    """
    names, found = axis_names(t) if t else {}, []
    for array, axes in AXES.items():
        x, y = getattr(a, array), getattr(b, array)
        if (x.shape, x.dtype) != (y.shape, y.dtype):
            found.append(f"{array}: {x.dtype} {x.shape} ≠ {y.dtype} {y.shape}")
        elif x.tobytes() != y.tobytes():
            everywhere = np.argwhere(x != y)
            first = tuple(int(i) for i in everywhere[0])
            place = [names[axis][i] if axis in names else f"{axis} {i}" for axis, i in zip(axes, first, strict=True)]
            found.append(f"{array}: {', '.join(place)}: {x[first]} ≠ {y[first]}, first of {len(everywhere)}")
    return "\n".join(found)


def outcome(
    engine: Callable[..., Trajectory], t: Template, row: NDArray[np.float64], seed: int, simulation: int
) -> Trajectory | str:
    """Simulate once with the weekly trace; a simulation that stops gives what it says."""
    try:
        return engine(t, row, seed=seed, simulation=simulation, trace=True)
    except SimulationStopped as stop:
        return f"{type(stop).__name__}: {stop}"


def engines_differ(t: Template, row: NDArray[np.float64], *, seed: int, simulation: int) -> str:
    """Say where the compiled engine and the reference engine differ, in results or in why they stop; empty when nowhere."""
    mine, theirs = (outcome(engine, t, row, seed, simulation) for engine in (compiled.simulate, simulate))
    if isinstance(mine, Trajectory) and isinstance(theirs, Trajectory):
        return difference(mine, theirs, t)
    if mine == theirs:
        return ""
    return " ≠ ".join("a trajectory" if isinstance(x, Trajectory) else x for x in (mine, theirs))
