"""Generated small regions and measures of every lever type, as the trees of their files."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from kompetenssim.levers import LEVERS
from kompetenssim.spec import region as schema
from kompetenssim.spec.number import Number

Tree = dict[str, Any]
Draw = Callable[[st.SearchStrategy[Any]], Any]

UNITS = ("alfa", "beta", "gamma", "delta")
GROUPS = ("lakare", "sjukskoterska", "specialist", "underskoterska")
FAMILIES = {"lakare": "lakare", "sjukskoterska": "ssk", "specialist": "ssk", "underskoterska": "usk"}
PAY = {"lakare": 70000, "sjukskoterska": 36000, "specialist": 41000, "underskoterska": 30000}
DATES = tuple(f"2023-{month:02d}-{day:02d}" for month in range(1, 13) for day in (1, 9))

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
SHORT_PHASES = [Phase.explicit, Phase.generate]  # shrinking takes minutes: the long pass does that
settings.register_profile("suite", deadline=None, derandomize=True, suppress_health_check=SLOW, phases=SHORT_PHASES)
settings.register_profile("long", max_examples=1000, deadline=None, suppress_health_check=SLOW, print_blob=True)


def profile(examples: int) -> settings:
    """Give the settings of a test that simulates: so many examples, always the same.

    With KOMPETENSSIM_HYPOTHESIS=long it is a long pass: a thousand other examples each time, and a failing one is made small.
    """
    chosen = os.environ.get("KOMPETENSSIM_HYPOTHESIS", "suite")
    found = settings.get_profile(chosen)
    return found if chosen == "long" else settings(found, max_examples=examples)


def numbers(low: float, high: float, places: int = 2) -> st.SearchStrategy[float]:
    """Give numbers as a person would write them."""
    scale = 10**places
    return st.integers(round(low * scale), round(high * scale)).map(lambda n: n / scale)


YES_NO = st.sampled_from(["ja", "nej"])


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
    first, second = (one, other) if one != other else (groups[min(1, len(groups) - 1)], groups[0])
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
                    {"yrkesgrupp": one, "antal_aa": draw(numbers(-8, 8)), "beslut_under_ar": draw(YES_NO)},
                    {"yrkesgrupp": one, "antal_aa": draw(numbers(0, 6)), "hojer_behovet": "ja"},
                    {"frysning": "ja"},
                    {"stang_enhet": units[-1], "dra_in_tjanster": draw(YES_NO)},
                    {"vardplatser_procent": draw(numbers(-100, 0))},
                    {"vardplatser_procent": draw(numbers(1, 100))},
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
                    {"tak_per_vecka": draw(st.integers(0, 5)), "avklingning_manader": draw(numbers(0.1, 30))},
                    {"tak_andel": draw(numbers(0, 1)), "avklingar": draw(YES_NO)},
                    {"tak_mkr_ar": draw(numbers(0, 3))},
                    {"fast_linje": {"antal": draw(numbers(0, 4))}},
                    {"beslutsledtid_veckor": draw(st.integers(0, 26))},
                    {"pris_faktor": draw(numbers(0.2, 5)), "pristak_kr_timme": 400},
                ]
            )
        ),
        "introduktion": {"tidsandel_procent": draw(numbers(0, 50)), "inlarning_faktor": draw(numbers(0.3, 2))},
        "lon_och_forman": {"paslag_procent": draw(numbers(-50, 100))},
        "overtidsregel": {
            "praxis_andel": draw(numbers(0, 0.3)),
            "tak_timmar_4_veckor": draw(numbers(0, 50)),
            "ersattning_faktor": draw(numbers(0.5, 3)),
            "frivillighet_faktor": draw(numbers(0, 3)),
        },
        "rekrytering": {
            "ankomst_faktor": draw(numbers(0.2, 3)),
            "ledtid_faktor": draw(numbers(0.2, 3)),
            "bonus_kr": 10000,
            "bindning_manader": draw(st.integers(0, 24)),
        },
        "resurspool": {"yrkesgrupper": [one], "timmar_vecka": draw(numbers(0, 400))},
        "schema": {"mismatch_minskning_pp": draw(numbers(-10, 20)), "flyttade_semesterveckor_andel": draw(numbers(0, 1))},
        "sjukfranvaro": {
            "korttid_faktor": draw(numbers(0.3, 1.5)),
            "incidens_faktor": draw(numbers(0.3, 1.5)),
            "langd_faktor": draw(numbers(0.3, 1.5)),
            "kapacitet_personer_ar": draw(numbers(0, 20)),
        },
        "vardbehov": {
            "andring_procent": draw(numbers(-90, 200)),
            "sammansattning": draw(st.sampled_from(["produkt", "summa"])),
        },
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


# --- regions and plans at the edges of what a file may say, for the equality of the engines

ODD_UNITS = ("alfa", "beta", "gamma", "delta", "epsilon", "omega")
ODD_GROUPS = ("lakare", "sjukskoterska", "specialist", "underskoterska", "sekreterare", "vardbitrade")
#: Ranges of the schema that are wider than a small region is.
MOST = 60.0


def ranges(part: type[schema.Part]) -> dict[str, tuple[float, float]]:
    """Give the numbers of a part that may be left out, by their keys, with the range the schema allows."""
    found = {}
    for field in part.model_fields.values():
        extra = field.json_schema_extra
        plain = field.annotation in (Number, Number | None) and not field.is_required()
        if plain and isinstance(extra, dict) and extra.get("ge") is not None:
            found[str(field.alias)] = (float(str(extra["ge"])), float(str(extra["le"])))
    return found


@st.composite
def anywhere(draw: Draw, low: float, high: float) -> Any:
    """Give a number within a range: an end, a small one, one in between, or an uncertain one."""
    high = min(high, max(MOST, low))
    a, b, c = sorted(draw(numbers(low, high)) for _ in range(3))
    uncertain = {"undre": a, "trolig": b, "ovre": c} if a < b < c else a
    return draw(st.sampled_from([low, high, min(high, max(low, 1.0)), b, uncertain]))


def some_of(draw: Draw, part: type[schema.Part], most: int = 3, skip: tuple[str, ...] = ()) -> Tree:
    """Give some numbers of a part, anywhere in their ranges."""
    every = {key: span for key, span in sorted(ranges(part).items()) if key not in skip}
    keys = draw(st.lists(st.sampled_from(sorted(every)), max_size=most, unique=True)) if every else []
    return {key: draw(anywhere(*every[key])) for key in keys}


def few(draw: Draw) -> int:
    """Give the size of a cell: often empty or one person."""
    found: int = draw(st.sampled_from([0, 0, 1, 1, 2, draw(st.integers(0, 12))]))
    return found


@st.composite
def odd_regions(draw: Draw, start: str) -> Tree:
    """Give a region of 1–6 units and 1–6 groups, some of them empty, with numbers anywhere in the allowed ranges."""
    units, groups = ODD_UNITS[: draw(st.integers(1, 6))], ODD_GROUPS[: draw(st.integers(1, 6))]
    heads = {u: {g: few(draw) for g in groups} for u in units}
    heads[units[0]][groups[0]] += 1
    areas = ["ett", "tva", "tre"][: draw(st.integers(1, 3))]
    world: Tree = {
        "version": 1,
        "region": {"nyckel": "prov", "namn": "Provregionen"},
        "startlagen": {start: _start_state(draw, groups)},
        "parametrar": some_of(draw, schema.Parameters, 6),
        "ekonomi": {"po_procent": {2022: 46, 2024: draw(numbers(0, 80))}, **some_of(draw, schema.Economy)},
        "yrkesgrupper": {g: _odd_group(draw, g, n) for n, g in enumerate(groups)},
        "schematyper": {"dag": {"heltid_timmar_vecka": draw(numbers(20, 48))}, "dygn": {"heltid_timmar_vecka": 38.25}},
        "sasonger": {"vard": {"vecka_25_33": draw(numbers(0, 2)), "vecka_51_02": 1.1, "pask": draw(numbers(0, 3)), "ovrigt": 1}},
        "omraden": {a: a for a in areas},
        "enheter": {u: _odd_unit(draw, u, heads[u], areas) for u in units},
        "handledare": some_of(draw, schema.Supervision),
        "overtid": some_of(draw, schema.Overtime, 4),
        "bemanningsordning": {
            "planerat": ["egen", *draw(st.permutations(["vikarie", "omfordelning", "resurspool", "hyra"]))],
            "akut": list(draw(st.permutations(["uppgiftsvaxling", "mertid", "extrapass", "overtid"]))),
        },
        "studentkullar": {
            f"elever{n}": {
                "yrkesgrupp": draw(st.sampled_from(groups)),
                "examinerade": {"vt": draw(st.integers(0, 6)), "ht": draw(st.integers(0, 6))},
                "begransas_av_vfu": draw(YES_NO),
                **some_of(draw, schema.Graduates),
            }
            for n in range(draw(st.integers(0, 2)))
        },
        "kullar": [_cohort(draw, groups, units, start) for _ in range(draw(st.integers(0, 3)))],
    }
    if draw(st.booleans()):
        world["resurspool"] = {"enhet": units[-1], **some_of(draw, schema.Pool)}
    if len(groups) > 1:
        pairs = draw(st.lists(st.sampled_from([(a, b) for a in groups for b in groups if a != b]), max_size=3, unique=True))
        world["fri_uppgiftsvaxling"] = [{"fran": a, "till": b, **some_of(draw, schema.FreeShift)} for a, b in pairs]
        world["utbildningar"] = {
            f"kurs{n}": {"titel": "Kurs", **_odd_training(draw, groups)} for n in range(draw(st.integers(0, 3)))
        }
    return world


def _start_state(draw: Draw, groups: tuple[str, ...]) -> Tree:
    found: Tree = {
        "antagande": "ja",
        "vakansgrad_procent": {g: draw(numbers(0, 60)) for g in groups},
        **some_of(draw, schema.StartState, 1, ("lonelage_faktor", "hyrpris_faktor")),
    }
    if draw(st.booleans()):
        found["hyrkostnad_mkr"] = [{"population": {"yrkesgrupp": groups[0]}, "varde": draw(numbers(0, 8))}]
    if draw(st.booleans()):
        found["obemannat_procent"] = {groups[-1]: draw(numbers(0, 40))}
    return found


def _odd_group(draw: Draw, key: str, n: int) -> Tree:
    price = draw(st.sampled_from([{"pris_kr_timme": 700}, {"pris_kr_vecka": 50000}]))
    found: Tree = {
        "titel": key,
        "manadslon_kr": 30000 + 8000 * n,
        "hyra": {**price, **some_of(draw, schema.Agency, 3, ("pris_kr_timme", "pris_kr_vecka"))},
        "hyrs_in": draw(st.sampled_from(["ja", "ja", "nej"])),
        "handledarfamilj": draw(st.sampled_from(["lakare", "ssk", "usk", "ovrig"])),
        **some_of(draw, schema.Group, 6),
        "pension": some_of(draw, schema.Pension),
        "sjukfranvaro": some_of(draw, schema.SickLeave),
        "foraldraledighet": some_of(draw, schema.ParentalLeave),
        "tjanstledighet": some_of(draw, schema.LeaveOfAbsence),
        "sokande": some_of(draw, schema.Applicants),
        "inlarning": some_of(draw, schema.Learning),
    }
    if draw(st.booleans()):
        found["aldersfordelning"] = {"20-29": draw(st.integers(0, 60)), "50-59": 1, "60-66": draw(st.integers(0, 60))}
    if draw(st.booleans()):
        found["sysselsattningsgrad"] = {100: draw(st.integers(0, 60)), 75: 1, 33: draw(st.integers(0, 60))}
    if draw(st.booleans()):
        found["anstallningstid"] = {"0-1": draw(st.integers(0, 60)), "2-20": 1}
    return found


def _odd_unit(draw: Draw, key: str, heads: dict[str, int], areas: list[str]) -> Tree:
    found: Tree = {
        "titel": key,
        "omrade": draw(st.sampled_from(areas)),
        "schematyp": draw(st.sampled_from(["dag", "dygn"])),
        "sasong": draw(st.sampled_from(["jamn", "vard"])),
        "specialitet": draw(st.sampled_from(["allman", "allman", "egen"])),
        "anstallda": {g: n for g, n in heads.items() if n > 0 or draw(st.booleans())},
        "avstand_min": draw(st.integers(0, 600)),
    }
    need = draw(st.sampled_from(["bemanningsmal_aa", "bemanningsmal_timmar_vecka", "passmatris", ""]))
    if need:
        share = {g: round((n + 0.3) * draw(numbers(0, 2)), 2) for g, n in heads.items()}
        found[need] = {
            "bemanningsmal_aa": share,
            "bemanningsmal_timmar_vecka": {g: 30 * n for g, n in share.items()},
            "passmatris": {g: {"dag": int(n), "natt": draw(st.integers(0, 1))} for g, n in share.items()},
        }[need]
    for table, most in (("sommarvikarier_aa", 3), ("vakanser_aa", 5)):
        if draw(st.booleans()):
            found[table] = {g: draw(numbers(0, most)) for g in heads}
    group = draw(st.sampled_from(sorted(heads)))
    if draw(st.booleans()):
        found["minst_per_pass"] = {group: {"dag": draw(st.integers(0, 2)), "natt": draw(st.integers(0, 1))}}
    if draw(st.booleans()):
        found["jourlinjer"] = [
            {
                "yrkesgrupp": group,
                "typ": draw(st.sampled_from(["primarjour", "bakjour", "beredskap"])),
                "timmar_vecka": draw(numbers(0, 168)),
                "kompensation": draw(st.sampled_from(["ledighet", "pengar"])),
            }
        ]
    return found


def _cohort(draw: Draw, groups: tuple[str, ...], units: tuple[str, ...], start: str) -> Tree:
    several = draw(st.lists(st.sampled_from(groups), min_size=1, max_size=3, unique=True))
    of = {"yrkesgrupp": several[0]} if len(several) == 1 else {"yrkesgrupper": {g: draw(numbers(0.1, 100)) for g in several}}
    return of | {
        "enhet": draw(st.sampled_from(units)),
        "datum": draw(st.one_of(days(start, -20, 500), st.lists(days(start, -20, 500), min_size=1, max_size=3))),
        "antal": draw(st.integers(0, 6)),
        "andel_kvar": draw(numbers(0, 1)),
        "bindning_manader": draw(st.sampled_from([0, 0, 1.5, 24])),
    }


def _odd_training(draw: Draw, groups: tuple[str, ...]) -> Tree:
    first, last = draw(st.permutations(groups))[:2]
    kind = draw(st.sampled_from(["utbildningstjanst", "studielon", "st", "bt", "at", "ast"]))
    found: Tree = {"typ": kind, "fran": first, "platser": {"vt": draw(st.integers(0, 3)), "ht": draw(st.integers(1, 3))}}
    if kind not in ("at", "bt"):
        found["till"] = last
    if draw(st.booleans()):
        found["under"] = draw(st.sampled_from(groups))
    if draw(st.booleans()):
        found |= _training(draw)
    return found | some_of(draw, schema.Programme, 2, ("langd_terminer", "studietakt_procent"))


@st.composite
def days(draw: Draw, start: str, first: int, last: int) -> str:
    """Give a day, counted from a start."""
    return (date.fromisoformat(start) + timedelta(draw(st.integers(first, last)))).isoformat()


@st.composite
def odd_plans(draw: Draw, world: Tree, start: str) -> Tree:
    """Give a scenario of any length, from a day to two years, with up to six measures at odd dates."""
    groups, units = list(world["yrkesgrupper"]), list(world["enheter"])
    end = draw(st.one_of(days(start, 0, 45), days(start, 20, 400), days(start, 400, 800)))
    spans = {
        "lonekonkurrens_procent": (-20, 30),
        "hyrpris_index": (0.2, 4),
        "hyrtillgang_index": (0, 3),
        "behov_okning_procent": (-20, 30),
    }
    given = [key for key in spans if draw(st.booleans())]
    outside = {key: {y: draw(numbers(*spans[key])) for y in (2023, 2024, 2025)} for key in given}
    return {
        "version": 1,
        "scenario": {"nyckel": "plan", "titel": "Planen", "startlage": start, "period": {"start": start, "slut": end}},
        "omvarld": outside,
        "atgarder": [_odd_measure(draw, n, groups, units, start) for n in range(draw(st.integers(0, 6)))],
    }


def _odd_measure(draw: Draw, n: int, groups: list[str], units: list[str], start: str) -> Tree:
    begins = draw(days(start, -200, 500))
    alone = {"uppgiftsvaxling", "utbildningstjanst"} if len(groups) == 1 else set()
    kinds = [k for k in sorted(LEVERS) if k not in alone and (n > 0 or k != "forutsattning")]
    found: Tree = {
        "nyckel": f"m{n}",
        "titel": "Åtgärd",
        "start": begins,
        "ramp_manader": draw(st.sampled_from([0, 0, 1, 7, 30])),
        "ramp_form": draw(st.sampled_from(["logistisk", "stegvis"])),
        "realisering_andel": draw(st.sampled_from([1, draw(numbers(0, 1))])),
        "aviserad": draw(YES_NO),
        "sannolikhet_genomford_procent": draw(st.sampled_from([100, 100, 50, 0])),
        "kostnad": {"arlig_mkr": draw(numbers(0, 3)), "engang_mkr": draw(numbers(0, 3))},
        "antagande": "ja",
    }
    if draw(st.booleans()):
        found["slut"] = draw(days(begins, 0, 400))
    if draw(st.booleans()):
        found["avklingning_manader"] = draw(st.integers(1, 24))
    if draw(st.booleans()):
        found["effektgrupp"] = draw(st.sampled_from(["samma", "annan"]))
    if begins < start and draw(st.booleans()):
        found["i_drift_vid_start"] = "ja"
    if draw(st.booleans()):
        found["omfattning"] = {"enheter": draw(st.lists(st.sampled_from(units), min_size=1, unique=True))}
    for _ in range(draw(st.sampled_from([1, 1, 2]))):
        kind = draw(st.sampled_from(kinds))
        skip = ("frigjord_timme_per_timme",) if kind == "uppgiftsvaxling" else ()
        found[kind] = some_of(draw, LEVERS[kind], 2, skip) | _block(draw, kind, groups, units, begins)
    return found


@st.composite
def rules(draw: Draw) -> str:
    """Give the text of dated rules, with notice and terms as drawn."""
    short, long, after = draw(numbers(0, 4)), draw(numbers(0, 8)), draw(st.integers(0, 60))
    spring, autumn = draw(st.integers(1, 26)), draw(st.integers(27, 52))
    return f"""\
version: 1
riktalder_ar: {{1900-01-01: 65, 2023-07-01: {draw(st.integers(60, 70))}}}
tidigaste_pension_ar: {{1900-01-01: 61, 2023-03-01: {draw(st.integers(60, 66))}}}
las_alder_ar: {{1900-01-01: 67, 2023-10-01: {draw(st.integers(66, 70))}}}
dygnsvila_fran: {{alla: 2023-10-01}}
uppsagningstid_kort_manader: {short}
uppsagningstid_lang_manader: {long}
uppsagningstid_lang_efter_manader: {after}
terminsstart_vecka: {{vt: {spring}, ht: {autumn}}}
"""


@st.composite
def cases(draw: Draw) -> Tree:
    """Give a region, a plan that starts on any weekday, and dated rules; now and then a file may not say it."""
    start = draw(days("2023-01-01", 0, 400))
    world = draw(odd_regions(start))
    return {"region": world, "plan": draw(odd_plans(world, start)), "rules": draw(rules())}
