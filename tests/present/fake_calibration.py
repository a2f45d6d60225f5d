"""A made-up finished calibration, small enough to check by hand: four lines, two inside, three events."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from math import isnan, nan
from pathlib import Path
from typing import Any

from kompetenssim.calibration.store import Calibration
from kompetenssim.forecast.tablefile import write_csv

WITH, WITHOUT = "med kända händelser", "utan åtgärder"
NOT_IDENTIFIED = "ej identifierad, styrs av antagande"

#: Group, area, level before, outcome, what the model says (middle, half 80 % interval), share of particles that fall.
LINES = (
    ("lakare", "primarvard", 70.3, 39.9, 52.0, 6.0, 1.0),
    ("lakare", "sjukhus", 68.2, 68.8, 62.0, 15.0, 0.40),
    ("ssk_alla", "alla", 47.3, 22.8, 30.0, 10.0, 0.90),
    ("ovrig_hyra", "alla", 4.2, 2.5, 8.0, 3.0, 0.05),
)
NAIVE = (("modellen", "modellen med kända händelser", 0.0), ("oforandrat", "oförändrat från 2017", 0.31),
         ("forsta_nivan", "2015 års nivå", -0.25))
MEASURES = """\
version: 1
atgarder:
  - nyckel: tak
    titel: "Tak på 15 stafetter"
    start: 2018-03
  - nyckel: pris
    titel: Pristak <b>
    start: 2018-03
    slut: 2018-06-10
  - nyckel: stopp
    titel: Anställningsstopp
    start: 2018-08-01
    slut: 2018-08-31
