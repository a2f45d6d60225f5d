"""Write W1 as a region of ours: `python -m benchmarks.w1.our_region` writes `w1_region/` and `gemensamt/` beside this file.

Our model has more mechanisms than W1, so the region turns them off (feedback of workload, moves, changes of
employment rate, parental leave, notice, supervision, learning, overtime, redistribution, growth) or gives them
the numbers that make the same flows. Each number that is not simply W1's own has its reason in the file. What is
computed here is what W1 states as a distribution and a region as a table.

What stays different. A post of ours keeps its occupation: an examined nurse takes a vacant post of a specialist nurse, and
her own is advertised, where W1 turns her post into a specialist's. So we have more nurses and fewer specialists, in
sum as many, and less agency staff, since W1's demand does not follow the posts it turned. Retirement is known three
months ahead, so that those posts are advertised earlier; vacancies and hires wait for the weekly tick, which
makes up for it. And a start state has its long leaves from the first day, where W1 starts with none.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from math import cos, erf, exp, log, pi, sqrt
from pathlib import Path

from benchmarks.w1 import spec

HERE = Path(__file__).resolve().parent
START, END = "2024-01-01", "2033-12-31"  # 120 months from a Monday
TITLES = ("Undersköterska", "Sjuksköterska", "Specialistsjuksköterska", "Läkare", "Medicinsk sekreterare")
APPLICANTS_PER_HIRE = 1.5

#: Share of the nurses at the start whom W1's clock of training can reach, mean of ten years: posts become those of
#: specialists, some stand vacant, and who is in training does not begin another one. From 24.3 starts a year in W1.
AVAILABLE_FOR_TRAINING = 0.867

RULES = f"""\
# The rules of W1: no notice, one retirement age for all, no right to stay until a later age.
version: 1
riktalder_ar: {{1900-01-01: {spec.RETIRE_AGE_MEAN_YEARS - 0.5:g}}}  # W1's mean is this and the 0.5 in region.yaml
tidigaste_pension_ar: {{1900-01-01: 55}}  # no limit: W1's normal distribution has none
las_alder_ar: {{1900-01-01: 80}}  # no push at a right-to-stay age
dygnsvila_fran: {{alla: 2023-10-01}}  # there are no duty lines that it could lengthen
uppsagningstid_kort_manader: 0  # in W1 who resigns is gone and the search begins then
uppsagningstid_lang_manader: 0
uppsagningstid_lang_efter_manader: 12
"""

SCENARIO = f"""\
version: 1
scenario:
  nyckel: w1
  titel: W1 utan åtgärder
  startlage: {START}
  period: {{start: {START}, slut: {END}}}
atgarder: []
"""


def normal_below(x: float, mean: float, sd: float) -> float:
    """Give the probability that a normal draw is below x."""
    return 0.5 * (1.0 + erf((x - mean) / sd / sqrt(2.0)))


def ages(mean: float, sd: float, oldest: float) -> dict[str, float]:
    """Give the per cent in each year of age of a normal distribution clipped to W1's least age and an oldest.

    What lies at the upper limit itself is halved between the two years around it, so that its mean age is right.
    """
    least, most = int(spec.AGE_LEAST_YEARS), int(oldest)
    table = {a: normal_below(a + 1, mean, sd) - normal_below(a, mean, sd) for a in range(least, most)}
    table[least] += normal_below(least, mean, sd)
    above = 1.0 - normal_below(most, mean, sd)
    table[most - 1] += above / 2.0
    table[most] = above / 2.0
    return {f"{a}-{a}": 100.0 * share for a, share in table.items()}


def still_longer(years: float) -> float:
    """Give the probability that a tenure at the start exceeds some years: exponential, and at most age − 22."""
    most = spec.AGE_MOST_YEARS - spec.AGE_LEAST_YEARS
    if years <= 0.0:
        return 1.0  # who is clipped to the least age has a tenure of zero, which counts as more than none
    if years >= most:
        return 0.0
    old_enough = 1.0 - normal_below(spec.AGE_LEAST_YEARS + years, spec.AGE_MEAN_YEARS, spec.AGE_SD_YEARS)
    return exp(-years / spec.TENURE_MEAN_YEARS) * old_enough


def tenures() -> dict[str, float]:
    """Give the per cent in each class of tenure at the start."""
    limits = [*range(10), 10, 12, 15, 20, 25, 30, 42]
    return {f"{a}-{b}": 100.0 * (still_longer(a) - still_longer(b)) for a, b in pairwise(limits)}


def exit_percent() -> float:
    """Give the resignations a year in per cent of the register.

    W1's two rates weighed with the share of new staff; and since a region's employees do not resign while they are on
    leave, which W1's do, the rate is raised by the odds of being on leave.
    """
    new = 1.0 - still_longer(spec.NEW_YEARS)
    mean = spec.RESIGN_NEW_PER_YEAR * new + spec.RESIGN_PER_YEAR * (1.0 - new)
    odds = spec.LEAVE_PER_YEAR * spec.LEAVE_MEAN_MONTHS / spec.MONTHS_PER_YEAR
    return 100.0 * mean * (1.0 + odds)


def search(occupation: int) -> tuple[float, float]:
    """Give median weeks and sigma of a log-normal with the mean and variance of W1's whole search for an occupation.

    W1 repeats attempts of mean m until one succeeds with probability p: mean m/p and variance s²/p + m²(1 − p)/p²,
    mixed over the units, where p differs.
    """
    m = spec.VACANCY_MEAN_MONTHS * spec.WEEKS_PER_YEAR / spec.MONTHS_PER_YEAR
    s2 = m * m * (exp(spec.VACANCY_SIGMA**2) - 1.0)
    first = second = 0.0
    for unit_share, by_unit in zip(spec.UNIT_SHARES, spec.FILL_BY_UNIT, strict=True):
        p = spec.FILL_BY_OCCUPATION[occupation] * by_unit
        first += unit_share * m / p
        second += unit_share * (s2 / p + m * m * (1.0 - p) / p**2 + (m / p) ** 2)
    sigma2 = log(second / first**2)
    return first * exp(-0.5 * sigma2), sqrt(sigma2)


def presence() -> dict[str, float]:
    """Give the season of short sick leave as a factor on presence, so that presence × (1 − level) is W1's."""
    level = 1.0 - spec.SICK_LEVEL
    return {
        f"vecka_{w + 1:02d}": 1.0 - spec.SICK_SEASON * cos(2.0 * pi * w / spec.WEEKS_PER_YEAR) / level
        for w in range(spec.WEEKS_PER_YEAR)
    }


