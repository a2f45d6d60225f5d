"""Faults that show only when a well-formed file meets its region: told like every other fault, with place and all at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import kompetenssim as ks
from kompetenssim.resolve import resolve

pytestmark = pytest.mark.unit

REGION = """\
version: 1
region: {nyckel: lan, namn: Länet}
startlagen:
  2024-01-01: {antagande: ja}
ekonomi: {po_procent: {2024: 45}}
yrkesgrupper:
  ssk: {titel: Ssk, manadslon_kr: 36000}
  usk: {titel: Usk, manadslon_kr: 28000, hyrs_in: nej}
  vns: {titel: VNS, manadslon_kr: 26000, hyrs_in: nej}
schematyper: {dag: {heltid_timmar_vecka: 40}}
enheter:
  medicin: {titel: Medicin, omrade: sjukhus, anstallda: {ssk: 12, usk: 9}}
  kirurgi: {titel: Kirurgi, omrade: sjukhus, anstallda: {ssk: 10}}
"""
PLAN = """\
version: 1
scenario:
  nyckel: plan
  titel: Planen
  startlage: 2024-01-01
  period: {start: 2024-01-01, slut: 2024-03-31}
"""


def write(folder: Path, *, region: str = REGION, plan: str = PLAN, **others: str) -> Path:
    """Write `lan/region.yaml` and scenarios beside it; gives the path of the plan."""
    home = folder / "scenarios" / "lan"
    home.mkdir(parents=True)
    for name, text in {"region": region, "plan": plan, **others}.items():
        (home / f"{name}.yaml").write_text(text, encoding="utf-8")
    return home / "plan.yaml"


def measures(*written: str) -> str:
    return PLAN + "atgarder:\n" + "".join(f"  - {{nyckel: m{i}, titel: M, {text}}}\n" for i, text in enumerate(written))


def faults(path: Path) -> list[str]:
    """Give what is wrong, from loading and from checking, which must say the same."""
    with pytest.raises(ks.SpecificationError) as caught:
        ks.load(path)
    told = [str(problem) for problem in caught.value.problems]
    assert [str(problem) for problem in ks.check(path).problems] == told
    return told


@pytest.mark.parametrize(
    ("measure", "lever", "text"),
    [
        ("omfattning: {enheter: [kirurgi]}, behalla: {yrkesgrupp: usk, avgang_faktor: 0.9}", "behalla",
         "träffar ingen enhet och yrkesgrupp"),
        ("rekrytering: {art: kohort, yrkesgrupp: vns, antal: 3, leverans_datum: 2024-02}", "rekrytering",
         "ingen enhet i omfattningen har yrkesgruppen vns"),
        ("uppgiftsvaxling: {fran: usk, till: vns, frigjord_timme_per_timme: 0.8, tillford_aa: 2, overlamnad: 2024-02}",
         "uppgiftsvaxling", "ingen enhet som omfattas har både usk och vns"),
    ],
)
def test_a_measure_that_meets_nobody_is_a_fault_at_its_lever_block(measure: str, lever: str, text: str, tmp_path: Path) -> None:
    (told,) = faults(write(tmp_path, plan=measures(measure)))
    assert told.startswith("scenarios/lan/plan.yaml:8:")
    assert f"atgarder.m0.{lever}: " in told
    assert text in told


def test_it_is_told_together_with_faults_of_other_kinds(tmp_path: Path) -> None:
    plan = measures("omfattning: {enheter: [kirurgi]}, behalla: {yrkesgrupp: usk, avgang_faktor: 0.9}", "statuss: beslutad")
    plan += "parametrar: {sokande_svar_pa_vakans: 99}\n"
    plan += "mal:\n  - {nyckel: h, indikator: hyrandell_totalt, max: 1, senast: 2024-03}\n"
    told = faults(write(tmp_path, plan=plan))
    assert [line.split(":")[1] for line in told] == ["8", "9", "10", "12"]
    assert told[3].endswith("menade du 'hyrandel_totalt'?")


def test_it_is_found_in_a_scenario_that_is_only_built_upon(tmp_path: Path) -> None:
    plan = measures("behalla: {yrkesgrupp: vns, avgang_faktor: 0.9}").replace("  startlage: 2024-01-01\n", "")
    path = write(tmp_path, plan="".join(line for line in plan.splitlines(keepends=True) if "period" not in line))
    assert any("atgarder.m0.behalla" in str(problem) for problem in ks.check(path).problems)


def test_posts_for_a_group_nobody_has_yet_make_a_cell_in_each_covered_unit(tmp_path: Path) -> None:
    plan = measures("omfattning: {enheter: [medicin]}, dimensionering: {yrkesgrupp: vns, antal_aa: 2}, "
                    "uppgiftsvaxling: {fran: usk, till: vns, frigjord_timme_per_timme: 0.8, overlamnad: 2024-02}")
    spec = ks.load(write(tmp_path, plan=plan))
    assert [cell for cell in resolve(spec).cells if cell[1] == "vns"] == [("medicin", "vns")]
    assert [(w.code, w.path) for w in spec.warnings] == [("inga_sokande", "atgarder.m0.dimensionering")]


def test_graduates_and_cohorts_have_a_cell_to_come_to(tmp_path: Path) -> None:
    plan = measures("omfattning: {enheter: [medicin]}, utbildningstjanst: {fran: ssk, till: vns, platser: {vt: 1, ht: 1}}",
                    "rekrytering: {art: kohort, yrkesgrupp: usk, enhet: kirurgi, antal: 3, leverans_datum: 2024-02}")
    assert {("medicin", "vns"), ("kirurgi", "usk")} <= set(resolve(ks.load(write(tmp_path, plan=plan))).cells)


@pytest.mark.parametrize("limit", ["", "max: 1, min: 0, "])
def test_a_target_has_exactly_one_limit(limit: str, tmp_path: Path) -> None:
    plan = PLAN + f"mal:\n  - {{nyckel: h, indikator: vakansgrad, {limit}senast: 2024-03}}\n"
    (told,) = faults(write(tmp_path, plan=plan))
    assert "skriv en av max, min, max_procent och min_procent" in told


@pytest.mark.parametrize(
    ("second", "text"),
    [("{enhet: medicin}", "överlappar nummer 1 (ssk på medicin)"), ("{yrkesgrupp: usk}", "yrkesgrupp som hyrs in")],
)
def test_an_observed_agency_cost_belongs_to_a_population_of_its_own(second: str, text: str, tmp_path: Path) -> None:
    costs = f"hyrkostnad_mkr: [{{population: {{yrkesgrupp: ssk}}, varde: 3}}, {{population: {second}, varde: 1}}]"
    path = write(tmp_path, region=REGION.replace("2024-01-01: {", f"2024-01-01: {{{costs}, "))
    (told,) = faults(path)
    assert "startlagen.2024-01-01.hyrkostnad_mkr.2: " in told
    assert text in told
    assert [str(problem) for problem in ks.check(path.with_name("region.yaml")).problems] == [told]


def test_a_population_of_all_areas_is_everybody(tmp_path: Path) -> None:
    cost = "hyrkostnad_mkr: [{population: {omrade: alla}, varde: 3}]"
    spec = ks.load(write(tmp_path, region=REGION.replace("2024-01-01: {", f"2024-01-01: {{{cost}, ")))
    assert len(resolve(spec).observed[0].cells) == 2


@pytest.mark.parametrize(
    ("old", "new", "path", "text"),
    [
        ("ssk: 12", "ssk: -3", "enheter.medicin.anstallda.ssk", "-3 är utanför det tillåtna: 0 till 20000"),
        ("ssk: 12", "ssk: 1e9", "enheter.medicin.anstallda.ssk", "utanför det tillåtna"),
        ("vecka: 40", "vecka: 0", "schematyper.dag.heltid_timmar_vecka", "0 är utanför det tillåtna: 20 till 48"),
        ("kr: 36000", "kr: 36", "yrkesgrupper.ssk.manadslon_kr", "36 är utanför det tillåtna: 1000 till 1000000"),
        ("{2024: 45}", "{}", "ekonomi.po_procent", "minst 1 behövs"),
        ("36000", "36000, aldersfordelning: {60-20: 1}", "yrkesgrupper.ssk.aldersfordelning.60-20", "innan den börjar"),
        ("36000", "36000, aldersfordelning: {20-60: 0}", "yrkesgrupper.ssk.aldersfordelning", "alla andelar är noll"),
        ("36000", "36000, sysselsattningsgrad: {150: 1}", "yrkesgrupper.ssk.sysselsattningsgrad.150", "högst 100 procent"),
        ("36000", "36000, hyra: {pris_kr_timme: 700, pris_kr_vecka: 28000}", "yrkesgrupper.ssk.hyra", "inte båda"),
        ("usk: 9}", "usk: 9}, bemanningsmal_aa: {ssk: 9}, passmatris: {ssk: {dag: 1}}", "enheter.medicin", "på flera sätt"),
        ("enheter:\n", "sasonger: {fjall: {vecka_51_99: 1.2}}\nenheter:\n", "sasonger.fjall.vecka_51_99", "veckorna är 01–53"),
        ("schematyper", "grupper: {ssk: [usk]}\nschematyper", "grupper.ssk", "'ssk' är redan en yrkesgrupp"),
    ],
)
def test_what_the_model_would_have_to_clip_or_stumble_on_is_refused(
    old: str, new: str, path: str, text: str, tmp_path: Path
) -> None:
    assert old in REGION
    (told,) = faults(write(tmp_path, region=REGION.replace(old, new, 1)))
    assert f": {path}: " in told
    assert text in told


def test_a_region_where_nobody_works_or_is_needed_is_refused(tmp_path: Path) -> None:
    region = REGION.replace(", anstallda: {ssk: 12, usk: 9}", "").replace(", anstallda: {ssk: 10}", "")
    (told,) = faults(write(tmp_path, region=region))
    assert "enheter: ingen enhet har någon yrkesgrupp" in told


def test_open_classes_are_read(tmp_path: Path) -> None:
    tables = "36000, aldersfordelning: {20-59: 80, 60+: 20}, anstallningstid: {0-1: 20, 5+: 80}, alder_nyanstallda: {30+: 1}"
    template = resolve(ks.load(write(tmp_path, region=REGION.replace("36000", tables))))
    assert len(template.people) == 31


def test_a_region_is_not_a_scenario(tmp_path: Path) -> None:
    with pytest.raises(ks.SpecificationError, match="filen är en region, inte ett scenario"):
        ks.load(write(tmp_path).with_name("region.yaml"))


def test_a_period_may_be_one_day(tmp_path: Path) -> None:
    assert ks.load(write(tmp_path, plan=PLAN.replace("2024-03-31", "2024-01-01"))).end.isoformat() == "2024-01-01"


def test_rules_must_say_what_held_when_the_period_begins(tmp_path: Path) -> None:
    path = write(tmp_path)
    shared = tmp_path / "scenarios" / "gemensamt"
    shared.mkdir()
    dated = "".join(f"{key}: {{2025-01-01: 66}}\n" for key in ("riktalder_ar", "tidigaste_pension_ar", "las_alder_ar"))
    (shared / "regler.yaml").write_text("version: 1\n" + dated, encoding="utf-8")
    assert ["gäller först från 2025-01-01" in told for told in faults(path)] == [True] * 3


def test_a_reference_with_a_period_of_its_own_must_have_the_same(tmp_path: Path) -> None:
    other = PLAN.replace("nyckel: plan", "nyckel: annat").replace("2024-03-31", "2024-06-30")
    spec = ks.load(write(tmp_path, annat=other))
    with pytest.raises(ks.SpecificationError, match=r"annat\.yaml:6:3: scenario\.period: perioden 2024-01-01–2024-06-30"):
        ks.with_reference(spec, "annat")


def test_a_reference_from_another_region_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = write(tmp_path)
    away = tmp_path / "scenarios" / "annan"
    shutil.copytree(path.parent, away)
    (away / path.name).rename(away / "borta.yaml")
    (away / "borta.yaml").write_text(PLAN.replace("nyckel: plan", "nyckel: borta"), encoding="utf-8")
    with pytest.raises(ks.SpecificationError, match=r"'annan/borta' hör till en annan region, \S*annan/region\.yaml") as caught:
        ks.with_reference(ks.load(path), "annan/borta")
    assert len(caught.value.problems) == 1


def test_the_counterfactual_a_scenario_names_is_taken_over_its_period(tmp_path: Path) -> None:
    other = PLAN.replace("nyckel: plan", "nyckel: annat").replace("2024-03-31", "2024-06-30")
    spec = ks.load(write(tmp_path, plan=PLAN + "  jamfors_med: annat\n", annat=other))
    assert ks.with_reference(spec).end == spec.end


def test_a_scenario_is_found_by_its_key_however_its_head_is_written(tmp_path: Path) -> None:
    path = write(tmp_path, noll='version: 1\nScenario: {key: "Noll-Alternativ", titel: Inget}\n')
    assert ks.find_scenario(tmp_path, "noll_alternativ") == path.with_name("noll.yaml")
    assert ks.find_scenario(tmp_path, "finns_inte") is None


def test_a_duty_line_that_too_few_share_is_warned_of(tmp_path: Path) -> None:
    line = "jourlinjer: [{yrkesgrupp: ssk, timmar_vecka: 40, minst_i_schema: %d}]"
    region = REGION.replace("anstallda: {ssk: 10}", "anstallda: {ssk: 10}, " + line)
    (warning,) = ks.load(write(tmp_path / "a", region=region % 12)).warnings
    assert (warning.path, warning.line, warning.code) == ("enheter.kirurgi.jourlinjer.1.minst_i_schema", 13, "jourlinje_tunn")
    assert "behöver minst 12 i schemat, men Ssk på Kirurgi är 10 i startläget 2024-01-01" in warning.text
    assert ks.load(write(tmp_path / "b", region=region % 10)).warnings == ()


@pytest.mark.parametrize("number", ["{undre: 8, trolig: 10, ovre: 12}", "{varde: 10, undre: 8, ovre: 12}"])
def test_an_interval_of_what_is_not_drawn_is_refused(number: str, tmp_path: Path) -> None:
    (told,) = faults(write(tmp_path, region=REGION.replace("anstallda: {ssk: 10}", f"anstallda: {{ssk: {number}}}")))
    assert "enheter.kirurgi.anstallda.ssk: värdet dras inte slumpmässigt, så ett intervall säger inget: skriv 10" in told


def test_closed_need_goes_somewhere(tmp_path: Path) -> None:
    (told,) = faults(write(tmp_path, region=REGION + "stangd_vardplats: {annan_enhet: 0.6}\n"))
    assert "annan_enhet, kopt_vard och uppskjuten ska bli 1 tillsammans, inte 1.1" in told


@pytest.mark.parametrize("block", [
    "rekrytering: {yrkesgrupp: ssk, enheter: [kirurgi], ankomst_faktor: 1.1}",
    "resurspool: {yrkesgrupper: [ssk], enheter: [kirurgi], timmar_vecka: 20}",
])
def test_units_are_refused_where_they_would_say_nothing(block: str, tmp_path: Path) -> None:
    """Applicants come to the whole region, and a pool serves areas."""
    told = faults(write(tmp_path, plan=measures(block)))
    assert any("okänd nyckel 'enheter'" in text for text in told)
