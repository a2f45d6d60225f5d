"""A clinic as WISN counts it, through our YAML and engine (Human Resources for Health 15, 2017, table 3).

100,000 visits of a quarter of an hour = 3,125 eight-hour days. Available working time 52 × 4.5 − 10 − 30 − 15 = 179 days.
"""

from __future__ import annotations

from typing import Any

from tests.directional.build import Runs, run, template

CLINICS = 100  # the clinic a hundred times over, so that heads express 17.46 and 18.49
WORKLOAD_DAYS, AVAILABLE_DAYS, ALLOWANCE_DAYS = 100_000 * 0.25 / 8, 52 * 4.5 - 10 - 30 - 15, 10
WEEK_DAYS = 4.5
PUBLISHED = (("Staff for the visits", 17.46, 0.0), ("with ten days a year for other things", 18.49, 10.0))


def clinic(heads: int, allowance: float) -> Runs:
    """Simulate a month of the clinic: nobody ill, on leave, new or leaving, and every week alike."""
    still: dict[str, Any] = {
        "avgang_procent_ar": 0, "intern_rorlighet_procent_ar": 0, "andrad_sysselsattningsgrad_procent_ar": 0,
        "sjukfranvaro": {"kort_procent": 0, "lang_incidens_procent_ar": 0},
        "foraldraledighet": {"incidens_procent_ar": 0}, "tjanstledighet": {"incidens_procent_ar": 0},
    }  # fmt: skip
    counsellor = {
        "titel": "Rådgivare", "manadslon_kr": 30000, "hyrs_in": "nej", "sysselsattningsgrad": {"100": 100},
        "aldersfordelning": {"40-49": 100}, "anstallningstid": {"10-20": 100}, "narvaro_andel": AVAILABLE_DAYS / (52 * WEEK_DAYS),
        "jourkomp_procent": 100 * allowance / AVAILABLE_DAYS,
    }  # fmt: skip
    base = {
        "version": 1,
        "region": {"nyckel": "prov", "namn": "Kenya"},
        "startlagen": {"2023-01-01": {"antagande": "ja"}},
        "parametrar": {"behov_okning_procent": 0, "missanpassning_procent": 0},
        "ekonomi": {"po_procent": {"2022": 0}},
        "yrkesgrupper": {"radgivare": counsellor | still},
        "schematyper": {"dag": {"heltid_timmar_vecka": 8 * WEEK_DAYS}},
        "franvaro_profil": "jamn",
        "narvaroprofiler": {"jamn": {"ovrigt": 1.0}},
        "omraden": {"klinik": "Klinik"},
        "enheter": {
            "klinik": {
                "titel": "Klinik", "omrade": "klinik", "anstallda": {"radgivare": heads},
                "bemanningsmal_timmar_vecka": {"radgivare": CLINICS * WORKLOAD_DAYS * 8 / 52},
            }
        },
    }  # fmt: skip
    return run(template(base=base, years=1 / 12), 1)


def coverage(runs: Runs) -> float:
    """Give own hours, used and unused, over the need."""
    return float((runs.sum("own", "surplus") / runs.sum("need"))[0])


def needed_staff(allowance: float) -> float:
    """Give the staff at which our hours meet our need exactly: the staff we gave, less what covers nothing."""
    given = 1746
    return given / CLINICS / coverage(clinic(given, allowance))


def table() -> str:
    """Give the table of the page."""
    lines = ["| | published | ours | difference |", "|---|---|---|---|"]
    for title, published, allowance in PUBLISHED:
        ours = needed_staff(allowance)
        lines.append(f"| {title} | {published} | {ours:.2f} | {ours - published:+.2f} |".replace("-", "−"))
    return "\n".join(lines) + "\n"
