"""Search files: what they may say, and that every fault is told at once with its place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import kompetenssim as ks
from kompetenssim.forecast.search.plan import SearchPlan

pytestmark = pytest.mark.unit
DATA = Path(__file__).parents[1] / "data"
HEAD = """\
version: 1
sokning:
  nyckel: sok_prov
  titel: Prov
  scenario: mindre_hyra
"""
TARGET = """\
  mal:
    nyckel: b
    indikator: hyrandel_totalt
    population: {yrkesgrupp: ssk_alla}
    tidsbas: kalenderar
    max_procent: 2
    senast: 2024-06
"""
VARIED = """\
  varierar:
    titel: Platser
    undre: 1
    ovre: 9
    steg: 1
    stallen:
"""
OWN = """\
atgarder:
  - nyckel: egen
    titel: Egen
    start: 2023-03
    rekrytering:
      - {art: kohort, yrkesgrupp: sjukskoterska, antal: {undre: 1, trolig: 2, ovre: 4}, leverans_datum: 2023-09-01}
      - {art: kohort, yrkesgrupp: spec_sjukskoterska, antal: 3, leverans_datum: 2023-09-01}
"""


def written(folder: Path, text: str) -> Path:
    for part in ("liten", "gemensamt"):
        shutil.copytree(DATA / part, folder / "scenarios" / part)
    path = folder / "scenarios" / "liten" / "sok_prov.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def search(folder: Path, *places: str, head: str = HEAD, target: str = TARGET, varied: str = VARIED, after: str = "") -> Path:
    return written(folder, head + target + varied + "".join(f"      - {p}\n" for p in places) + after)


def faults(path: Path) -> list[str]:
    try:
        ks.load_search(path)
    except ks.SpecificationError as fault:
        return [str(p) for p in fault.problems]
    return []


def cohorts(plan: SearchPlan, size: float) -> list[tuple[float | None, float, float | None]]:
    (measure,) = (m for m in plan.at(size).measures if m.key == "egen")
    return [(b.count.low, b.count.mode, b.count.high) for b in measure.levers["rekrytering"]]


def test_a_number_of_the_region_takes_its_share_of_the_size(tmp_path: Path) -> None:
    path = search(tmp_path, "{region: enheter.avdelning.bemanningsmal_aa.sjukskoterska, andel: 0.5}",
                  "{region: parametrar.hyrpris_elasticitet}", varied=VARIED.replace("ovre: 9", "ovre: 3"))
    spec = ks.load_search(path).at(3)
    assert spec.region.units["avdelning"].need_fte["sjukskoterska"].mode == 1.5
    assert spec.region.parameters.agency_price_elasticity.mode == 3
    assert not spec.region.parameters.agency_price_elasticity.uncertain


def test_a_number_in_a_list_of_the_region_is_named_by_its_place(tmp_path: Path) -> None:
    """`kullar.2.antal` is the second entry; the others stay."""
    path = search(tmp_path, "{region: kullar.2.antal}")
    region = path.with_name("region.yaml")
    cohorts = "kullar:\n" + "".join(
        f"  - {{yrkesgrupp: sjukskoterska, enhet: avdelning, datum: 2023-0{k}-01, antal: {k}}}\n" for k in (3, 5))
    region.write_text(region.read_text(encoding="utf-8") + cohorts, encoding="utf-8")
    plan = ks.load_search(path)
    assert [c.count.mode for c in plan.at(9).region.cohorts] == [3, 9]
    path.write_text(path.read_text(encoding="utf-8").replace("kullar.2.antal", "kullar.antal"), encoding="utf-8")
    assert any("är 2 block i en lista; skriv vilket, kullar.1.antal" in text for text in faults(path))


def test_the_target_stands_alone_and_the_runs_end_with_its_year(tmp_path: Path) -> None:
    spec = ks.load_search(search(tmp_path, "{region: parametrar.hyrpris_elasticitet}",
                                 varied=VARIED.replace("ovre: 9", "ovre: 3"))).at(1)
    assert [t.key for t in spec.targets] == ["b"]
    assert f"{spec.end}" == "2024-12-31"
    assert "scenarios/liten/sok_prov.yaml" in {p.relative_to(tmp_path).as_posix() for p in spec.files}


def test_a_measure_may_be_written_in_the_search_and_one_of_its_blocks_or_all_be_varied(tmp_path: Path) -> None:
    plan = ks.load_search(search(tmp_path, "{atgard: egen, falt: rekrytering.2.antal}", after=OWN))
    assert cohorts(plan, 5) == [(1, 2, 4), (None, 5, None)]


def test_a_factor_multiplies_what_is_written_with_its_interval(tmp_path: Path) -> None:
    plan = ks.load_search(search(tmp_path, "{atgard: egen, falt: rekrytering.*.antal, faktor: ja}", after=OWN))
    assert cohorts(plan, 2) == [(2, 4, 8), (None, 6, None)]


def test_a_measure_that_the_scenario_lacks_comes_from_the_catalogue(tmp_path: Path) -> None:
    path = search(tmp_path, "{atgard: extra_utbildning, falt: kostnad.arlig_mkr}",
                  head=HEAD.replace("mindre_hyra", "nollalternativ"))
    (measure,) = ks.load_search(path).at(4).measures
    assert (measure.key, measure.cost.yearly_msek.mode) == ("extra_utbildning", 4)


def test_every_fault_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    said = faults(search(
        tmp_path, "{region: parametrar.hyrpris_elasticitt}", "{region: parametrar.karens_manader, andel: 3}",
        "{atgard: extra_utbildning}", "{region: a.b, atgard: c, falt: d}",
        head=HEAD + "  sannolikhet: 80\n", target=TARGET.replace("hyrandel_totalt", "hyrandel_total")))
    assert len(said) == len(set(said)) >= 4
    assert all(text.startswith("scenarios/liten/sok_prov.yaml:") for text in said)
    for words in ("sannolikhet: 80 är utanför det tillåtna: 0.01 till 0.99", "3 är utanför det tillåtna: -1 till 1",
                  "'atgard' och 'falt' hör ihop", "skriv antingen 'region'"):
        assert any(words in text for text in said), words


@pytest.mark.parametrize(("place", "line", "words"), [
    ("{region: parametrar.hyrpris_elasticitt}", 19, "menade du 'hyrpris_elasticitet'?"),
    ("{region: parametrar.hyrpris_elasticitet}", 19, "9 är utanför det tillåtna: 0 till 3"),
    ("{atgard: finns_inte, falt: kostnad.arlig_mkr}", 19, "åtgärden 'finns_inte' finns inte i katalogen"),
    ("{atgard: extra_utbildning, falt: kostnad.arlig}", 19, "menade du 'arlig_mkr'?"),
    ("{atgard: egen, falt: rekrytering.antal}", 19, "är 2 block i en lista; skriv vilket"),
    ("{region: parametrar.hyrpris_elasticitet.undre, faktor: ja}", 19, "står inget tal på"),
])  # fmt: skip
def test_a_number_that_cannot_be_set_is_told_where_it_was_asked_for(tmp_path: Path, place: str, line: int, words: str) -> None:
    said = faults(search(tmp_path, place, after=OWN))
    assert any(text.startswith(f"scenarios/liten/sok_prov.yaml:{line}:") and words in text for text in said), said


@pytest.mark.parametrize(("target", "words"), [
    (TARGET.replace("2024-06", "2026-06"), "målet gäller 2026-01 till 2026-12, men scenariot 'mindre_hyra' går från 2023-01-01"),
    (TARGET.replace("kalenderar", "rullande12").replace("2024-06", "2023-06"), "målet gäller 2022-07 till 2023-06"),
    (TARGET.replace("hyrandel_totalt", "hyrandel_total"), "menade du 'hyrandel_totalt'?"),
    (TARGET.replace("ssk_alla", "ssk_ala"), "yrkesgruppen 'ssk_ala' finns inte"),
    (TARGET.replace("    max_procent: 2\n", ""), "målet har ingen gräns"),
])  # fmt: skip
def test_a_target_that_cannot_be_read_is_told_before_anything_is_run(tmp_path: Path, target: str, words: str) -> None:
    said = faults(search(tmp_path, "{atgard: egen, falt: rekrytering.*.antal}", target=target, after=OWN))
    assert any(words in text and text.startswith("scenarios/liten/sok_prov.yaml:") for text in said), said


@pytest.mark.parametrize(("varied", "words"), [
    (VARIED.replace("undre: 1", "undre: 9"), "undre (9) ska vara mindre än ovre (9)"),
    (VARIED.replace("steg: 1", "steg: 20"), "ryms inte mellan"), (VARIED.replace("steg: 1", "steg: 0"), "för litet"),
])  # fmt: skip
def test_a_range_that_is_none_is_refused(tmp_path: Path, varied: str, words: str) -> None:
    assert words in " ".join(faults(search(tmp_path, "{atgard: egen, falt: rekrytering.*.antal}", varied=varied, after=OWN)))


def test_kontrollera_knows_the_file_and_says_what_it_varies(tmp_path: Path) -> None:
    path = search(tmp_path, "{atgard: egen, falt: rekrytering.*.antal}", after=OWN)
    report = ks.check(path)
    assert (report.ok, report.kind) == (True, "sökning")
    assert report.facts == ("Platser: 1 till 9 i steg om 1, 1 ställe", "målet b ska nås i medeltal")
    path.write_text(path.read_text(encoding="utf-8").replace("titel: Prov", "titl: Prov"), encoding="utf-8")
    assert any("menade du 'titel'?" in str(p) for p in ks.check(path).problems)


def test_a_search_is_no_scenario_and_says_which_verb_takes_it(tmp_path: Path) -> None:
    with pytest.raises(ks.SpecificationError, match="filen är en sökning \\(kör den med sok\\), inte ett scenario"):
        ks.load(search(tmp_path, "{atgard: egen, falt: rekrytering.*.antal}", after=OWN))


def test_the_schema_has_the_search_with_the_levers_of_its_measures() -> None:
    schema = ks.json_schema()["sokning"]
    assert schema["title"] == "Sökning" and "rekrytering" in schema["properties"]["atgarder"]["items"]["properties"]


@pytest.mark.parametrize("key", sorted({
    "sokning", "nyckel", "titel", "scenario", "mal", "indikator", "population", "tidsbas", "max_procent", "senast", "varierar",
    "undre", "ovre", "steg", "stallen", "atgard", "falt"}))  # fmt: skip
def test_a_misspelt_key_never_goes_unnoticed(tmp_path: Path, key: str) -> None:
    path = search(tmp_path, "{atgard: egen, falt: rekrytering.*.antal}", after=OWN)
    path.write_text(path.read_text(encoding="utf-8").replace(f"{key}:", f"{key}x:", 1), encoding="utf-8")
    assert any(f"{key}x" in text for text in faults(path))


@pytest.mark.parametrize("path", sorted((DATA.parents[1] / "scenarios").glob("*/sok_*.yaml")), ids=lambda p: p.stem)
def test_every_search_that_comes_with_the_program_can_be_run(path: Path) -> None:
    report = ks.check(path)
    assert report.ok, report.text()
    assert ks.load_search(path).key == path.stem
