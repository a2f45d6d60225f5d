"""What only the run itself can count, kept as small CSV files under `underlag/` for tables and report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from kompetenssim.forecast import targets
from kompetenssim.forecast.engines import find_fill
from kompetenssim.forecast.mask import suppressed
from kompetenssim.forecast.observed import ORE_PER_MSEK
from kompetenssim.model.trajectory import AGE_BANDS, TENURE_BANDS
from kompetenssim.spec.every_number import every_number
from kompetenssim.spec.number import Number
from kompetenssim.spec.write import number_text

if TYPE_CHECKING:
    from kompetenssim.forecast.run import Forecast
    from kompetenssim.spec.scenario import Measure

Rows = Iterator[dict[str, Any]]


class Evidence(NamedTuple):
    """One file: its columns and the rows of a run."""

    columns: tuple[str, ...]
    rows: Callable[[Forecast], Rows]


CAUSING_LEVERS = ("hyrstyrning", "resurspool", "utbildningstjanst")
CAUSE_NAMES = ("avgangar_externa", "avgangar_hyrbolag", "avgangar_pension", "avgangar_visstid", "avgangar_ovriga")  # as CAUSES
COHORTS = ("nyanstallda", "examinerade")


def band_names(lower: Sequence[int]) -> list[str]:
    """Name classes by their lower limits: 0-29, 30-39, …, 65-."""
    return [f"{low}-{high - 1}" for low, high in pairwise(lower)] + [f"{lower[-1]}-"]


def retention(run: Forecast) -> Rows:
    """Give how many stay 12 and 24 months, of those whose window ends before the horizon; means over simulations."""
    for e in run.ensembles:
        for (y, g, k), _ in np.ndenumerate(e.retention[..., 0]):
            started, stay12, stay24, seen12, seen24 = (float(n) / e.plan.simulations for n in e.retention[y, g, k])
            if started:
                yield {"scenario": e.scenario, "ar": e.geometry.years[y], "yrkesgrupp": e.geometry.group_keys[g],
                       "kohort": COHORTS[k], "startade": started, "kvar_12": stay12, "kvar_24": stay24,
                       "observerade_12": seen12, "observerade_24": seen24}


def exits(run: Forecast) -> Rows:
    """Give exits by cause, age and tenure; means over simulations, nothing where nobody left."""
    ages, tenures = band_names(AGE_BANDS), band_names(TENURE_BANDS)
    for e in run.ensembles:
        for (y, g, c, a, t), total in np.ndenumerate(e.exits):
            if total:
                yield {"scenario": e.scenario, "ar": e.geometry.years[y], "yrkesgrupp": e.geometry.group_keys[g],
                       "orsak": CAUSE_NAMES[c], "alder": ages[a], "anstallningstid": tenures[t],
                       "medelvarde": float(total) / e.plan.simulations}


def ages(run: Forecast) -> Rows:
    """Give headcount by age at the end of each year; means over simulations."""
    for e in run.ensembles:
        for (y, g, age), total in np.ndenumerate(e.ages):
            if total:
                yield {"scenario": e.scenario, "ar": e.geometry.years[y], "yrkesgrupp": e.geometry.group_keys[g], "alder": age,
                       "medelvarde": float(total) / e.plan.simulations}


def parameters(run: Forecast) -> Rows:
    """Give every number with its source, its mark and what was drawn; scenario `alla` when those that have it agree."""
    found: dict[tuple[Any, ...], list[str]] = {}
    for e, template in zip(run.ensembles, run.templates, strict=True):
        mean = e.theta.mean(axis=0)
        deviation = e.theta.std(axis=0, ddof=1) if len(e.theta) > 1 else np.full(len(mean), np.nan)
        for k, p in enumerate(template.parameters):
            row = (p.name, p.low, p.mode, p.high, p.source, "ja" if p.assumption else "", p.name, float(mean[k]),
                   float(deviation[k]) if np.isfinite(deviation[k]) else None)
            found.setdefault(row, []).append(e.scenario)
    having = Counter(row[0] for row in found)
    for row in sorted(found, key=lambda r: (r[0], found[r])):
        for scenario in ["alla"] if having[row[0]] == 1 else found[row]:
            yield dict(zip(PARAMETER_COLUMNS, (*row, scenario), strict=True))


def fixed_numbers(run: Forecast) -> Rows:
    """Give the numbers without a source that no draw changes (staff, ages, seasons …), by kind of key: how many, least, most."""
    found: dict[str, dict[str, float]] = {}
    for spec, template in zip(run.specs, run.templates, strict=True):
        drawn = {name[:end] for p in template.parameters for name in [p.name.split("/")[0]]
                 for end in [*(i for i, letter in enumerate(name) if letter == "."), len(name)]}
        for n in every_number(spec):
            if not (n.source or n.uncertain or n.path in drawn):
                found.setdefault(n.kind, {})[n.path] = n.value
    for kind, values in sorted(found.items()):
        yield {"nyckel": kind, "antal": len(values), "minst": min(values.values()), "mest": max(values.values())}


def applicants(run: Forecast) -> Rows:
    """Give what the stream of applicants of the start state consists of, a year by group; means over the draws.

    The base is what must come in (all exits); graduates, examinations and returns come by other ways, the rest from outside.
    """
    from kompetenssim.model.start_state import PARTS

    fill = find_fill(run.engine)
    for e, template in zip(run.ensembles, run.templates, strict=True):
        parts = np.mean([np.array(fill(template, theta).arrivals_parts) for theta in e.theta], axis=0)
        for g, group in enumerate(template.groups):
            for part, value in zip(PARTS, parts[g], strict=True):
                yield {"scenario": e.scenario, "yrkesgrupp": group, "del": part, "per_ar": float(value)}


def measures(run: Forecast) -> Rows:
    """Give every measure with status, effect, evidence and its mean cost and grant over the whole run."""
    for spec, template, e in zip(run.specs, run.templates, run.ensembles, strict=True):
        paid = e.measures.sum(axis=0) / (ORE_PER_MSEK * e.plan.simulations)
        for m in sorted(spec.measures, key=lambda measure: measure.key):
            cost, grant = paid[template.measures.index(m.key)] if m.key in template.measures else (0.0, 0.0)
            yield {"scenario": spec.key, "nyckel": m.key, "titel": m.title, "status": m.status, "start": m.start, "slut": m.end,
                   "sannolikhet": m.probability_percent.mode, "effekt": m.effect or "modellerad",
                   "effekt_motivering": m.why_no_effect, "inriktning": m.area_of_plan, "upplysningar": told(m),
                   "evidens": m.evidence, "kalla": m.source,
                   "kostnad_mkr": float(cost), "statsbidrag_mkr": float(grant)}


def told(measure: Measure) -> str:
    """Give what the lever blocks of a measure say without changing a number: legal class, conditions, target group."""
    found: dict[str, None] = {}
    for _, blocks in sorted(measure.levers.items()):
        for block in blocks:
            for name, field in type(block).model_fields.items():
                extra, value = field.json_schema_extra, getattr(block, name)
                if isinstance(extra, dict) and extra.get("upplysning") and name in block.model_fields_set and value is not None:
                    found[f"{field.alias} {number_text(value) if isinstance(value, Number) else value}"] = None
    return "; ".join(found)


def progress(run: Forecast) -> Rows:
    """Give how far every measure has come, what was planned, and what the follow-up of it says where there is one."""
    for spec in run.specs:
        followed = {row.key: row for row in spec.follow_up}
        for m in sorted(spec.measures, key=lambda measure: measure.key):
            row = followed.get(m.key)
            shares = (row.introduced, row.trained, row.handed) if row else (None, None, None)
            yield {"scenario": spec.key, "nyckel": m.key, "titel": m.title, "status": m.status, "start": m.start,
                   "status_plan": row.planned_status if row else m.status, "start_plan": row.planned_start if row else m.start,
                   "uppfoljd": row.day.isoformat() if row else None,
                   "faktisk_start": row.started.isoformat() if row and row.started else None,
                   **dict(zip(("infort_andel", "utbildad_andel", "overlamnad_andel"), shares, strict=True)),
                   "ansvarig": m.responsible, "kommentar": row.comment if row else None}


def causes(run: Forecast) -> Rows:
    """Give where that is written which warnings of the results point at: lever blocks, training, supervision, on-costs."""
    for spec in run.specs:
        for path, origin in sorted(spec.origins.items()):
            keys = path.split(".")
            block = len(keys) == 3 and keys[0] == "atgarder" and keys[2] in CAUSING_LEVERS
            if block or path in ("ekonomi.po_procent", "handledare") or (len(keys) == 2 and keys[0] == "utbildningar"):
                yield {"scenario": spec.key, "stig": path, "fil": Path(origin.file).name, "rad": origin.line}


def clipped(run: Forecast) -> Rows:
    """Give how often the workload multiplier met its ceiling or floor, in person-weeks; means over simulations."""
    for e in run.ensembles:
        for group in ("alla", *e.geometry.group_keys):
            cells = [i for i, cell in enumerate(e.geometry.cells) if group in ("alla", cell.group)]
            hit, weeks = (float(e.cell_years(name)[:, :, cells].sum()) / e.plan.simulations
                          for name in ("clipped_weeks", "person_weeks"))
            yield {"scenario": e.scenario, "yrkesgrupp": group, "klippta_veckor_andel": hit / weeks if weeks else None,
                   "klippta_veckor": hit, "personveckor": weeks}


def names(run: Forecast) -> Rows:
    """Give titles and display order of everything that has a key."""
    region = run.specs[0].region
    for i, spec in enumerate(run.specs):
        yield {"slag": "scenario", "nyckel": spec.key, "titel": spec.title, "ordning": i, "omrade": ""}
    for key, title in sorted(region.areas.items()):
        yield {"slag": "omrade", "nyckel": key, "titel": title, "ordning": 0, "omrade": key}
    for key, unit in sorted(region.units.items()):
        yield {"slag": "enhet", "nyckel": key, "titel": unit.title, "ordning": unit.order, "omrade": unit.area}
    for key, group in sorted(region.groups.items()):
        yield {"slag": "yrkesgrupp", "nyckel": key, "titel": group.title, "ordning": group.order, "omrade": ""}
    for key in sorted(region.group_sets):
        title = SET_TITLES.get(key, key.replace("_", " ").capitalize())
        yield {"slag": "grupp", "nyckel": key, "titel": title, "ordning": 0, "omrade": ""}


def target_rows(run: Forecast) -> Rows:
    """Give what table T2 needs of every target, scenarios in the order of the run."""
    for spec, e in zip(run.specs, run.ensembles, strict=True):
        for result in targets.evaluate_targets(spec.targets, e):
            yield result.row()


def mask_rows(run: Forecast) -> Rows:
    """Name the places of which nothing may be shown; not why, which would say how many they are."""
    hidden = {place for spec, e in zip(run.specs, run.ensembles, strict=True)
              for place in suppressed(e.geometry, spec.region.group_sets)}
    for place in sorted(hidden):
        yield {"omrade": place.area, "enhet": place.unit, "yrkesgrupp": place.group}


PARAMETER_COLUMNS = (
    "namn", "undre", "trolig", "ovre", "kalla", "antagande", "stig", "dragen_medel", "dragen_sd", "scenario")
SET_TITLES = {"lakare": "Läkare", "ssk_alla": "Sjuksköterskor, alla", "ovrig_hyra": "Övrig personal"}

EVIDENCE: dict[str, Evidence] = {
    "kvar": Evidence(("scenario", "ar", "yrkesgrupp", "kohort", "startade", "kvar_12", "kvar_24",
                      "observerade_12", "observerade_24"), retention),
    "avgangar": Evidence(("scenario", "ar", "yrkesgrupp", "orsak", "alder", "anstallningstid", "medelvarde"), exits),
    "alder": Evidence(("scenario", "ar", "yrkesgrupp", "alder", "medelvarde"), ages),
    "parametrar": Evidence(PARAMETER_COLUMNS, parameters),
    "fasta_tal": Evidence(("nyckel", "antal", "minst", "mest"), fixed_numbers),
    "sokande": Evidence(("scenario", "yrkesgrupp", "del", "per_ar"), applicants),
    "atgarder": Evidence(("scenario", "nyckel", "titel", "status", "start", "slut", "sannolikhet", "effekt", "effekt_motivering",
                          "inriktning", "upplysningar", "evidens", "kalla", "kostnad_mkr", "statsbidrag_mkr"), measures),
    "atgardslage": Evidence(("scenario", "nyckel", "titel", "status", "start", "status_plan", "start_plan", "uppfoljd",
                             "faktisk_start", "infort_andel", "utbildad_andel", "overlamnad_andel", "ansvarig", "kommentar"),
                            progress),
    "orsaker": Evidence(("scenario", "stig", "fil", "rad"), causes),
    "klipp": Evidence(("scenario", "yrkesgrupp", "klippta_veckor_andel", "klippta_veckor", "personveckor"), clipped),
    "mal": Evidence(targets.COLUMNS, target_rows),
    "mask": Evidence(("omrade", "enhet", "yrkesgrupp"), mask_rows),
    "namn": Evidence(("slag", "nyckel", "titel", "ordning", "omrade"), names),
}