"""


def make_calibration(
    folder: Path, *, lines: Sequence[tuple[Any, ...]] = LINES, without: Sequence[str] = (),
    evaluation: Mapping[str, Any] | None = None,
) -> Calibration:
    """Write a calibration as its store does. `without` names tables that the plan did not ask for."""
    (folder / "underlag").mkdir(parents=True)
    (folder / "indata").mkdir()
    (folder / "indata/atgarder.yaml").write_text(MEASURES, encoding="utf-8")
    for name, rows in tables(lines).items():
        if name not in without:
            write_csv(folder / "underlag" / f"{name}.csv", tuple(rows[0]), rows)
    manifest = {
        "version": 1, "slag": "kalibrering", "id": "prov_till_2017-0123456789", "nyckel": "prov_till_2017", "region": "rjh",
        "regionnamn": "Provregionen", "scenario": "utgangslage_2015", "data_till": "2017-12-31",
        "kontrollperiod": ["2018-01-01", "2018-12-31"], "handelser": ["pris", "stopp", "tak"], "konfiguration": "ab" * 32,
        "kallkod_sha256": "cd" * 32, "indata_sha256": {"atgarder.yaml": "ef" * 32}, "slumpfro": 1, "uppsattningar": 20000,
        "verksamma_i_tabellen": 810.0, "verksamma": 810.0, "sparade_rader": 2000, "vandring": None, "identifierade_riktningar": 1,
        "kontrollrader": len(lines), "kontrollrader_inom_80": 2,
    }
    info = {"utvardering": evaluation or {"number": 1, "configurations": 1, "logged": True}}
    for file, content in (("manifest.json", manifest), ("korning.json", info)):
        (folder / file).write_text(json.dumps(content), encoding="utf-8")
    return Calibration(folder)


def tables(lines: Sequence[tuple[Any, ...]] = LINES) -> dict[str, list[dict[str, Any]]]:
    """Give the tables of the made-up calibration."""
    return {
        "parametrar": parameters(), "tathet": densities(), "observationer": observations(lines),
        "riktningar": [{"riktning": 1, "egenvarde": 0.5, "grans": 0.64, "bestamd": True},
                       {"riktning": 2, "egenvarde": 0.9, "grans": 0.64, "bestamd": False}],
        "forkontroll": [
            {"kontroll": "observation", "avser": f"hyrkostnad_mkr.{g}.{a}.2017", "median": 40.0, "undre90": 30.0, "ovre90": 50.0,
             "mot": f"{before}".replace(".", ","), "haller": 30 <= before <= 50} for g, a, before, *_ in lines],
        "simuleringsprov": [
            {"parameter": p["parameter"], "sanningar": 500, "chi2": 20.0, "p": 0.4, "haller": True, "inom50": 0.5, "inom80": 0.79,
             "inom95": 0.95, "verksamma_p05": 300.0, "verksamma_median": 700.0, "ranger": "25 25"} for p in parameters()],
        "utelamnade": [{**about(g, a, "2017"), "anpassad_till": fitted, **scored(before, 45.0, 12.0), "verksamma": 600.0}
                       for g, a, before, *_ in lines for fitted in ("startlaget", "startlaget och de andra")],
        "kontroll": control(lines), "baslinjer": naive(lines),
        "register": [{"parameter": "avgang_procent_ar@distriktslakare", "prior": "5 – 7 – 12", "händelser": "40",
                      "personår": "600", "skattning": "6 – 7 – 8",
                      "kontraktion": "0,60 ± 0,02", "överspridning": "1,2", "anmärkning": ""}],
        "lackage": [{"plats": "yrkesgrupper.*.manadslon_kr", "motivering": "löner 2019", "i_stallet": ""}],
        "rakenskap": [{"identitet": "K1–K3", "avser": "summan för lakare", "tryckt": 108.7, "raknat": 108.7, "minst": 108.6,
                       "mest": 108.8, "haller": True}],
    }


def parameters() -> list[dict[str, Any]]:
    """One parameter that the data narrow, and one that they do not."""
    names = ("05", "10", "50", "90", "95")
    blank = {**{f"prior_p{n}": float(n) for n in names}, **{f"p{n}": float(k) for k, n in enumerate(names)},
             "skift_prior_sd": 0.1, "kalla": "", "antagande": True}
    return [
        {"parameter": "belastning_till_avgang_theta", **blank,
         "kontraktion": 0.08, "kontraktion_fel": 0.02, "identifierad": False, "etikett": NOT_IDENTIFIED, "konflikt": ""},
        {"parameter": "sokande_svar_pa_vakans", **blank,
         "kontraktion": 0.5, "kontraktion_fel": 0.03, "identifierad": True, "etikett": "",
         "konflikt": "flyttad 2.1 priorstandardavvikelser"},
    ]


def densities() -> list[dict[str, Any]]:
    """Two classes for each parameter."""
    return [{"parameter": p["parameter"], "fran": float(k), "till": k + 1.0, "prior": 0.5, "efterfordelning": (0.2, 0.8)[k]}
            for p in parameters() for k in (0, 1)]


def observations(lines: Sequence[tuple[Any, ...]] = LINES) -> list[dict[str, Any]]:
    """What was fitted, and the anchors of the start state, whose sum is below that of 2017."""
    numbers = {"prior_median": 40.0, "prior_undre90": 20.0, "prior_ovre90": 60.0, "medelvarde": 50.0, "undre95": 30.0,
               "p10": 40.0, "median": 50.0, "p90": 60.0, "ovre95": 70.0, "z": 0.4, "pit": 0.6, "kalla": "påhittad"}
    return [{**about(g, a, year), "roll": role, "observerat": share * before, "fel": fel, **numbers}
            for year, role, share, fel in (("2017", "matning", 1.0, 7.0), ("2015", "ankare", 0.7, nan))
            for g, a, before, *_ in lines]


def control(lines: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """The lines with and without measures, one that was never fitted, and the sum."""
    rows = []
    for g, a, before, outcome, middle, half, down in lines:
        for variant, more in ((WITH, 0.0), (WITHOUT, 10.0)):
            rows.append(_control(about(g, a, "2018"), variant, before, outcome, middle + more, half, down, counts=True))
    weeks, share = (about("lakare", "primarvard", "2018") | {"indikator": key} for key in ("stafettveckor", "hyrandel_totalt"))
    rows += [_control(weeks, WITH, nan, 610.0, 880.0, 60.0, nan), _control(share, WITH, nan, 0.167, 0.175, 0.02, nan)]
    totals = [sum(line[k] for line in lines) for k in (2, 3, 4)]
    rows += [_control(about("alla", "alla", "2018"), variant, totals[0], totals[1], totals[2], 30.0, 0.95, total=True)
             for variant in (WITH, WITHOUT)] if lines else []
    return rows


def _control(of: dict[str, Any], variant: str, before: float, outcome: float, middle: float, half: float, down: float, *,
             counts: bool = False, total: bool = False) -> dict[str, Any]:
    return {**of, "summa": total, "raknas": counts, "fore_tid": "" if isnan(before) else "2017", "fore": before,
            "variant": variant, **scored(outcome, middle, half), "andel_ned": down,
            "inom80_utan_datafel": abs(outcome - middle) <= half / 2 if variant == WITH else None}


def naive(lines: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """The model, better than unchanged and worse than the level of 2015."""
    return [{"prognos": key, "beskrivning": said, "rad": f"hyrkostnad_mkr.{g}.{a}.2018", **scored(outcome, middle, half),
             "skicklighet": skill, "summans_fel": 12.0}
            for key, said, skill in NAIVE
            for g, a, _, outcome, middle, half, _ in lines]


def about(group: str, area: str, time: str) -> dict[str, Any]:
    """Name a line of the agency cost."""
    return {"indikator": "hyrkostnad_mkr", "yrkesgrupp": group, "omrade": area, "tidsbas": "kalenderar", "tid": time}


def scored(outcome: float, middle: float, half: float) -> dict[str, Any]:
    """Give the columns of a score, as of an interval of the given half width at 80 %."""
    row: dict[str, Any] = {"utfall": outcome, "prognos_medel": middle, "crps": abs(outcome - middle) / 2, "pit": 0.4}
    for level, share in ((50, 0.5), (80, 1.0), (95, 1.6)):
        low, high = middle - share * half, middle + share * half
        row |= {f"undre{level}": low, f"ovre{level}": high, f"inom{level}": low <= outcome <= high,
                f"intervallpoang{level}": 2 * half}
    return row
