"""A made-up finished run with the shape of a stored one: two scenarios, a small region, accounts that close."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from math import nan
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from kompetenssim.forecast import contributions
from kompetenssim.forecast.evidence import CAUSE_NAMES, EVIDENCE
from kompetenssim.forecast.results import Results, read
from kompetenssim.forecast.review_files import write as write_review
from kompetenssim.forecast.summary import DIFFERENCES, SUMMARY, YEARLY, schema
from kompetenssim.forecast.tablefile import write_csv, write_parquet
from kompetenssim.forecast.targets import COLUMNS
from tests.present.fake_review import REVIEW
from tests.present.fake_world import ALL, CELLS, GROUP_SETS, differences, summary, world, yearly

TITLES = {
    "slk_2023": "SLK-åtgärder enligt slutredovisning 2023-05-12", "nollalternativ": "Nollalternativ",
    "primarvard": "Primärvård", "sjukhus": "Östersunds sjukhus", "stod": "Stöd och ledning",
    "pv_fjall": "Primärvård, fjällområdet", "pv_ostersund": "Primärvård Östersund", "medicin": "Medicinavdelningar",
    "an_op_iva": "Anestesi, operation, IVA", "ledning_stod": "Ledning och stöd",
    "distriktslakare": "Distriktsläkare", "sjukhuslakare": "Sjukhusläkare", "sjukskoterska": "Sjuksköterska, grundutbildad",
    "ssk_anop_iva": "Specialistsjuksköterska anop/IVA", "underskoterska": "Undersköterska", "vns": "Vårdnära service",
    "lakare": "Läkare", "ssk_alla": "Sjuksköterskor, alla", "ovrig_hyra": "Övrig hyrpersonal",
}


def make_run(folder: Path, *, scenarios: Sequence[str] = ("slk_2023", "nollalternativ"), reference: str | None = "nollalternativ",
             start: int = 2023, end: int = 2026, simulations: int = 8,
             costs: Mapping[tuple[str, str, str], float] | None = None) -> Results:
    """Write a run from July of `start` to June of `end` as the store does, and read it.

    `costs` fixes the yearly agency cost by (year, omrade, yrkesgrupp), summed over its cells, in every simulation.
    """
    months = [f"{y}-{m:02d}" for y in range(start, end + 1) for m in range(1, 13) if (start, 7) <= (y, m) <= (end, 6)]
    worlds = {s: world(s, months, simulations, costs or {}) for s in scenarios}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "underlag").mkdir(exist_ok=True)
    years = pd.concat([yearly(s, w, months) for s, w in worlds.items()], ignore_index=True)
    _write_parquet(folder, "sammanfattning", SUMMARY, pd.concat([summary(s, w, months) for s, w in sorted(worlds.items())]))
    _write_parquet(folder, "simuleringar_ar", YEARLY, years)
    between = [differences(s, reference, years) for s in scenarios if s != reference] if reference else []
    _write_parquet(folder, "jamforelse", DIFFERENCES, pd.concat(between) if between else pd.DataFrame(columns=list(DIFFERENCES)))
    for name, rows in _evidence(scenarios, months).items():
        write_csv(folder / "underlag" / f"{name}.csv", EVIDENCE[name].columns, rows)
    if reference and "slk_2023" in scenarios:
        _write_contributions(folder, reference)
        write_review(REVIEW, folder)
    manifest = {
        "version": 1,
        "id": "slk_2023_mot_nollalternativ-1a2b3c4d",
        "plan": {
            "simuleringar": simulations,
            "per_uppsattning": 2,
            "parameteruppsattningar": simulations // 2,
            "slumpfro": 20230701,
            "scenarier": list(scenarios),
            "referens": reference,
            "tvilling": False,
        },
        "period": {"start": f"{start}-07-01", "slut": f"{end}-06-30"},
        "region": {"nyckel": "rjh", "namn": "Region Jämtland Härjedalen", "namnare_hyrandel": "totalt"},
        "kalibrerad": False,
        "scenarier": {
            s: {
                "titel": TITLES[s],
                "startlage": "2023-07-01",
                "kalibrering": None,
                "kalibrerad": False,
                "startlage_antagande": True,
            }
            for s in scenarios
        },
        "varningar": [
            {"kod": "utanfor_period", "niva": "varning", "fil": "slk_2023.yaml", "rad": 41,
             "text": "åtgärden slutar efter periodens slut"},
            {"kod": "po_andras", "niva": "upplysning", "fil": "region.yaml", "rad": 196, "text": "PO ändras 2024"},
        ],
        "kallkod_sha256": "5e" * 32,
        "indata_sha256": {"rjh/region.yaml": "9f2c" * 16, "rjh/slk_2023.yaml": "71ab" * 16},
        "versioner": {"python": "3.11.2", "plattform": "Linux x86_64", "kompetenssim": "0.1.0", "numpy": "2.4.6"},
    }
    info = {"skriven": "2026-01-15T09:12:00+00:00", "sekunder_simulering": 312.4, "motor": "simpy", "processer": 2}
    for name, content in (("manifest.json", manifest), ("korning.json", info)):
        (folder / name).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return read(folder)


def _write_parquet(folder: Path, name: str, columns: Sequence[str], frame: pd.DataFrame) -> None:
    kinds = schema(columns)
    ordered = frame[list(columns)].astype({c: "Int32" for c in ("manader", "antal") if c in columns})
    write_parquet(folder / f"{name}.parquet", kinds, [pa.Table.from_pandas(ordered, schema=kinds, preserve_index=False)])


def _write_contributions(folder: Path, reference: str) -> None:
    """Write what two measures contribute: one saves agency cost, one is too small to tell from zero; `slk_kum` does nothing."""
    effects = {"slk_vns_10": (-1.5, 0.1, -2.4, -0.8), "slk_nattransport": (0.1, 0.1, -0.3, 0.5)}
    every = {**{(key, m): e for key, e in effects.items() for m in ("forst_in", "sist_ut", "shapley")},
             (ALL, "gemensamt"): (-1.4, 0.1, -2.2, -0.6), (ALL, "samspel"): (0.0, 0.1, -0.1, 0.1)}
    rows = [
        dict(zip(contributions.COLUMNS, ("slk_2023", reference, key, method, indicator, "medel 2024–2025", mean, error, 0.3, 0.4,
                                         low, high, low, high), strict=True))
        for (key, method), (mean, error, low, high) in sorted(every.items()) for indicator in sorted(contributions.INDICATORS)]
    _write_parquet(folder, "bidrag", contributions.COLUMNS, pd.DataFrame(rows))
    blank = dict.fromkeys(contributions.MEASURE_COLUMNS, "") | {
        "scenario": "slk_2023", "referens": reference, "par": 8, "par_behovs": 8, "efter_horisonten": "nej", "modell": "ja",
        "brytpunkt": "okand"}
    said = [
        {**blank, "atgard": "slk_kum", "modell": "nej", "efter_horisonten": "", "brytpunkt": "", "par_behovs": ""},
        {**blank, "atgard": "slk_nattransport"},
        {**blank, "atgard": "slk_vns_10", "brytpunkt": "andel", "brytpunkt_andel": 0.8, "brytpunkt_antaget": 0.4,
         "brytpunkt_mottagare": "vns", "utbildad": "2024-03-01", "overlamnad": "2024-06-01"}]
    write_csv(folder / "underlag/bidrag.csv", contributions.MEASURE_COLUMNS, said)


def _evidence(scenarios: Sequence[str], months: list[str]) -> dict[str, list[dict[str, Any]]]:
    years, groups = sorted({m[:4] for m in months}), sorted({c[2] for c in CELLS})
    stays = [
        {"scenario": s, "ar": y, "yrkesgrupp": g, "kohort": k, "startade": 20.0, "kvar_12": 16.0 if i < len(years) - 2 else 4.0,
         "kvar_24": 12.0 if i < len(years) - 3 else 0.0, "observerade_12": 20.0 if i < len(years) - 2 else 5.0,
         "observerade_24": 20.0 if i < len(years) - 3 else 0.0}
        for s in scenarios for i, y in enumerate(years) for g in groups for k in ("nyanstallda", "examinerade")
    ]
    exits = [
        {"scenario": s, "ar": y, "yrkesgrupp": g, "orsak": c, "alder": a, "anstallningstid": t, "medelvarde": 0.5}
        for s in scenarios for y in years for g in groups for c in CAUSE_NAMES
        for a in ("0-29", "30-39", "40-49", "50-59", "60-64", "65-") for t in ("0-1", "2-4", "5-9", "10-")
    ]
    known = [("belastning_till_avgang_theta", 0.3, 1.0, 1.9, "", True, 1.04, 0.41),
             ("hyra.pris_kr_vecka@distriktslakare", nan, 65400.0, nan, "S000 3.1: 39,9 mkr / 610 veckor", False, 65400.0, 0.0),
             *((f"avgang_procent_ar@{g}", 5.0, 7.5, 12.0, "", True, 7.8, 1.6) for g in groups)]
    parameters = [
        {
            "scenario": ALL,
            "namn": n,
            "undre": low,
            "trolig": mode,
            "ovre": high,
            "kalla": source,
            "antagande": "ja" if mark else "",
            "stig": n,
            "dragen_medel": mean,
            "dragen_sd": sd,
        }
        for n, low, mode, high, source, mark, mean, sd in known
    ]
    measures = [
        (
            "slk_nattransport",
            "Nattransporter med egen personal",
            "beslutad",
            "2023-09",
            "",
            100.0,
            "modellerad",
            "",
            "C",
            4.1,
            0.0,
        ),
        (
            "slk_vns_10",
            "Tio vårdnära servicetjänster, fortsättning",
            "pagar",
            "2024-01-01",
            "",
            80.0,
            "modellerad",
            "",
            "C",
            2.9,
            0.2,
        ),
        (
            "slk_kum",
            "=Klinisk utbildningsmottagning i primärvården",
            "beslutad",
            "2023-08-28",
            "",
            100.0,
            "ingen",
            "Källan anger varken antal platser eller vem som ska lämna tid.",
            "D",
            0.0,
            0.0,
        ),
    ]
    keys = [
        *(("scenario", s) for s in scenarios),
        *(("omrade", k) for k in ("primarvard", "sjukhus", "stod")),
        *(("enhet", k) for k in dict.fromkeys(c[1] for c in CELLS)),
        *(("yrkesgrupp", k) for k in dict.fromkeys(c[2] for c in CELLS)),
        *(("grupp", k) for k in GROUP_SETS),
    ]
    names = (
        "nyckel",
        "titel",
        "status",
        "start",
        "slut",
        "sannolikhet",
        "effekt",
        "effekt_motivering",
        "evidens",
        "kostnad_mkr",
        "statsbidrag_mkr",
    )
    return {
        "kvar": stays,
        "avgangar": exits,
        "alder": [],
        "parametrar": parameters,
        "atgarder": [
            {"scenario": "slk_2023", "kalla": "S003", "inriktning": "rekrytera", "upplysningar": "klass fri",
             **dict(zip(names, m, strict=True))}
            for m in measures
            if "slk_2023" in scenarios
        ],
        "atgardslage": [
            {"scenario": "slk_2023", "nyckel": m[0], "titel": m[1], "status": status, "start": "", "uppfoljd": day,
             "status_plan": "beslutad", "start_plan": "2023-09", "faktisk_start": "2023-02-01" if day else "",
             "infort_andel": share, "utbildad_andel": None, "overlamnad_andel": None, "ansvarig": who, "kommentar": ""}
            for m, status, day, share, who in zip(
                measures, ("genomford", "pagar", "beslutad", "avslutad", "utreds"), ("2023-06-30", "2023-05-31", "", "", ""),
                (1.0, 0.4, None, None, None), ("HR-avdelningen", "HR-avdelningen", "", "", ""), strict=False)
            if "slk_2023" in scenarios
        ],
        "orsaker": [
            {"scenario": s, "stig": path, "fil": "atgarder.yaml", "rad": 10 + i}
            for s in scenarios
            for i, path in enumerate(("atgarder.a.hyrstyrning", "atgarder.b.utbildningstjanst", "ekonomi.po_procent"))
        ],
        "klipp": [
            {"scenario": s, "yrkesgrupp": g, "klippta_veckor_andel": 0.0031, "klippta_veckor": 127.7, "personveckor": 41200.0}
            for s in scenarios
            for g in (ALL, *groups)
        ],
        "mal": _targets(scenarios),
        "namn": [
            {"slag": kind, "nyckel": key, "titel": TITLES.get(key, key), "ordning": i, "omrade": ""}
            for i, (kind, key) in enumerate(keys)
        ],
        "mask": [{"omrade": "primarvard", "enhet": e, "yrkesgrupp": "distriktslakare"} for e in ("pv_fjall", "pv_ostersund")],
    }


#: Yearly agency cost in mkr by (omrade, yrkesgrupp): the targets of S000 3.1, one decimal further within their rounding.
LEVELS_2015 = {(ALL, "lakare"): 107.83, ("primarvard", "lakare"): 63.8, ("sjukhus", "lakare"): 44.055, (ALL, "ssk_alla"): 15.92,
               (ALL, "ovrig_hyra"): 4.12, (ALL, ALL): 127.87}


def _targets(scenarios: Sequence[str]) -> list[dict[str, Any]]:
    blank: dict[str, Any] = {
        **dict.fromkeys(COLUMNS),
        "enhet": ALL,
        "utvarderbart": "ja",
        "strikt": "nej",
        "status": "utvarderad",
        "antagande": "ja",
    }
    rows = []
    for s in scenarios:
        rows += [
            {
                **blank,
                "scenario": s,
                "nyckel": f"niva_2015_{group}_{area}",
                "titel": "",
                "indikator": "hyrkostnad_mkr",
                "omrade": area,
                "yrkesgrupp": "+".join(GROUP_SETS) if group == ALL else group,
                "tidsbas": "kalenderar",
                "max": level,
                "matenhet": "mkr",
                "senast": "2032-12-31",
                "utfall": 90.0,
                "p_natt": 0.37,
                "forsta_manad": "ej nått",
            }
            for (area, group), level in LEVELS_2015.items()
        ]
        rows.append(
            {
                **blank,
                "scenario": s,
                "nyckel": "hyr_ssk_2",
                "titel": "Hyrsjuksköterskor högst 2 %",
                "indikator": "hyrandel_totalt",
                "omrade": ALL,
                "yrkesgrupp": "ssk_alla",
                "tidsbas": "rullande12",
                "max": 0.02,
                "matenhet": "andel",
                "senast": "2028-12-31",
                "utfall": 0.034,
                "p_natt": 0.005,
                "forsta_manad": "ej nått",
            }
        )
        rows.append(
            {
                **blank,
                "scenario": s,
                "nyckel": "st_60",
                "titel": "Minst 60 ST-läkare i primärvården",
                "indikator": "antal_st_lakare",
                "omrade": "primarvard",
                "yrkesgrupp": ALL,
                "tidsbas": "per_datum",
                "max": None,
                "min": 60.0,
                "matenhet": "personer",
                "senast": "2028-12-31",
                "utfall": 61.0,
                "p_natt": 1.0,
                "forsta_manad": "2025-03",
            }
        )
        rows.append(
            {
                **blank,
                "scenario": s,
                "nyckel": "oberoende",
                "titel": "Oberoende av hyrpersonal",
                "indikator": "stafettveckor",
                "omrade": ALL,
                "yrkesgrupp": ALL,
                "tidsbas": "per_datum",
                "max": 0.0,
                "matenhet": "veckor",
                "senast": "2019-01-01",
                "utvarderbart": "nej",
                "status": "ej utvärderbart",
            }
        )
    return rows
