"""A made-up finished run with the shape of a stored one: two scenarios, a small region, accounts that close."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from kompetenssim.forecast.evidence import CAUSE_NAMES, EVIDENCE
from kompetenssim.forecast.results import Results, read
from kompetenssim.forecast.statistics import describe, effects
from kompetenssim.forecast.summary import DIFFERENCES, SUMMARY, YEARLY, schema
from kompetenssim.forecast.tablefile import write_csv, write_parquet
from kompetenssim.forecast.targets import COLUMNS

ALL = "alla"
GROUP_SETS = {"lakare": ("distriktslakare", "sjukhuslakare"), "ssk_alla": ("sjukskoterska", "ssk_anop_iva"),
              "ovrig_hyra": ("underskoterska",)}
CELLS = (  # omrade, enhet, yrkesgrupp, employees, need h/week
    ("primarvard", "pv_fjall", "distriktslakare", 4, 320), ("primarvard", "pv_ostersund", "distriktslakare", 40, 1700),
    ("primarvard", "pv_ostersund", "sjukskoterska", 90, 2700), ("sjukhus", "medicin", "sjukhuslakare", 160, 5200),
    ("sjukhus", "medicin", "sjukskoterska", 420, 12600), ("sjukhus", "an_op_iva", "ssk_anop_iva", 120, 3700),
    ("sjukhus", "medicin", "underskoterska", 560, 16500), ("stod", "ledning_stod", "vns", 30, 900),
)
TITLES = {
    "slk_2023": "SLK-åtgärder enligt slutredovisning 2023-05-12", "nollalternativ": "Nollalternativ",
    "primarvard": "Primärvård", "sjukhus": "Östersunds sjukhus", "stod": "Stöd och ledning",
    "pv_fjall": "Primärvård, fjällområdet", "pv_ostersund": "Primärvård Östersund", "medicin": "Medicinavdelningar",
    "an_op_iva": "Anestesi, operation, IVA", "ledning_stod": "Ledning och stöd",
    "distriktslakare": "Distriktsläkare", "sjukhuslakare": "Sjukhusläkare", "sjukskoterska": "Sjuksköterska, grundutbildad",
    "ssk_anop_iva": "Specialistsjuksköterska anop/IVA", "underskoterska": "Undersköterska", "vns": "Vårdnära service",
    "lakare": "Läkare", "ssk_alla": "Sjuksköterskor, alla", "ovrig_hyra": "Övrig hyrpersonal",
}
ADDITIVE = {
    "anstallda": "slut", "arsarbetare": "slut", "nettoarsarbetare": "medel", "inrattade_aa": "medel", "vakanta_aa": "medel",
    "bemanningsmal_timmar": "summa", "egna_timmar": "summa", "omfordelade_timmar": "summa", "pool_timmar": "summa",
    "vaxlade_timmar": "summa", "overtid_timmar": "summa", "hyr_timmar": "summa", "obemannade_timmar": "summa",
    "overskott_timmar": "summa", "hyr_betalda_timmar": "summa", "stafettveckor": "summa", "hyrkostnad_mkr": "summa",
    "personalkostnad_mkr": "summa", "overtid_mkr": "summa", "pool_mkr": "summa", "utbildning_mkr": "summa",
    "rekrytering_mkr": "summa", "kopt_vard_mkr": "summa", "atgardskostnad_mkr": "summa", "statsbidrag_mkr": "summa",
    "nettokostnad_mkr": "summa", "avgangar_externa": "summa", "avgangar_hyrbolag": "summa", "avgangar_pension": "summa",
    "avgangar_visstid": "summa", "avgangar_ovriga": "summa", "avgangar_totalt": "summa", "interna_ut": "summa",
    "gruppbyten_ut": "summa", "utbildning_starter": "summa", "utbildning_pagaende": "slut", "utbildning_examen": "summa",
    "utbildning_avbrott": "summa", "antal_st_lakare": "slut", "sextio": "slut",
}
RATIOS: dict[str, tuple[str, tuple[str, ...], float]] = {
    "vakansgrad": ("vakanta_aa", ("inrattade_aa",), 1), "hyrandel_totalt": ("hyrkostnad_mkr", ("hyrkostnad_mkr", "personalkostnad_mkr"), 1),
    "obemannad_andel": ("obemannade_timmar", ("bemanningsmal_timmar",), 1), "andel_60_plus": ("sextio", ("anstallda",), 1),
    "omsattning_extern_procent": ("avgangar_externa", ("anstallda",), 100), "sjukfranvaro_procent": ("overskott_timmar", ("egna_timmar",), 100),
    "handledarutnyttjande": ("utbildning_pagaende", ("sextio",), 1), "belastning": ("overtid_timmar", ("egna_timmar",), 1),
}
WEEKLY = ("bemanningsmal_timmar", "egna_timmar", "omfordelade_timmar", "pool_timmar", "vaxlade_timmar", "overtid_timmar",
          "hyr_timmar", "obemannade_timmar")


Arrays = dict[str, NDArray[np.float64]]  # [simulation, month, cell]


def make_run(folder: Path, *, scenarios: Sequence[str] = ("slk_2023", "nollalternativ"), reference: str | None = "nollalternativ",
             start: int = 2023, end: int = 2026, simulations: int = 8,
             costs: Mapping[tuple[str, str, str], float] | None = None) -> Results:
    """Write a run from July of `start` to June of `end` as the store does, and read it.

    `costs` fixes the yearly agency cost by (year, omrade, yrkesgrupp), summed over its cells, in every simulation.
    """
    months = [f"{y}-{m:02d}" for y in range(start, end + 1) for m in range(1, 13) if (start, 7) <= (y, m) <= (end, 6)]
    worlds = {s: _world(s, months, simulations, costs or {}) for s in scenarios}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "underlag").mkdir(exist_ok=True)
    yearly = pd.concat([_yearly(s, w, months) for s, w in worlds.items()], ignore_index=True)
    _write_parquet(folder, "sammanfattning", SUMMARY, pd.concat([_summary(s, w, months) for s, w in sorted(worlds.items())]))
    _write_parquet(folder, "simuleringar_ar", YEARLY, yearly)
    between = [_differences(s, reference, yearly) for s in scenarios if s != reference] if reference else []
    _write_parquet(folder, "jamforelse", DIFFERENCES, pd.concat(between) if between else pd.DataFrame(columns=list(DIFFERENCES)))
    for name, rows in _evidence(scenarios, months).items():
        write_csv(folder / "underlag" / f"{name}.csv", EVIDENCE[name].columns, rows)
    manifest = {
        "version": 1, "id": "slk_2023_mot_nollalternativ-1a2b3c4d",
        "plan": {"simuleringar": simulations, "per_uppsattning": 2, "parameteruppsattningar": simulations // 2, "slumpfro": 20230701,
                 "scenarier": list(scenarios), "referens": reference, "tvilling": False},
        "period": {"start": f"{start}-07-01", "slut": f"{end}-06-30"},
        "region": {"nyckel": "rjh", "namn": "Region Jämtland Härjedalen", "namnare_hyrandel": "totalt"},
        "kalibrerad": False,
        "scenarier": {s: {"titel": TITLES[s], "startlage": "2023-07-01", "kalibrering": None, "kalibrerad": False,
                          "startlage_antagande": True} for s in scenarios},
        "varningar": [{"kod": "utanfor_period", "fil": "slk_2023.yaml", "rad": 41, "text": "åtgärden slutar efter periodens slut"}],
        "kallkod_sha256": "5e" * 32, "indata_sha256": {"rjh/region.yaml": "9f2c" * 16, "rjh/slk_2023.yaml": "71ab" * 16},
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


def _world(scenario: str, months: list[str], simulations: int, costs: Mapping[tuple[str, str, str], float]) -> Arrays:
    rng = np.random.default_rng(7)
    shape = (simulations, len(months), len(CELLS))
    people = np.array([c[3] for c in CELLS], float)
    need_week = np.array([c[4] for c in CELLS], float)
    season = np.array([0.85 if m[5:] in ("07", "08") else 1.03 for m in months])
    days = np.array([(date(int(m[:4]) + int(m[5:]) // 12, int(m[5:]) % 12 + 1, 1) - date(int(m[:4]), int(m[5:]), 1)).days for m in months])
    draw = np.repeat(rng.normal(0, 0.12, (simulations // 2, 1, 1)), 2, axis=0)[:simulations]
    noise = 1 + draw + rng.normal(0, 0.05, shape)
    helped = 0.0 if scenario == "nollalternativ" else 1.0
    years = np.arange(len(months)) / 12
    effect = 1 - helped * 0.25 * np.minimum(1, years / 2)[None, :, None] * (1 + 2 * draw)
    w: Arrays = {}
    w["bemanningsmal_timmar"] = np.broadcast_to(need_week * (season * days / 7)[:, None], shape) * 1.0
    group = [c[2] for c in CELLS]
    gap_share = np.array([0.28 if g == "distriktslakare" else 0.13 if g == "sjukhuslakare" else 0.045 if g != "vns" else 0.01 for g in group])
    summer = np.array([1.5 if m[5:] in ("06", "07", "08") else 0.9 for m in months])[:, None]
    gap = np.minimum(w["bemanningsmal_timmar"] * gap_share * summer * noise * effect, w["bemanningsmal_timmar"])
    for name, part in (("omfordelade_timmar", .05), ("pool_timmar", .08), ("hyr_timmar", .6), ("vaxlade_timmar", .02), ("overtid_timmar", .15)):
        w[name] = gap * part
    w["obemannade_timmar"] = gap - sum(w[n] for n in ("omfordelade_timmar", "pool_timmar", "hyr_timmar", "vaxlade_timmar", "overtid_timmar"))
    w["egna_timmar"] = w["bemanningsmal_timmar"] - gap
    w["overskott_timmar"] = w["egna_timmar"] * 0.06
    w["hyr_betalda_timmar"] = w["hyr_timmar"] / 0.9
    price = np.array([1635 if "lakare" in g else 650 for g in group]) * 1e-6
    w["hyrkostnad_mkr"] = w["hyr_betalda_timmar"] * price * 1.02 ** years[None, :, None]
    for (year, area, key), value in costs.items():
        inside = [i for i, c in enumerate(CELLS) if area in (ALL, c[0]) and c[2] in GROUP_SETS.get(key, (key,))]
        of_year = [i for i, m in enumerate(months) if m[:4] == year]
        w["hyrkostnad_mkr"][:, of_year, :] = np.where(np.isin(range(len(CELLS)), inside), value / len(of_year) / len(inside),
                                                       w["hyrkostnad_mkr"][:, of_year, :])
    w["anstallda"] = np.round(people * (1 + helped * 0.01 * years[None, :, None] + rng.normal(0, 0.01, shape)))
    w["arsarbetare"], w["nettoarsarbetare"] = w["anstallda"] * 0.92, w["anstallda"] * 0.76
    w["inrattade_aa"] = np.broadcast_to(people * 0.92 / (1 - gap_share * 0.7), shape) * 1.0
    w["vakanta_aa"] = np.maximum(w["inrattade_aa"] - w["arsarbetare"], 0)
    w["stafettveckor"] = w["hyr_betalda_timmar"] / 40 * np.array(["lakare" in g for g in group])
    pay = np.array([0.14 if "lakare" in g else 0.055 for g in group])
    w["personalkostnad_mkr"] = w["anstallda"] * pay * 0.9
    w["overtid_mkr"] = w["overtid_timmar"] * 600e-6
    w["pool_mkr"], w["rekrytering_mkr"] = w["pool_timmar"] * 120e-6, w["anstallda"] * 0.0006
    w["utbildning_mkr"], w["kopt_vard_mkr"] = w["anstallda"] * 0.0002 * (1 + helped), w["obemannade_timmar"] * 30e-6
    w["atgardskostnad_mkr"] = np.full(shape, 0.9 / 12 / len(CELLS) * (1 + 6 * helped))
    w["statsbidrag_mkr"] = np.full(shape, 0.4 / 12 / len(CELLS) * helped)
    w["nettokostnad_mkr"] = sum(w[n] for n in ("personalkostnad_mkr", "hyrkostnad_mkr", "pool_mkr", "rekrytering_mkr", "utbildning_mkr",
                                               "kopt_vard_mkr", "atgardskostnad_mkr")) - w["statsbidrag_mkr"]
    rates = {"avgangar_externa": .06, "avgangar_hyrbolag": .006, "avgangar_pension": .025, "avgangar_visstid": .01, "avgangar_ovriga": .004}
    for name, rate in rates.items():
        w[name] = w["anstallda"] * rate / 12 * (1 - 0.1 * helped)
    w["avgangar_totalt"] = sum(w[n] for n in rates)
    w["interna_ut"], w["gruppbyten_ut"] = w["anstallda"] * .045 / 12, w["anstallda"] * .006 / 12
    w["utbildning_starter"], w["utbildning_examen"] = w["anstallda"] * .01 / 12 * (1 + helped), w["anstallda"] * .009 / 12
    w["utbildning_avbrott"], w["utbildning_pagaende"] = w["anstallda"] * .001 / 12, w["anstallda"] * .02
    w["antal_st_lakare"] = w["anstallda"] * np.array([0.3 if "lakare" in g else 0 for g in group])
    w["sextio"] = w["anstallda"] * 0.17
    return w


def places(*, cells: bool) -> dict[tuple[str, str, str], list[int]]:
    """Give the margins of the results (and unit × group) with their cells."""
    found: dict[tuple[str, str, str], list[int]] = {}
    for i, (area, unit, group, _, _) in enumerate(CELLS):
        keys = [ALL, group, *(k for k, members in GROUP_SETS.items() if group in members)]
        spots = {(a, ALL, g) for a in (ALL, area) for g in keys} | {(area, unit, ALL)} | ({(area, unit, group)} if cells else set())
        for spot in spots:
            found.setdefault(spot, []).append(i)
    return dict(sorted(found.items()))


def _over(w: Arrays, name: str, chosen: list[int], cells: list[int]) -> NDArray[np.float64]:
    part = w[name][:, :, cells].sum(axis=2)[:, chosen]
    kind = ADDITIVE[name]
    return part[:, -1] if kind == "slut" else part.mean(axis=1) if kind == "medel" else part.sum(axis=1)


def _value(w: Arrays, indicator: str, chosen: list[int], cells: list[int]) -> NDArray[np.float64]:
    if indicator in RATIOS:
        above, below, scale = RATIOS[indicator]
        return scale * _over(w, above, chosen, cells) / sum(_over(w, b, chosen, cells) for b in below)
    return _over(w, indicator, chosen, cells)


def _rows(w: Arrays, months: list[str]) -> list[tuple[str, str, str, int, tuple[str, str, str], NDArray[np.float64]]]:
    rows = []
    years = sorted({m[:4] for m in months})
    for indicator in (*(n for n in ADDITIVE if n != "sextio"), *RATIOS):
        total_only = indicator in ("atgardskostnad_mkr", "statsbidrag_mkr")
        for place, cells in places(cells=True).items():
            if total_only and place != (ALL, ALL, ALL):
                continue
            for year in years:
                chosen = [i for i, m in enumerate(months) if m[:4] == year]
                rows.append((indicator, "ar", year, len(chosen), place, _value(w, indicator, chosen, cells)))
        for place, cells in places(cells=False).items():
            if total_only and place != (ALL, ALL, ALL):
                continue
            if indicator in ("hyrandel_totalt", *WEEKLY, "hyrkostnad_mkr", "overtid_mkr", "overskott_timmar", "hyr_betalda_timmar"):
                rows += [(indicator, "manad", m, 1, place, _value(w, indicator, [i], cells)) for i, m in enumerate(months)]
            if indicator == "hyrandel_totalt":
                rows += [(f"{indicator}_r12", "manad", m, min(i + 1, 12), place,
                          _value(w, indicator, list(range(max(0, i - 11), i + 1)), cells) * (1 if i >= 11 else np.nan))
                         for i, m in enumerate(months)]
    for indicator in WEEKLY:
        for week in range(1, 53):
            for year in years:
                month = f"{year}-{min(12, (week - 1) * 12 // 52 + 1):02d}"
                if month in months:
                    i = months.index(month)
                    rows += [(indicator, "vecka", f"{year}-v{week:02d}", 0, place, w[indicator][:, i, cells].sum(axis=1) / 4.345)
                             for place, cells in places(cells=False).items() if place[1] == ALL]
    return rows


def _summary(scenario: str, w: Arrays, months: list[str]) -> pd.DataFrame:
    rows = _rows(w, months)
    stats = describe(np.stack([r[5] for r in rows], axis=1))
    frame = pd.DataFrame([(scenario, r[0], r[1], r[2], r[3], *r[4]) for r in rows],
                         columns=["scenario", "indikator", "tidssteg", "tid", "manader", "omrade", "enhet", "yrkesgrupp"])
    return frame.assign(**stats)


def _yearly(scenario: str, w: Arrays, months: list[str]) -> pd.DataFrame:
    frames = []
    for indicator, step, year, count, place, values in _rows(w, months):
        if step == "ar" and (place[1] == ALL or place[2] == ALL):
            n = len(values)
            frames.append(pd.DataFrame({
                "scenario": scenario, "simulering": range(n), "parameteruppsattning": [i // 2 for i in range(n)], "ar": int(year),
                "manader": count, "omrade": place[0], "enhet": place[1], "yrkesgrupp": place[2], "indikator": indicator, "varde": values}))
    return pd.concat(frames, ignore_index=True)


def _differences(scenario: str, reference: str, yearly: pd.DataFrame) -> pd.DataFrame:
    keys = ["indikator", "ar", "omrade", "enhet", "yrkesgrupp"]
    wide = {s: yearly[yearly["scenario"] == s].pivot_table(index="simulering", columns=keys, values="varde", dropna=False)
            for s in (scenario, reference)}
    between = wide[scenario] - wide[reference]
    found = effects(between.to_numpy(), 2)
    frame = between.columns.to_frame(index=False).rename(columns={"ar": "tid"})
    frame["tid"] = frame["tid"].astype(str)
    names = ["medelvarde", "mc_fel", "sd_parameter", "sd_slump", "effekt_undre80", "effekt_ovre80", "effekt_undre95", "effekt_ovre95"]
    return frame.assign(scenario=scenario, referens=reference, tidssteg="ar", **dict(zip(names, found, strict=True)), korrelation=0.98)


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
        {"scenario": ALL, "namn": n, "undre": low, "trolig": mode, "ovre": high, "kalla": source, "antagande": "ja" if mark else "", "stig": n,
         "dragen_medel": mean, "dragen_sd": sd} for n, low, mode, high, source, mark, mean, sd in known
    ]
    measures = [
        ("slk_nattransport", "Nattransporter med egen personal", "beslutad", "2023-09", "", 100.0, "modellerad", "", "C", 4.1, 0.0),
        ("slk_vns_10", "Tio vårdnära servicetjänster, fortsättning", "pagar", "2024-01-01", "", 80.0, "modellerad", "", "C", 2.9, 0.2),
        ("slk_kum", "=Klinisk utbildningsmottagning i primärvården", "beslutad", "2023-08-28", "", 100.0, "ingen",
         "Källan anger varken antal platser eller vem som ska lämna tid.", "D", 0.0, 0.0),
    ]
    keys = [*(("scenario", s) for s in scenarios), *(("omrade", k) for k in ("primarvard", "sjukhus", "stod")),
            *(("enhet", k) for k in dict.fromkeys(c[1] for c in CELLS)), *(("yrkesgrupp", k) for k in dict.fromkeys(c[2] for c in CELLS)),
            *(("grupp", k) for k in GROUP_SETS)]
    names = ("nyckel", "titel", "status", "start", "slut", "sannolikhet", "effekt", "effekt_motivering", "evidens", "kostnad_mkr", "statsbidrag_mkr")
    return {
        "kvar": stays, "avgangar": exits, "alder": [], "parametrar": parameters,
        "atgarder": [{"scenario": "slk_2023", "kalla": "S003", **dict(zip(names, m, strict=True))} for m in measures if "slk_2023" in scenarios],
        "klipp": [{"scenario": s, "yrkesgrupp": g, "klippta_veckor_andel": 0.0031, "klippta_veckor": 127.7, "personveckor": 41200.0}
                  for s in scenarios for g in (ALL, *groups)],
        "mal": _targets(scenarios),
        "namn": [{"slag": kind, "nyckel": key, "titel": TITLES.get(key, key), "ordning": i, "omrade": ""} for i, (kind, key) in enumerate(keys)],
        "mask": [{"omrade": "primarvard", "enhet": e, "yrkesgrupp": "distriktslakare"} for e in ("pv_fjall", "pv_ostersund")],
    }


LEVELS_2015 = (("lakare", ALL, 107.8), ("lakare", "primarvard", 63.8), ("lakare", "sjukhus", 44.1), ("ssk_alla", ALL, 15.9),
               ("ovrig_hyra", ALL, 4.1), (ALL, ALL, 127.9))


def _targets(scenarios: Sequence[str]) -> list[dict[str, Any]]:
    blank: dict[str, Any] = {**dict.fromkeys(COLUMNS), "enhet": ALL, "utvarderbart": "ja", "strikt": "nej", "status": "utvarderad", "antagande": "ja"}
    rows = []
    for s in scenarios:
        rows += [{**blank, "scenario": s, "nyckel": f"niva_2015_{group}_{area}", "titel": "", "indikator": "hyrkostnad_mkr", "omrade": area,
                  "yrkesgrupp": group, "tidsbas": "kalenderar", "max": level, "matenhet": "mkr", "senast": "2032-12-31", "utfall": 90.0,
                  "p_natt": 0.37, "forsta_manad": "ej nått"} for group, area, level in LEVELS_2015]
        rows.append({**blank, "scenario": s, "nyckel": "hyr_ssk_2", "titel": "Hyrsjuksköterskor högst 2 %", "indikator": "hyrandel_totalt",
                     "omrade": ALL, "yrkesgrupp": "ssk_alla", "tidsbas": "rullande12", "max": 0.02, "matenhet": "andel",
                     "senast": "2028-12-31", "utfall": 0.034, "p_natt": 0.005, "forsta_manad": "ej nått"})
        rows.append({**blank, "scenario": s, "nyckel": "st_60", "titel": "Minst 60 ST-läkare i primärvården", "indikator": "antal_st_lakare",
                     "omrade": "primarvard", "yrkesgrupp": ALL, "tidsbas": "per_datum", "max": None, "min": 60.0,
                     "matenhet": "personer", "senast": "2028-12-31", "utfall": 61.0, "p_natt": 1.0, "forsta_manad": "2025-03"})
        rows.append({**blank, "scenario": s, "nyckel": "oberoende", "titel": "Oberoende av hyrpersonal", "indikator": "stafettveckor",
                     "omrade": ALL, "yrkesgrupp": ALL, "tidsbas": "per_datum", "max": 0.0, "matenhet": "veckor",
                     "senast": "2019-01-01", "utvarderbart": "nej", "status": "ej utvärderbart"})
    return rows
