"""A scenario is its files joined: inheritance, catalogue, region, origins, checks."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kompetenssim.spec.load import load, load_reference
from kompetenssim.spec.specification import Origin, SpecificationError
from tests.spec.world import CATALOGUE, LEVERS, NULL, REGION, RULES, SCENARIO, faults, load_world, shuffled, write_world

pytestmark = pytest.mark.unit


def line_of(text: str, part: str) -> int:
    """Give the line of a text in which a part of it begins."""
    return text[: text.index(part)].count("\n") + 1


def the_fault(tmp_path: Path, **files: str) -> tuple[int, str, str, str | None]:
    """Give the only fault of the small world: line, path, text, suggestion."""
    found, = faults(tmp_path, **files)
    return found.line, found.path, found.text, found.suggestion


def test_a_measure_is_catalogue_then_ancestor_then_scenario(tmp_path: Path) -> None:
    spec = load_world(tmp_path)
    assert [m.key for m in spec.measures] == ["ny", "vns"]
    vns = spec.measures[1]
    assert (vns.title, vns.start, vns.end, vns.running_at_start) == ("Vårdnära service", "2022-11", None, "ja")
    assert (vns.cost.once_msek.mode, vns.cost.yearly_msek.mode) == (0.2, 0.3)
    assert vns.coverage.units == ["medicin", "vardcentral"]
    assert [type(b).__name__ for b in vns.levers["dimensionering"]] == ["Dimensioning"]


def test_lists_are_replaced_and_mappings_merged(tmp_path: Path) -> None:
    changes = "    omfattning: {enheter: [medicin]}\n    dimensionering: {antal_aa: 9}"
    plan = SCENARIO.replace("    kostnad: {arlig_mkr: 0.3}", changes)
    vns = load_world(tmp_path, plan=plan).measures[1]
    assert (vns.coverage.units, vns.coverage.share.mode) == (["medicin"], 0.6)
    block = vns.levers["dimensionering"][0]
    assert (block.group, block.posts.mode) == ("vns", 9)


def test_a_lever_may_have_several_blocks_or_be_taken_out(tmp_path: Path) -> None:
    blocks = "[{yrkesgrupp: vns, antal_aa: 1}, {yrkesgrupp: sjukskoterska, antal_aa: 2}]"
    plan = SCENARIO.replace("    kostnad: {arlig_mkr: 0.3}", f"    dimensionering: {blocks}")
    assert [b.posts.mode for b in load_world(tmp_path, plan=plan).measures[1].levers["dimensionering"]] == [1, 2]
    plan = SCENARIO.replace("    kostnad: {arlig_mkr: 0.3}", "    dimensionering: null")
    spec = load_world(tmp_path, plan=plan)
    assert spec.measures[1].levers == {}
    assert [w.code for w in spec.warnings] == ["utan_effekt"]


def test_a_new_number_does_not_inherit_the_source_of_the_old_one(tmp_path: Path) -> None:
    plan = SCENARIO.replace("    kostnad: {arlig_mkr: 0.3}", "    realisering_andel: 0.5\n    kostnad: {arlig_mkr: 0.3}")
    vns = load_world(tmp_path, plan=plan).measures[1]
    assert (vns.realisation.mode, vns.realisation.low, vns.realisation.source) == (0.5, None, None)
    assert vns.cost.yearly_msek.source is None


def test_a_part_of_an_interval_is_joined_to_the_rest(tmp_path: Path) -> None:
    plan = SCENARIO.replace("    kostnad: {arlig_mkr: 0.3}", "    realisering_andel: {ovre: 0.9, antagande: ja}")
    number = load_world(tmp_path, plan=plan).measures[1].realisation
    assert (number.low, number.mode, number.high, number.source, number.assumption) == (0.2, 0.4, 0.9, None, True)


def test_provenance_is_inherited_from_the_nearest_mapping_of_the_same_file(tmp_path: Path) -> None:
    spec = load_world(tmp_path)
    vns = spec.measures[1]
    assert vns.realisation.source == "Egen studie"
    assert vns.cost.once_msek.source == "Slutrapport 2023"
    assert vns.levers["dimensionering"][0].posts.source == "Slutrapport 2023"
    assert spec.region.parameters.agency_price_elasticity.source == "Litteratur"


def test_a_source_beside_data_keys_is_a_source(tmp_path: Path) -> None:
    region = REGION.replace("po_procent: {", "po_procent: {kalla: SKR, avser: 2023, ")
    costs = load_world(tmp_path, region=region).region.economy.on_cost_percent
    assert {k: (n.source, n.refers_to) for k, n in costs.items()} == {"2019": ("SKR", "2023"), "2023": ("SKR", "2023")}


def test_a_scenario_overrides_parameters_and_parts_of_the_region(tmp_path: Path) -> None:
    plan = SCENARIO + "parametrar: {hyrpris_elasticitet: 0.3}\nregion_andringar: {enheter: {medicin: {anstallda: {vns: 4}}}}\n"
    region = load_world(tmp_path, plan=plan).region
    assert region.parameters.agency_price_elasticity.mode == 0.3
    assert {k: n.mode for k, n in region.units["medicin"].employees.items()} == {"sjukskoterska": 41, "vns": 4}


def test_targets_of_region_and_scenario_are_joined_by_key(tmp_path: Path) -> None:
    plan = SCENARIO + "mal: [{nyckel: hyra, max_procent: 1}, {nyckel: vakans, indikator: vakansgrad, max: 0.05, senast: 2030}]\n"
    found = {t.key: (t.max_percent, t.by) for t in load_world(tmp_path, plan=plan).targets}
    assert found == {"hyra": (1, "2028-12-31"), "vakans": (None, "2030")}


def test_every_value_knows_where_it_was_written(tmp_path: Path) -> None:
    plan = SCENARIO + "parametrar: {hyrpris_elasticitet: 0.3}\n"
    origins = load_world(tmp_path, plan=plan).origins

    def value_in(name: str, text: str, entry: str) -> Origin:
        """Find where the value of an entry `key: value` stands in a text."""
        before = text[: text.index(entry) + entry.index(": ") + 2].split("\n")
        return Origin(f"scenarios/{name}.yaml", len(before), len(before[-1]) + 1)

    assert origins["atgarder.vns.start"] == value_in("gemensamt/atgarder", CATALOGUE, "start: 2022-11")
    assert origins["atgarder.vns.i_drift_vid_start"] == value_in("liten/nollalternativ", NULL, "i_drift_vid_start: ja")
    assert origins["atgarder.vns.slut"] == value_in("liten/plan", plan, "slut: null")
    assert origins["atgarder.ny.dimensionering.antal_aa"] == value_in("liten/plan", plan, "antal_aa: 3")
    assert origins["parametrar.hyrpris_elasticitet"] == value_in("liten/plan", plan, "hyrpris_elasticitet: 0.3")
    assert origins["enheter.medicin.titel"] == value_in("liten/region", REGION, "titel: Medicin")
    assert origins["scenario.simuleringar"] == value_in("liten/plan", plan, "simuleringar: 20")
    assert origins["regler.riktalder_ar.2023-01-01"] == value_in("gemensamt/regler", RULES, "2023-01-01: 66")
    assert "atgarder.vns.evidens" not in origins


def test_the_bytes_of_every_file_are_kept(tmp_path: Path) -> None:
    spec = load_world(tmp_path)
    assert {p.name for p in spec.files} == {"plan.yaml", "nollalternativ.yaml", "region.yaml", "regler.yaml", "atgarder.yaml"}
    assert all(p.read_bytes() == content for p, content in spec.files.items())


def test_frame_dates_and_numbers_are_resolved(tmp_path: Path) -> None:
    plan = SCENARIO.replace("start: 2023-07-01, slut: 2033-06-30", "start: 2023-07, slut: 2033-06")
    spec = load_world(tmp_path, plan=plan)
    assert (spec.start, spec.end, spec.start_state_date) == (date(2023, 7, 1), date(2033, 6, 30), date(2023, 7, 1))
    assert (spec.replications, spec.replications_per_draw, spec.seed, spec.compared_with) == (20, 2, 7, "nollalternativ")
    assert spec.start_state.assumption is True


def test_swedish_letters_english_keys_and_folded_values_are_accepted(tmp_path: Path) -> None:
    plan = SCENARIO.replace("atgarder:", "Åtgärder:").replace("titel: Ny åtgärd", "title: Ny åtgärd\n    status: PÅGÅR")
    plan = plan.replace("yrkesgrupp: sjukskoterska", "Yrkesgrupp: Sjuksköterska")
    plan = plan.replace("kostnad: {arlig_mkr", "cost: {yearly_msek")
    spec = load_world(tmp_path, plan=plan)
    assert spec.measures[0].status == "pagar"
    assert spec.digest == load_world(tmp_path, plan=SCENARIO.replace("Ny åtgärd", "Ny åtgärd\n    status: pagar")).digest


@pytest.mark.property
@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32))
def test_the_order_of_keys_and_measures_changes_nothing(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    root = tmp_path_factory.mktemp("varld")
    plain = load_world(root)
    mixed = load_world(root, plan=shuffled(SCENARIO, seed), region=shuffled(REGION, seed), atgarder=shuffled(CATALOGUE, seed))
    assert mixed.digest == plain.digest
    assert mixed.measures == plain.measures
    assert mixed.targets == plain.targets


def test_comments_form_seed_and_simulations_do_not_change_the_digest(tmp_path: Path) -> None:
    plain = load_world(tmp_path).digest
    other = SCENARIO.replace("slumpfro: 7", "slumpfro: 8  # annat").replace("simuleringar: 20", "simuleringar: 40")
    other = other.replace("antal_aa: 3", "antal_aa: {varde: 3.0}") + "kommentar: Skriven i juni\n"
    assert load_world(tmp_path, plan=other).digest == plain
    assert load_world(tmp_path, plan=SCENARIO.replace("antal_aa: 3", "antal_aa: 4")).digest != plain


def test_a_reference_takes_its_frame_from_the_scenario_it_is_compared_with(tmp_path: Path) -> None:
    spec = load_world(tmp_path)
    reference = load_reference(spec, "nollalternativ", levers=LEVERS)
    assert (reference.start, reference.end, reference.start_state_date) == (spec.start, spec.end, spec.start_state_date)
    assert (reference.replications, reference.seed) == (20, 7)
    assert [(m.key, m.end) for m in reference.measures] == [("vns", "2023-12-31")]


def test_a_key_is_looked_for_in_every_region(tmp_path: Path) -> None:
    write_world(tmp_path)
    assert load("plan", levers=LEVERS, root=tmp_path).key == "plan"
    with pytest.raises(SpecificationError, match=r"'pln' finns inte.*menade du 'plan'"):
        load("pln", levers=LEVERS, root=tmp_path)
    other = tmp_path / "scenarios" / "annan"
    other.mkdir()
    (other / "plan.yaml").write_text(SCENARIO)
    with pytest.raises(SpecificationError, match="flera scenarier"):
        load("plan", levers=LEVERS, root=tmp_path)


def test_a_scenario_may_build_on_a_path(tmp_path: Path) -> None:
    spec = load_world(tmp_path, plan=SCENARIO.replace("bygger_pa: nollalternativ", "bygger_pa: ../liten/nollalternativ.yaml"))
    assert spec.measures[1].running_at_start == "ja"


def test_inheritance_in_a_ring_is_refused(tmp_path: Path) -> None:
    _, path, text, _ = the_fault(tmp_path, nollalternativ=NULL.replace("nytt startar}", "nytt startar, bygger_pa: plan}"))
    assert (path, text) == ("scenario.bygger_pa", "arvet går runt: plan → nollalternativ → plan")


@pytest.mark.parametrize("named", ["bygger_pa", "jamfors_med"])
def test_a_scenario_that_does_not_exist_is_reported(named: str, tmp_path: Path) -> None:
    found = faults(tmp_path, plan=SCENARIO.replace(f"{named}: nollalternativ", f"{named}: nolalternativ"))
    assert found[0].suggestion == "nollalternativ"
    assert found[0].path == f"scenario.{named}"


@pytest.mark.parametrize(
    ("old", "new", "path", "suggestion"),
    [
        ("yrkesgrupp: sjukskoterska", "yrkesgrupp: sjukskoterksa", "atgarder.ny.dimensionering.yrkesgrupp", "sjukskoterska"),
        ("start: 2024-vt", "omfattning: {enheter: [medcin]}", "atgarder.ny.omfattning.enheter.1", "medicin"),
        ("start: 2024-vt", "omfattning: {omraden: [sjukhuset]}", "atgarder.ny.omfattning.omraden.1", "sjukhus"),
        ("start: 2024-vt", "omfattning: {yrkesgrupper: [alla_sk]}", "atgarder.ny.omfattning.yrkesgrupper.1", "alla_ssk"),
        ("start: 2024-vt", "forutsattning: {atgarder: [vnss]}", "atgarder.ny.forutsattning.atgarder.1", "vns"),
        ("atgard: vns", "atgard: vnss", "atgarder.vnss.atgard", "vns"),
        ("start: 2024-vt", "starrt: 2024-vt", "atgarder.ny.starrt", "start"),
        ("start: 2024-vt", "dimensionerin: {antal_aa: 3}", "atgarder.ny.dimensionerin", "dimensionering"),
        ("start: 2024-vt", "status: beslutd", "atgarder.ny.status", "beslutad"),
        ("startlage: 2023-07-01", "startlage: 2023-07-02", "scenario.startlage", "2023-07-01"),
    ],
)
def test_a_misspelt_name_is_pointed_at_with_the_nearest_one(
    old: str, new: str, path: str, suggestion: str, tmp_path: Path,
) -> None:
    text = SCENARIO.replace(old, new)
    line, found, _, nearest = the_fault(tmp_path, plan=text)
    assert (found, nearest) == (path, suggestion)
    assert new.partition(":")[0] in text.splitlines()[line - 1]


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("omrade: sjukhus\n", "omrade: sjukhus\n    schematyp: natt\n", "enheter.medicin.schematyp"),
        ("sasong: vard", "sasong: fjall", "enheter.medicin.sasong"),
        ("anstallda: {sjukskoterska: 9}", "anstallda: {barnmorska: 9}", "enheter.vardcentral.anstallda.barnmorska"),
        ("alla_ssk: [sjukskoterska]", "alla_ssk: [sjukskotersk]", "grupper.alla_ssk.1"),
        ("2019: 46.45", "19: 46.45", "ekonomi.po_procent.19"),
        ("{vecka_25_33: 0.8", "{v25_33: 0.8", "sasonger.vard.v25_33"),
        (
            "    sasong:", "    jourlinjer: [{yrkesgrupp: vns, timmar_vecka: 200}]\n    sasong:",
            "enheter.medicin.jourlinjer.1.timmar_vecka",
        ),
        ("mal:", "utbildningar: {ast: {titel: A, fran: vns, till: bma, platser: {vt: 1}}}\nmal:", "utbildningar.ast.till"),
    ],
)
def test_faults_of_the_region_are_pointed_at(old: str, new: str, path: str, tmp_path: Path) -> None:
    assert the_fault(tmp_path, region=REGION.replace(old, new))[1] == path


def test_the_lowest_highest_and_likely_value_must_be_within_the_range_of_the_field(tmp_path: Path) -> None:
    plan = SCENARIO.replace("start: 2024-vt", "realisering_andel: {undre: -0.1, trolig: 0.5, ovre: 1.2}")
    found = faults(tmp_path, plan=plan)
    assert [p.text for p in found] == ["-0.1 är utanför det tillåtna: 0 till 1", "1.2 är utanför det tillåtna: 0 till 1"]


@pytest.mark.parametrize(
    ("new", "text"),
    [
        ("realisering_andel: {undre: 0.5, trolig: 0.4, ovre: 0.6}", "ordningen ska vara undre ≤ trolig ≤ ovre"),
        ("realisering_andel: {undre: 0.5, trolig: 0.6}", "ange både 'undre' och 'ovre', eller ingen av dem"),
        ("realisering_andel: {undre: 0.5, ovre: 0.6}", "talet har inget värde; ange 'trolig' eller 'varde'"),
        ("realisering_andel:", "värdet är tomt; ge ett värde eller ta bort nyckeln"),
        ("forutsattning: {lyft_pp: 11}", "'11' är för stort; högst 10"),
        ("forutsattning: {antal: 2.5}", "ett heltal väntades, inte '2.5'"),
        ("uppgiftsvaxling: {till: vns, frigjord_timme_per_timme: 1, overlamnad: 2024}", "nyckeln 'fran' saknas"),
        ("omfattning: medicin", "en mappning (nyckel: värde) väntades, inte 'medicin'"),
        ("omfattning: {enheter: medicin}", "en lista väntades: skriv [medicin]"),
    ],
)
def test_faults_found_by_the_schema_are_told_in_swedish(new: str, text: str, tmp_path: Path) -> None:
    plan = SCENARIO.replace("start: 2024-vt", new)
    line, _, found, _ = the_fault(tmp_path, plan=plan)
    assert (line, found) == (line_of(plan, new), text)


@pytest.mark.parametrize(
    ("plan", "path"),
    [
        (SCENARIO.replace("nyckel: ny", "nyckel: vns"), "atgarder.vns"),
        (SCENARIO.replace("nyckel: ny", "nyckel: massa"), "atgarder.massa.nyckel"),
        (SCENARIO + "  - {nyckel: ny, titel: En till, effekt: ingen}\n", "atgarder.ny"),
        (SCENARIO + "  - {atgard: vns}\n", "atgarder.vns"),
        (SCENARIO + "  - {titel: Utan nyckel}\n", "atgarder.3"),
    ],
)
def test_a_measure_key_stands_for_one_measure(plan: str, path: str, tmp_path: Path) -> None:
    assert the_fault(tmp_path, plan=plan)[1] == path


def test_a_misspelt_key_does_not_also_count_as_missing(tmp_path: Path) -> None:
    assert the_fault(tmp_path, plan=SCENARIO.replace("titel: Ny åtgärd", "titl: Ny åtgärd"))[3] == "titel"


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("slut: 2033-06-30", "slut: 2023-01-01", "perioden slutar (2023-01-01) innan den börjar (2023-07-01)"),
        ("slut: 2033-06-30", "slut: 2133-06-30", "perioden är 110 år; högst 60"),
        ("period: {", "# {", "perioden saknas; skriv period: {start: ÅÅÅÅ-MM-DD, slut: ÅÅÅÅ-MM-DD}"),
        ("slut: null", "slut: 2022-01", "åtgärden slutar (2022-01-31) innan den börjar (2022-11-01)"),
    ],
)
def test_dates_that_contradict_each_other_are_errors(old: str, new: str, text: str, tmp_path: Path) -> None:
    assert the_fault(tmp_path, plan=SCENARIO.replace(old, new))[2] == text


def test_a_target_that_expired_before_the_run_is_an_error(tmp_path: Path) -> None:
    region = REGION.replace("senast: 2028-12-31", "senast: 2018-12-31")
    line, path, text, _ = the_fault(tmp_path, region=region)
    assert (line, path) == (line_of(region, "senast"), "mal.hyra.senast")
    assert "före periodens början 2023-07-01" in text


@pytest.mark.parametrize(
    ("new", "code", "path"),
    [
        ("start: 2040", "utanfor_horisonten", "atgarder.ny.start"),
        ("start: 2020", "utanfor_horisonten", "atgarder.ny.start"),
        ("slut: 2020", "utanfor_horisonten", "atgarder.ny.slut"),
        (
            "uppgiftsvaxling: {fran: sjukskoterska, till: vns, frigjord_timme_per_timme: 1}",
            "overlamnad_saknas", "atgarder.ny.uppgiftsvaxling",
        ),
    ],
)
def test_what_is_odd_is_a_warning_and_the_scenario_loads(new: str, code: str, path: str, tmp_path: Path) -> None:
    plan = SCENARIO.replace("start: 2024-vt", new)
    warning, = load_world(tmp_path, plan=plan).warnings
    assert (warning.code, warning.path, warning.line) == (code, path, line_of(plan, new))


def test_a_group_that_only_a_set_names_gets_defaults_and_a_warning(tmp_path: Path) -> None:
    spec = load_world(tmp_path, region=REGION.replace("[sjukskoterska]", "[sjukskoterska, barnmorska]"))
    assert spec.region.groups["barnmorska"].monthly_pay_sek.assumption is True
    assert [w.code for w in spec.warnings] == ["yrkesgrupp_saknas"]


def test_a_missing_region_is_named(tmp_path: Path) -> None:
    path = write_world(tmp_path)
    next(tmp_path.rglob("region.yaml")).unlink()
    with pytest.raises(SpecificationError, match=r"region\.yaml"):
        load(path, levers=LEVERS)


def test_a_region_without_shared_rules_uses_those_of_the_program_and_keeps_a_copy_of_them(tmp_path: Path) -> None:
    path = write_world(tmp_path)
    next(tmp_path.rglob("regler.yaml")).unlink()
    spec = load(path, levers=LEVERS)
    assert spec.rules.pension_norm_age
    assert path.resolve().parents[1] / "gemensamt" / "regler.yaml" in spec.files
    assert spec.origins["regler.riktalder_ar"].file == "gemensamt/regler.yaml"


def test_a_catalogue_is_not_needed(tmp_path: Path) -> None:
    plan = SCENARIO.replace("  bygger_pa: nollalternativ\n", "").replace("atgard: vns", "nyckel: vns\n    titel: V")
    path = write_world(tmp_path, plan=plan)
    next(tmp_path.rglob("atgarder.yaml")).unlink()
    assert [m.key for m in load(path, levers=LEVERS).measures] == ["ny", "vns"]


def test_every_file_of_a_chain_says_its_version(tmp_path: Path) -> None:
    (problem,) = faults(tmp_path, plan=SCENARIO.replace("version: 1\n", ""))
    assert (problem.file, problem.path) == ("scenarios/liten/plan.yaml", "version")
    (problem,) = faults(tmp_path, atgarder=CATALOGUE.replace("version: 1\n", ""))
    assert (problem.file, problem.path) == ("scenarios/gemensamt/atgarder.yaml", "version")


def test_a_term_that_the_rules_leave_out_begins_as_usual(tmp_path: Path) -> None:
    spec = load_world(tmp_path, regler=RULES + "terminsstart_vecka: {ht: 34}\n")
    assert spec.rules.term_start_week == {"vt": 3, "ht": 34}


def test_a_region_may_have_rules_of_its_own(tmp_path: Path) -> None:
    """`regler.yaml` beside the region goes before the one of gemensamt, as a whole; its values say where they stand."""
    path = write_world(tmp_path)
    (path.parent / "regler.yaml").write_text(RULES + "uppsagningstid_kort_manader: 0\n", encoding="utf-8")
    spec = load(path, levers=LEVERS)
    assert spec.rules.notice_months_short == 0
    assert spec.origins["regler.riktalder_ar"].file.endswith("liten/regler.yaml")
    assert path.resolve().parent / "regler.yaml" in spec.files
