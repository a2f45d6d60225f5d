"""The made-up world behind the fakes: a small region whose hours and costs add up, and its statistics."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kompetenssim.forecast.statistics import describe, effects

ALL = "alla"
GROUP_SETS = {"lakare": ("distriktslakare", "sjukhuslakare"), "ssk_alla": ("sjukskoterska", "ssk_anop_iva"),
              "ovrig_hyra": ("underskoterska",)}
CELLS = (  # omrade, enhet, yrkesgrupp, employees, need h/week
    ("primarvard", "pv_fjall", "distriktslakare", 4, 320), ("primarvard", "pv_ostersund", "distriktslakare", 40, 1700),
    ("primarvard", "pv_ostersund", "sjukskoterska", 90, 2700), ("sjukhus", "medicin", "sjukhuslakare", 160, 5200),
    ("sjukhus", "medicin", "sjukskoterska", 420, 12600), ("sjukhus", "an_op_iva", "ssk_anop_iva", 120, 3700),
    ("sjukhus", "medicin", "underskoterska", 560, 16500), ("stod", "ledning_stod", "vns", 30, 900),
)
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
    "vakansgrad": ("vakanta_aa", ("inrattade_aa",), 1),
    "hyrandel_totalt": ("hyrkostnad_mkr", ("hyrkostnad_mkr", "personalkostnad_mkr"), 1),
    "obemannad_andel": ("obemannade_timmar", ("bemanningsmal_timmar",), 1),
    "andel_60_plus": ("sextio", ("anstallda",), 1),
    "omsattning_extern_procent": ("avgangar_externa", ("anstallda",), 100),
    "sjukfranvaro_procent": ("overskott_timmar", ("egna_timmar",), 100),
    "handledarutnyttjande": ("utbildning_pagaende", ("sextio",), 1),
    "belastning": ("overtid_timmar", ("egna_timmar",), 1),
}
WEEKLY = ("bemanningsmal_timmar", "egna_timmar", "omfordelade_timmar", "pool_timmar", "vaxlade_timmar", "overtid_timmar",
          "hyr_timmar", "obemannade_timmar")


Arrays = dict[str, NDArray[np.float64]]  # [simulation, month, cell]


def world(scenario: str, months: list[str], simulations: int, costs: Mapping[tuple[str, str, str], float]) -> Arrays:
    """Make one scenario: every additive quantity by simulation, month and cell; hours and costs add up."""
    rng = np.random.default_rng(7)
    shape = (simulations, len(months), len(CELLS))
    people = np.array([c[3] for c in CELLS], float)
    need_week = np.array([c[4] for c in CELLS], float)
    season = np.array([0.85 if m[5:] in ("07", "08") else 1.03 for m in months])
    days = np.array(
        [(date(int(m[:4]) + int(m[5:]) // 12, int(m[5:]) % 12 + 1, 1) - date(int(m[:4]), int(m[5:]), 1)).days for m in months]
    )
    draw = np.repeat(rng.normal(0, 0.12, (simulations // 2, 1, 1)), 2, axis=0)[:simulations]
    noise = 1 + draw + rng.normal(0, 0.05, shape)
    helped = 0.0 if scenario == "nollalternativ" else 1.0
    years = np.arange(len(months)) / 12
    effect = 1 - helped * 0.25 * np.minimum(1, years / 2)[None, :, None] * (1 + 2 * draw)
    w: Arrays = {}
    w["bemanningsmal_timmar"] = np.broadcast_to(need_week * (season * days / 7)[:, None], shape) * 1.0
    group = [c[2] for c in CELLS]
    gap_share = np.array(
        [0.28 if g == "distriktslakare" else 0.13 if g == "sjukhuslakare" else 0.045 if g != "vns" else 0.01 for g in group]
    )
    summer = np.array([1.5 if m[5:] in ("06", "07", "08") else 0.9 for m in months])[:, None]
    gap = np.minimum(w["bemanningsmal_timmar"] * gap_share * summer * noise * effect, w["bemanningsmal_timmar"])
    for name, part in (
        ("omfordelade_timmar", 0.05),
        ("pool_timmar", 0.08),
        ("hyr_timmar", 0.6),
        ("vaxlade_timmar", 0.02),
        ("overtid_timmar", 0.15),
    ):
        w[name] = gap * part
    w["obemannade_timmar"] = gap - sum(
        w[n] for n in ("omfordelade_timmar", "pool_timmar", "hyr_timmar", "vaxlade_timmar", "overtid_timmar")
    )
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
    w["nettokostnad_mkr"] = (
        sum(
            w[n]
            for n in (
                "personalkostnad_mkr",
                "hyrkostnad_mkr",
                "pool_mkr",
                "rekrytering_mkr",
                "utbildning_mkr",
                "kopt_vard_mkr",
                "atgardskostnad_mkr",
            )
        )
        - w["statsbidrag_mkr"]
    )
    rates = {
        "avgangar_externa": 0.06,
        "avgangar_hyrbolag": 0.006,
        "avgangar_pension": 0.025,
        "avgangar_visstid": 0.01,
        "avgangar_ovriga": 0.004,
    }
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
        spots = (
            {(a, ALL, g) for a in (ALL, area) for g in keys} | {(area, unit, ALL)} | ({(area, unit, group)} if cells else set())
        )
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
            if indicator in (
                "hyrandel_totalt",
                *WEEKLY,
                "hyrkostnad_mkr",
                "overtid_mkr",
                "overskott_timmar",
                "hyr_betalda_timmar",
            ):
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


def summary(scenario: str, w: Arrays, months: list[str]) -> pd.DataFrame:
    """Summarise a scenario as `sammanfattning`."""
    rows = _rows(w, months)
    stats = describe(np.stack([r[5] for r in rows], axis=1))
    frame = pd.DataFrame([(scenario, r[0], r[1], r[2], r[3], *r[4]) for r in rows],
                         columns=["scenario", "indikator", "tidssteg", "tid", "manader", "omrade", "enhet", "yrkesgrupp"])
    return frame.assign(**stats)


def yearly(scenario: str, w: Arrays, months: list[str]) -> pd.DataFrame:
    """Give every simulation's years as `simuleringar_ar`."""
    rows = [r for r in _rows(w, months) if r[1] == "ar" and ALL in r[4][1:]]
    n = len(rows[0][5])
    frame = pd.DataFrame([(scenario, int(r[2]), r[3], *r[4], r[0]) for r in rows],
                         columns=["scenario", "ar", "manader", "omrade", "enhet", "yrkesgrupp", "indikator"])
    long = frame.loc[frame.index.repeat(n)].assign(
        simulering=np.tile(np.arange(n), len(rows)), varde=np.concatenate([r[5] for r in rows])
    )
    return long.assign(parameteruppsattning=long["simulering"] // 2)


def differences(scenario: str, reference: str, yearly: pd.DataFrame) -> pd.DataFrame:
    """Compare a scenario with the reference as `jamforelse`."""
    keys = ["indikator", "ar", "omrade", "enhet", "yrkesgrupp"]
    wide = {s: yearly[yearly["scenario"] == s].pivot_table(index="simulering", columns=keys, values="varde", dropna=False)
            for s in (scenario, reference)}
    between = wide[scenario] - wide[reference]
    found = effects(between.to_numpy(), 2)
    frame = between.columns.to_frame(index=False).rename(columns={"ar": "tid"})
    frame["tid"] = frame["tid"].astype(str)
    names = [
        "medelvarde",
        "mc_fel",
        "sd_parameter",
        "sd_slump",
        "effekt_undre80",
        "effekt_ovre80",
        "effekt_undre95",
        "effekt_ovre95",
    ]
    return frame.assign(
        scenario=scenario, referens=reference, tidssteg="ar", **dict(zip(names, found, strict=True)), korrelation=0.98
    )
