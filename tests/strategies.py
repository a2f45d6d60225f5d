"""Generated small regions and measures of every lever type, as the trees of their files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

Tree = dict[str, Any]
Draw = Callable[[st.SearchStrategy[Any]], Any]

UNITS = ("alfa", "beta", "gamma", "delta")
GROUPS = ("lakare", "sjukskoterska", "specialist", "underskoterska")
FAMILIES = {"lakare": "lakare", "sjukskoterska": "ssk", "specialist": "ssk", "underskoterska": "usk"}
PAY = {"lakare": 70000, "sjukskoterska": 36000, "specialist": 41000, "underskoterska": 30000}
DATES = tuple(f"2023-{month:02d}-{day:02d}" for month in range(1, 13) for day in (1, 9))


def numbers(low: float, high: float, places: int = 2) -> st.SearchStrategy[float]:
    """Give numbers as a person would write them."""
    scale = 10**places
    return st.integers(round(low * scale), round(high * scale)).map(lambda n: n / scale)


@st.composite
def regions(draw: Draw) -> Tree:
    """Give a region of 2–4 units, 2–4 groups and 20–80 employees."""
    units, groups = UNITS[: draw(st.integers(2, 4))], GROUPS[: draw(st.integers(2, 4))]
    most = 80 // (len(units) * len(groups))
    heads = {u: {g: draw(st.integers(0, most)) for g in groups} for u in units}
    missing = 20 - sum(sum(row.values()) for row in heads.values())
    heads[units[0]][groups[1]] += max(0, missing)
    for g in groups:
        heads[units[0]][g] = max(1, heads[units[0]][g])
    world: Tree = {
        "version": 1,
        "region": {"nyckel": "prov", "namn": "Provregionen"},
        "startlagen": {"2023-01-01": {"antagande": "ja", "vakansgrad_procent": {g: draw(numbers(0, 30)) for g in groups}}},
        "ekonomi": {"po_procent": {2022: 46}},
        "yrkesgrupper": {g: _group(draw, g) for g in groups},
        "schematyper": {"dag": {"heltid_timmar_vecka": 40}},
        "omraden": {"ett": "Ett", "tva": "Två"},
        "enheter": {u: _unit(draw, u, heads[u]) for u in units},
        "handledare": {"timmar_vecka_per_person": draw(numbers(0, 5))},
        "fri_uppgiftsvaxling": [{"fran": groups[1], "till": groups[0]}],
        "studentkullar": {
            "elever": {"yrkesgrupp": groups[1], "examinerade": {"vt": draw(st.integers(0, 4)), "ht": draw(st.integers(0, 4))}}
        },
    }
    if draw(st.booleans()):
        world["resurspool"] = {"enhet": units[-1], "skyddad_andel": draw(numbers(0, 1))}
    if draw(st.booleans()):
        kind = draw(st.sampled_from(["utbildningstjanst", "studielon", "ast"]))
        world["utbildningar"] = {"kurs": {"titel": "Kurs", "typ": kind, "fran": groups[1], "till": groups[0], **_training(draw)}}
    return world


def _training(draw: Draw) -> Tree:
    return {
        "platser": {"vt": draw(st.integers(1, 3)), "ht": draw(st.integers(0, 3))},
        "studietakt_procent": draw(numbers(0, 100)),
        "langd_terminer": draw(st.integers(1, 4)),
        "avbrott_procent_termin": draw(numbers(0, 40)),
        "minst_manader_erfarenhet": draw(st.integers(0, 24)),
        "handledartimmar_vecka": draw(numbers(0, 2)),
    }


def _group(draw: Draw, key: str) -> Tree:
    found: Tree = {
        "titel": key,
        "manadslon_kr": PAY[key],
        "handledarfamilj": FAMILIES[key],
        "hyra": {"pris_kr_timme": 700, "ledtid_veckor": draw(st.integers(1, 9))},
        "avgang_procent_ar": draw(numbers(0, 60)),
        "till_hyrbolag_andel": draw(numbers(0, 1)),
        "ater_fran_hyrbolag_andel": draw(numbers(0, 1)),
        "intern_rorlighet_procent_ar": draw(numbers(0, 50)),
        "vikariat_andel": draw(numbers(0, 1)),
        "narvaro_andel": draw(numbers(0.6, 1)),
        "andrad_sysselsattningsgrad_procent_ar": draw(numbers(0, 60)),
        "sjukfranvaro": {"lang_incidens_procent_ar": draw(numbers(0, 30)), "aterkommer_inte_andel": draw(numbers(0, 1))},
        "foraldraledighet": {"incidens_procent_ar": draw(numbers(0, 40))},
        "tjanstledighet": {"incidens_procent_ar": draw(numbers(0, 40))},
    }
    if draw(st.booleans()):
        found["hyrs_in"] = "nej"
    if draw(st.booleans()):
        found["sokande"] = {
            "ankomst_per_ar": draw(numbers(0, 60)),
            "ledtid_veckor": draw(numbers(0, 10)),
            "uppsagningstid_manader": draw(numbers(0, 3)),
        }
    if draw(st.booleans()):
        found["aldersfordelning"] = {"20-29": 10, "50-59": 40, "60-66": 50}
    return found


def _unit(draw: Draw, key: str, heads: dict[str, int]) -> Tree:
    found: Tree = {
        "titel": key,
        "omrade": draw(st.sampled_from(["ett", "tva"])),
        "schematyp": "dag",
        "anstallda": heads,
        "avstand_min": draw(st.integers(0, 90)),
    }
    if draw(st.booleans()):
        found["bemanningsmal_aa"] = {g: round(n * draw(numbers(0.7, 1.4)), 2) for g, n in heads.items() if n > 0}
    if draw(st.booleans()):
        found["sommarvikarier_aa"] = {g: draw(numbers(0, 3)) for g in heads}
    if draw(st.booleans()):
        found["vakanser_aa"] = {g: draw(numbers(0, 3)) for g in heads}
    return found


def _block(draw: Draw, kind: str, groups: list[str], units: list[str], start: str) -> Tree:
    """Give a lever block with numbers within the allowed ranges."""
    one, other = draw(st.sampled_from(groups)), groups[0]
    first, second = (one, other) if one != other else (groups[1], groups[0])
    if kind == "arbetsutbud":
        art = draw(st.sampled_from(["sysselsattningsgrad", "pension", "tjanstledighet"]))
        raised: Tree = {
            "sysselsattningsgrad": {"hojning_procentenheter": draw(numbers(0, 75))},
            "pension": {"manader": draw(st.integers(0, 72))},
        }.get(art, {})
        return {"art": art, "andel_beviljade_procent": draw(numbers(0, 100)), **raised}
    if kind == "dimensionering":
        return draw(
            st.sampled_from(
                [
                    {"yrkesgrupp": one, "antal_aa": draw(numbers(-8, 8))},
                    {"yrkesgrupp": one, "antal_aa": draw(numbers(0, 6)), "hojer_behovet": "ja"},
                    {"frysning": "ja"},
                    {"stang_enhet": units[-1], "dra_in_tjanster": draw(st.sampled_from(["ja", "nej"]))},
                    {"vardplatser_procent": draw(numbers(-100, 0))},
                    {"bemanningsmal_procent": draw(numbers(-90, 100))},
                ]
            )
        )
    if kind == "utbildningstjanst":
        return {"fran": first, "till": second, **_training(draw)}
    if kind == "uppgiftsvaxling":
        return {
            "fran": first,
            "till": second,
            "frigjord_timme_per_timme": draw(numbers(0.3, 1)),
            "andel_timmar_procent": draw(numbers(0, 100)),
            "klass": "fri",
            "utbildad": start,
            "overlamnad": start,
            "tillford_aa": draw(numbers(0, 10)),
        }
    if kind == "rekrytering" and draw(st.booleans()):
        return {
            "art": "kohort",
            "yrkesgrupp": one,
            "antal": draw(st.integers(1, 9)),
            "leverans_datum": start,
            "lyckandegrad": draw(numbers(0, 1)),
        }
    plain: dict[str, Tree] = {
        "behalla": {
            "avgang_faktor": draw(numbers(0.3, 1.5)),
            "intern_faktor": draw(numbers(0.2, 3)),
            "tidsandel_procent": draw(numbers(0, 30)),
        },
        "effektivisering": {
            "frigjord_andel_procent": draw(numbers(0, 60)),
            "anvandning": {"sankt_mal": 0.4, "mindre_overtid": 0.4, "mer_vard": 0.1, "forsvinner": 0.1},
        },
        "forutsattning": {
            "atgarder": ["m0"],
            "lyfter_realisering_pp": draw(numbers(0, 50)),
            "ramp_faktor": draw(numbers(0.2, 2)),
        },
        "handledning": {"avlastning_timmar_vecka": draw(numbers(0, 50)), "kapacitet_procent": draw(numbers(-50, 200))},
        "hyrstyrning": draw(
            st.sampled_from(
                [
                    {"tak_per_vecka": draw(st.integers(0, 5))},
                    {"tak_mkr_ar": draw(numbers(0, 3))},
                    {"fast_linje": {"antal": draw(numbers(0, 4))}},
                    {"beslutsledtid_veckor": draw(st.integers(0, 26))},
                    {"pris_faktor": draw(numbers(0.2, 5)), "pristak_kr_timme": 400},
                ]
            )
        ),
        "introduktion": {"tidsandel_procent": draw(numbers(0, 50)), "inlarning_faktor": draw(numbers(0.3, 2))},
        "lon_och_forman": {"paslag_procent": draw(numbers(-50, 100))},
        "overtidsregel": {"praxis_procent": draw(numbers(0, 5))},
        "rekrytering": {
            "ankomst_faktor": draw(numbers(0.2, 3)),
            "ledtid_faktor": draw(numbers(0.2, 3)),
            "bonus_kr": 10000,
            "bindning_manader": draw(st.integers(0, 24)),
        },
        "resurspool": {"yrkesgrupper": [one], "timmar_vecka": draw(numbers(0, 400))},
        "schema": {"mismatch_minskning_pp": draw(numbers(-10, 20)), "flyttade_semesterveckor_andel": draw(numbers(0, 1))},
        "sjukfranvaro": {"korttid_faktor": draw(numbers(0.3, 1.5))},
        "vardbehov": {"andring_procent": draw(numbers(-90, 200))},
    }
    return plain[kind]


@st.composite
def measures(draw: Draw, world: Tree, kinds: list[str]) -> list[Tree]:
    """Give one to five measures of the lever types in `kinds` for a region."""
    groups, units = list(world["yrkesgrupper"]), list(world["enheter"])
    found: list[Tree] = []
    for n in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from([k for k in kinds if n > 0 or k != "forutsattning"]))
        start = draw(st.sampled_from(DATES))
        m: Tree = {
            "nyckel": f"m{n}",
            "titel": "Åtgärd",
            "start": start,
            "ramp_manader": draw(st.sampled_from([0, 3, 9])),
            "ramp_form": draw(st.sampled_from(["logistisk", "stegvis"])),
            "realisering_andel": draw(numbers(0, 1)),
            "kostnad": {"arlig_mkr": draw(numbers(0, 3)), "engang_mkr": draw(numbers(0, 3))},
            "antagande": "ja",
            kind: _block(draw, kind, groups, units, start),
        }
        if draw(st.booleans()):
            m["slut"] = max(start, draw(st.sampled_from(DATES)))
        found.append(m)
    return found
