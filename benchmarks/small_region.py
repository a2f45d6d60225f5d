"""Write the small region of the precision benchmark: three groups in four units, everything on, in a supply of one's choice."""

from __future__ import annotations

from pathlib import Path

#: Applicants a year for each hundred employees. About twelve are needed: turnover and retirement.
SUPPLIES = {"scarce": 8.0, "easy": 20.0, "plentiful": 60.0}
UNCHANGED, FEWER_EXITS, MORE_POSTS = "unchanged", "exits −1 %", "+12 posts"
STAFF = {
    "ward_a": {"physician": 8, "nurse": 36, "assistant": 34},
    "ward_b": {"physician": 8, "nurse": 34, "assistant": 32},
    "clinic": {"physician": 10, "nurse": 24, "assistant": 14},
    "centre": {"physician": 14, "nurse": 26, "assistant": 20},
}
GROUPS = {"physician": (80000, 1600), "nurse": (37000, 700), "assistant": (30000, 450)}  # monthly pay, agency price an hour
MEASURES = {
    UNCHANGED: "[]",
    FEWER_EXITS: """
  - {nyckel: stay, titel: Färre slutar, start: 2023-01-01, antagande: ja, behalla: {yrkesgrupper: [all], avgang_faktor: 0.99}}""",
    MORE_POSTS: """
  - {nyckel: posts, titel: Fler tjänster, start: 2023-01-01, antagande: ja, dimensionering: {yrkesgrupp: nurse, antal_aa: 12}}""",
}
RULES = """\
version: 1
riktalder_ar: {1990-01-01: 66}
tidigaste_pension_ar: {1990-01-01: 63}
las_alder_ar: {1990-01-01: 69}
"""


def region(supply: str) -> str:
    """Write the region file."""
    groups, units = "", ""
    for name, (pay, price) in GROUPS.items():
        arrivals = SUPPLIES[supply] / 100.0 * sum(staff[name] for staff in STAFF.values())
        groups += (
            f"  {name}:\n    titel: {name}\n    manadslon_kr: {pay}\n    handledarfamilj: {name}\n"
            f"    hyra: {{pris_kr_timme: {price}, ledtid_veckor: 3}}\n    sokande: {{ankomst_per_ar: {arrivals:.2f}}}\n"
        )
    for name, staff in STAFF.items():
        heads = ", ".join(f"{group}: {n}" for group, n in staff.items())
        area = "primary" if name == "centre" else "hospital"
        units += f"  {name}:\n    titel: {name}\n    omrade: {area}\n    schematyp: day\n    anstallda: {{{heads}}}\n"
    return f"""\
version: 1
region: {{nyckel: small, namn: Small}}
startlagen:
  2023-01-01:
    antagande: ja
    vakansgrad_procent: {{physician: 8, nurse: 8, assistant: 4}}
    obemannat_procent: {{physician: 10, nurse: 10, assistant: 5}}
ekonomi: {{po_procent: {{2022: 46}}, loneokning_procent: 0}}
grupper: {{all: [{", ".join(GROUPS)}]}}
schematyper: {{day: {{heltid_timmar_vecka: 40}}}}
omraden: {{hospital: Sjukhus, primary: Primärvård}}
yrkesgrupper:
{groups}\
enheter:
{units}"""


def scenario(change: str, years: int) -> str:
    """Write a scenario with one change or none."""
    return f"""\
version: 1
scenario:
  nyckel: small
  titel: Small
  startlage: 2023-01-01
  period: {{start: 2023-01-01, slut: {2022 + years}-12-31}}
atgarder: {MEASURES[change]}
"""


def write(folder: Path, supply: str, change: str, years: int) -> Path:
    """Write the files below a folder; give the path of the scenario."""
    files = {
        "small/region.yaml": region(supply),
        "small/small.yaml": scenario(change, years),
        "gemensamt/regler.yaml": RULES,
        "gemensamt/atgarder.yaml": "version: 1\natgarder: []\n",
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "small" / "small.yaml"