def inline(table: dict[str, float], digits: int = 4) -> str:
    """Write a table on one line."""
    return "{" + ", ".join(f"{k}: {v:.{digits}f}".rstrip("0").rstrip(".") for k, v in table.items()) + "}"


def group(occupation: int, n: int) -> str:
    """Write an occupation group."""
    median, sigma = search(occupation)
    hires = n * spec.OCCUPATION_SHARES[occupation] * spec.EXPECTED["hires_per_year"] / spec.EXPECTED_STAFF
    there = 1.0 - spec.SICK_LEVEL - spec.SICK_BY_OCCUPATION[occupation]
    leave = spec.lognormal_median(spec.LEAVE_MEAN_MONTHS, spec.LEAVE_SIGMA)
    start = ages(spec.AGE_MEAN_YEARS, spec.AGE_SD_YEARS, spec.AGE_MOST_YEARS)
    hired = ages(spec.HIRE_AGE_MEAN_YEARS, spec.HIRE_AGE_SD_YEARS, spec.HIRE_AGE_MOST_YEARS)
    return f"""\
  {spec.OCCUPATIONS[occupation]}:
    titel: {TITLES[occupation]}
    manadslon_kr: 35000  # W1 has no money
    hyra:  # a week's gap is covered the week after; the share ordered stands for W1's limit of a tenth of the demand
      pris_kr_timme: 800
      pris_okning_procent: 0
      ledtid_veckor: 1
      leveranssakerhet_andel: 1
      produktivitet_andel: 1
      avropsandel: 0.85
    avgang_procent_ar: {exit_percent():.3f}  # .14 and .06 by tenure at the start, × 1/(1 − on leave): see exit_percent
    till_hyrbolag_andel: 0
    intern_rorlighet_procent_ar: 0  # nobody moves in W1
    andrad_sysselsattningsgrad_procent_ar: 0
    sysselsattningsgrad: {inline({f"{g / 2:g}": 100 * s for g, s in zip(spec.GRADES, spec.GRADE_SHARES, strict=True)})}
    # W1's long leave is our long sick leave, one clock with the same law; all come back, nobody stands in for them.
    sjukfranvaro:
      kort_procent: 0
      kort_spridning_procent: 0
      lang_incidens_procent_ar: {100 * spec.LEAVE_PER_YEAR:g}
      lang_median_manader: {leave:.4f}
      lang_sigma: {spec.LEAVE_SIGMA}
      aterkommer_inte_andel: 0
    foraldraledighet: {{incidens_procent_ar: 0}}
    tjanstledighet: {{incidens_procent_ar: 0}}
    vikariat_andel: 0
    mertid_andel: 0
    narvaro_andel: {there:g}  # W1's short sick leave; it is known beforehand there, so agency staff covers it
    pension: {{typisk_relativt_riktalder: 0.5, spridning_ar: {spec.RETIRE_AGE_SD_YEARS}, arbetar_vidare_andel: 0}}
    sokande:
      ankomst_per_ar: {APPLICANTS_PER_HIRE * hires:.2f}  # {APPLICANTS_PER_HIRE:g} for each hire: a ripe post seldom waits
      talamod_veckor: 8
      ledtid_veckor: {median:.3f}  # one search with the mean and variance of W1's attempts until one succeeds
      ledtid_sigma: {sigma:.4f}
      uppsagningstid_manader: 0  # who is hired starts at once
      nyexaminerade_andel: 0
    inlarning:  # nobody learns in W1: full work from the first day
      start_andel: 1
      introduktion_manader: 0
      efter_introduktion_andel: 1
      erfaren_efter_manader: 1
      erfaren_start_andel: 1
      handledartimmar_vecka: 0
    aldersfordelning: {inline(start)}
    anstallningstid: {inline(tenures())}
    alder_nyanstallda: {inline(hired)}
"""


def units(n: int, parts: int) -> str:
    """Write the units, each in a number of equal parts (the last head goes to the first part)."""
    names, heads, text = spec.OCCUPATIONS, spec.heads_by_cell(n), ""
    for u, unit in enumerate(spec.UNITS):
        for part in range(parts):
            there = {name: float((heads[spec.cell(u, o)] + parts - 1 - part) // parts) for o, name in enumerate(names)}
            need = {name: spec.demand_hours(int(h), 0) for name, h in there.items()}
            text += (
                f"  {unit}{f'_{part + 1}' if part else ''}:\n    titel: Enhet {u + 1}{f'.{part + 1}' if part else ''}\n"
                f"    omrade: w1\n    schematyp: w1\n    sasong: w1\n"
                f"    anstallda: {inline(there)}\n    bemanningsmal_timmar_vecka: {inline(need)}\n"
            )
    return text


def region(n: int, parts: int = 1) -> str:
    """Write the region file for N employees; with `parts` each unit of W1 is so many equal units."""
    names = spec.OCCUPATIONS
    groups = "".join(group(o, n) for o in range(len(names)))
    shifts = "".join(
        f"  - {{fran: {names[helped]}, till: {names[helps]}, hogst_andel_av_gap: {most}, frigjord_timme_per_timme: {covered}}}\n"
        for helps, helped, most, covered in spec.SHIFT_RULES
    )
    starts = n * spec.OCCUPATION_SHARES[spec.NURSE] * spec.TRAIN_PER_YEAR * AVAILABLE_FOR_TRAINING / 2.0
    return f"""\
# W1, the reference workload of the benchmarks, as a region. Written by `python -m benchmarks.w1.our_region`: edit that.
version: 1
region: {{nyckel: w1, namn: W1}}
startlagen:
  {START}:
    antagande: ja
    vakansgrad_procent: {inline({name: 0.0 for name in names})}  # every post is held at the start
ekonomi: {{po_procent: {{2024: 45}}, loneokning_procent: 0}}
parametrar:
  # W1 has no feedback: workload moves neither exits nor sick leave, vacancies do not draw applicants.
  belastning_till_avgang_theta: 0
  belastning_till_sjuk_theta: 0
  sokande_svar_pa_vakans: 0
  novis_avgang_faktor: {spec.RESIGN_NEW_PER_YEAR / spec.RESIGN_PER_YEAR:.6f}  # .14 against .06, for 24 months in both
  ung_avgang_faktor: 1
  missanpassning_procent: 0
  behov_okning_procent: 0
  dygnsvila_extra_procent: 0
  omfordelning_andel: 0  # units do not help each other
  hyrpris_elasticitet: 0
  nytta_belastning: 0  # applicants take any post
overtid: {{praxis_andel: 0}}  # W1's order is shift, agency, unmet
handledare: {{timmar_vecka_per_person: 0}}
schematyper: {{w1: {{heltid_timmar_vecka: {spec.FULL_TIME_HOURS}}}}}
sasonger:
  w1: {{vecka_{spec.SUMMER_FIRST_WEEK + 1}_{spec.SUMMER_LAST_WEEK + 1}: {spec.SUMMER_FACTOR}, ovrigt: 1}}  # W1's weeks from 0
franvaro_profil: w1
narvaroprofiler:
  w1: {inline(presence(), 5)}  # the season of short sick leave
omraden: {{w1: W1}}
fri_uppgiftsvaxling:
{shifts}\
utbildningar:
  # W1 starts each nurse's training at random, .02 a year; here as many begin, half each term.
  specialist:
    titel: Specialistutbildning
    typ: utbildningstjanst
    fran: {names[spec.NURSE]}
    till: {names[spec.SPECIALIST]}
    platser: {{vt: {int(starts)}, ht: {int(2 * starts + 0.5) - int(starts)}}}
    studietakt_procent: 50
    langd_terminer: {spec.TRAIN_MONTHS / 6:g}
    avbrott_procent_termin: 0
    minst_manader_erfarenhet: 0
    handledartimmar_vecka: 0
    pagaende: 0  # nobody is in training at the start
yrkesgrupper:
{groups}\
enheter:
{units(n, parts)}"""


def write(folder: Path, n: int = spec.EXPECTED_STAFF, parts: int = 1) -> Path:
    """Write the files of a region of N employees below a folder; give the path of the scenario."""
    catalogue = "# W1 has no measures.\nversion: 1\natgarder: []\n"
    files = {
        "w1_region/region.yaml": region(n, parts),
        "w1_region/w1.yaml": SCENARIO,
        "gemensamt/regler.yaml": RULES,
        "gemensamt/atgarder.yaml": catalogue,
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "w1_region" / "w1.yaml"


if __name__ == "__main__":
    print(write(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE))
