"""A plan that knows the year it holds out, or lacks source, definition or error, is refused; the shipped one can be used."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import log
from pathlib import Path

import pytest

import kompetenssim as ks
from kompetenssim.calibration.plan import Plan, load_plan
from kompetenssim.levers import LEVERS
from kompetenssim.spec.beyond import NOTHING
from kompetenssim.spec.specification import SpecificationError
from tests.spec.test_robust import broken

pytestmark = pytest.mark.unit
ROOT = Path(__file__).resolve().parents[2]
NAME = "calibration/rjh/kalibrering.yaml"
NURSES_2017 = "{indikator: hyrkostnad_mkr, population: {yrkesgrupp: ssk_alla}, tid: 2017, varde: 47.3, fel_procent: 15}"
NURSES_2018 = "  - {indikator: hyrkostnad_mkr, population: {yrkesgrupp: ssk_alla}, tid: 2018, varde: 22.8}\n"


@dataclass
class World:
    """A copy of the region, its scenarios and its calibration that a test may edit."""

    root: Path

    def edit(self, name: str, *changes: tuple[str, str]) -> None:
        path = self.root / name
        text = path.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        path.write_text(text, encoding="utf-8")

    def plan(self) -> Plan:
        return load_plan(self.root / NAME, levers=LEVERS, beyond=NOTHING)

    def faults(self) -> list[str]:
        with pytest.raises(SpecificationError) as caught:
            self.plan()
        return [str(p) for p in caught.value.problems]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    for part in ("scenarios/rjh", "scenarios/gemensamt", "calibration/rjh"):
        shutil.copytree(ROOT / part, tmp_path / part)
    yield World(tmp_path)


def test_the_shipped_plan_can_be_used() -> None:
    report = ks.check(ROOT / NAME)
    assert report.ok, report.text()
    assert report.kind == "kalibrering"
    said = "\n".join(report.facts)
    assert "uppgifter till 2017-12-31; kontroll 2018-01-01 till 2018-12-31, 8 värden" in said
    assert "36 av 36 räkneidentiteter stämmer" in said


def test_the_shipped_plan_fits_2017_derives_2015_and_only_compares_2018() -> None:
    plan = load_plan(ROOT / NAME, levers=LEVERS, beyond=NOTHING)
    anchors, fitted = ([o for o in plan.observations if o.role == role] for role in ("ankare", "matning"))
    assert len(anchors) == len(fitted) == 4
    assert {o.period.text for o in anchors} == {"2015"} and not any(o.sd for o in anchors)
    assert {o.period.text for o in fitted} == {"2017"}
    assert {o.group: round((o.sd or 0) / o.value, 2) for o in fitted} == {"lakare": 0.15, "ssk_alla": 0.15, "ovrig_hyra": 0.3}
    assert all(o.period.first.year == 2018 and o.role == "kontroll" for o in plan.controls)
    assert {o.indicator: o.value for o in plan.controls}["stafettveckor"] == 610
    shares = [o.value for o in plan.controls if o.indicator == "hyrandel_totalt"]
    assert shares == pytest.approx([0.037, 0.167])
    assert len(plan.priors) == 3
    assert all(o.definition and o.source for o in (*plan.observations, *plan.controls))


def test_priors_have_a_normal_scale() -> None:
    """The log-normal has a tenth below 0.2 and above 1.0: half their distance in logarithms is 1.2816 standard deviations."""
    priors = load_plan(ROOT / NAME, levers=LEVERS, beyond=NOTHING).priors
    assert priors["hyrpris_trend_2015_2017_procent_ar"].normal_scale == (3, 3, False)
    mean, sd, logarithm = priors["sokande_svar_pa_vakans"].normal_scale
    assert logarithm and mean == pytest.approx(log(0.5)) and sd == pytest.approx(log(5) / 2 / 1.2815515655)


Edit = Callable[[World], None]


def in_plan(*changes: tuple[str, str]) -> Edit:
    return lambda world: world.edit(NAME, *changes)


def elsewhere(name: str, *changes: tuple[str, str]) -> Edit:
    return lambda world: world.edit(name, *changes)


FOURTH = "  vikt_hyra: {fordelning: normal, medelvarde: 0.3, standardavvikelse: 0.1, antagande: ja}\n"

#: What was done to the plan or to what it reads, at which key it is told, and what is said.
REFUSED: dict[str, tuple[Edit, str, str]] = {
    "a target of the year held out": (
        in_plan((NURSES_2017, NURSES_2017.replace("2017", "2018").replace("47.3", "22.8"))), "observationer.6.tid",
        "observationen gäller 2018, efter data_till 2017-12-31; flytta den till kontrollvarden"),
    "a prior from later figures": (
        in_plan(("min: 0, antagande: ja", "min: 0, kalla: W9, avser: 2018-12-31")), "parametrar.belastning_till_avgang_theta",
        "priorn bygger på uppgifter från 2018-12-31, efter data_till 2017-12-31"),
    "a value of the region from later": (
        elsewhere("scenarios/rjh/region.yaml", ("handledartimmar_vecka: {", "handledartimmar_vecka: {avser: 2020, ")),
        "kalibrering.data_till", "utbildningar.st_allmanmedicin.handledartimmar_vecka (scenarios/rjh/region.yaml rad "),
    "a leak that is no longer listed": (
        in_plan(("yrkesgrupper.*.manadslon_kr", "yrkesgrupper.distriktslakare.manadslon_kr")), "kalibrering.data_till",
        "yrkesgrupper.sjukhuslakare.manadslon_kr (scenarios/rjh/region.yaml rad "),
    "a leak that lets everything through": (
        in_plan(("plats: region,", 'plats: "*",')), "lackage.7.plats", "'*' släpper igenom vad som helst"),
    "a leak of nothing": (
        in_plan(("plats: region,", "plats: regioner,")), "lackage.7.plats", "'regioner' finns varken i regionen"),
    "an observation without error": (
        in_plan((NURSES_2017, NURSES_2017.replace(", fel_procent: 15", ""))), "observationer.6",
        "hyrkostnad_mkr för ssk_alla, alla, 2017 har inget fel; skriv fel_procent"),
    "an error of zero": (
        in_plan((NURSES_2017, NURSES_2017.replace("fel_procent: 15", "fel_procent: 0"))), "observationer.6.fel_procent",
        "är för litet; mer än 0"),
    "an observation that no series defines": (
        in_plan((NURSES_2017, NURSES_2017.replace("hyrkostnad_mkr", "personalkostnad_mkr"))), "observationer.6",
        "personalkostnad_mkr för ssk_alla, alla, 2017 har ingen definition: ingen serie i katalogen har det talet"),
    "no value anywhere": (
        in_plan((NURSES_2017, NURSES_2017.replace("hyrkostnad_mkr", "personalkostnad_mkr").replace("varde: 47.3, ", ""))),
        "observationer.6", "värdet saknas: ingen serie har personalkostnad_mkr för 2017 här"),
    "not a number": (
        in_plan(("varde: 47.3", "varde: .nan")), "observationer.6.varde", "ett tal väntades, inte '.nan'"),
    "a value that is not that of the series": (
        in_plan(("varde: 47.3", "varde: 43.7")), "observationer.6.varde",
        "värdet är 43.7 men calibration/rjh/hyrkostnad.csv rad 12 har 47.3 mkr; de ska vara lika"),
    "a figure twice": (
        in_plan((NURSES_2017, f"{NURSES_2017}\n  - {NURSES_2017}")), "observationer.7", "samma tal som observationer.6"),
    "an anchor with an error": (
        in_plan(("tid: 2015, varde: 15.9, roll: ankare", "tid: 2015, varde: 15.9, roll: ankare, fel: 1")), "observationer.5",
        "är ankare: startläget härleds ur det och det anpassas inte; ta bort felet"),
    "an unknown group": (
        in_plan((NURSES_2017, NURSES_2017.replace("ssk_alla", "ssk_all"))), "observationer.6.population.yrkesgrupp",
        "'ssk_all' finns inte i regionen – menade du 'ssk_alla'?"),
    "an unknown indicator": (
        in_plan((NURSES_2017, NURSES_2017.replace("hyrkostnad_mkr", "hyrkostnader"))), "observationer.6.indikator",
        "indikatorn 'hyrkostnader' finns inte – menade du 'hyrkostnad_mkr'?"),
    "a control outside its period": (
        in_plan((NURSES_2018, NURSES_2018.replace("2018", "2017").replace("22.8", "47.3"))), "kontrollvarden.3.tid",
        "2017 ligger utanför kontrollperioden 2018-01-01 till 2018-12-31"),
    "a control period that begins in the data": (
        in_plan(("fran: 2018-01-01", "fran: 2017-07-01")), "kalibrering.kontrollperiod", "ska ligga efter data_till 2017-12-31"),
    "an event that is no measure": (
        in_plan(("bp_tak15", "bp_tak16")), "kalibrering.kontrollperiod.handelser.2",
        "finns inte i åtgärdskatalogen – menade du 'bp_tak15'?"),
    "four free parameters": (
        in_plan(("observationer:\n", FOURTH + "observationer:\n")),
        "parametrar", "4 fria parametrar; högst 3 går att anpassa till två år per serie"),
    "an unknown parameter": (
        in_plan(("sokande_svar_pa_vakans:", "sokande_svar:")), "parametrar.sokande_svar",
        "okänd parameter 'sokande_svar' – menade du"),
    "a prior without source": (
        in_plan(("ovre: 1.0, antagande: ja", "ovre: 1.0")), "parametrar.sokande_svar_pa_vakans", "priorn har ingen källa"),
    "a prior of the other form": (
        in_plan(("fordelning: lognormal", "fordelning: normal")), "parametrar.sokande_svar_pa_vakans",
        "en normal prior skrivs med medelvarde, standardavvikelse; median, undre, ovre hör inte dit"),
    "an unknown scenario": (
        in_plan(("scenario: utgangslage_2015", "scenario: utgangslage_2016")), "kalibrering.scenario",
        "'utgangslage_2016' finns inte i scenarios/rjh – menade du 'utgangslage_2015'?"),
    "an unknown region": (
        in_plan(("region: rjh", "region: rhj")), "kalibrering.region", "'rhj' finns inte i scenarios – menade du 'rjh'?"),
    "a scenario that begins too late": (
        in_plan(("scenario: utgangslage_2015", "scenario: utan_atgarder_2018")), "observationer.1.tid",
        "2015 ligger utanför scenariot utan_atgarder_2018 (2018-01-01 till 2020-12-31)"),
    "an identity that does not hold": (
        elsewhere("calibration/rjh/hyrkostnad.csv", (";2017;189,9;", ";2017;198,9;")), "hyrkostnad_summa.varde",
        "K1–K3 går inte ihop"),
    "a misspelt key": (
        in_plan(("data_till:", "datatill:")), "kalibrering.datatill", "okänd nyckel 'datatill'"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_plan_is_refused(case: str, world: World) -> None:
    edit, path, said = REFUSED[case]
    edit(world)
    told = [fault for fault in world.faults() if f": {path}: " in fault and said in fault]
    assert told, world.faults()
    assert told[0].startswith("calibration/rjh/")


def test_a_series_that_breaks_inside_the_window_is_refused(world: World) -> None:
    path = world.root / "calibration/rjh/hyrkostnad.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    broken = [line.replace("utfall;;0,05;;", "utfall;;0,05;2016-07;") for line in lines]
    marked = [new if new.startswith("hyrkostnad_ssk;") else old for old, new in zip(lines, broken, strict=True)]
    path.write_text("".join(marked), encoding="utf-8")
    (told,) = world.faults()
    assert ": observationer.6.tid: serien hyrkostnad_mkr, ssk_alla, alla har ett brott 2016-07, mellan 2015 och 2017" in told


def test_a_break_after_the_window_does_no_harm(world: World) -> None:
    path = world.root / "calibration/rjh/hyrkostnad.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("utfall;;0,05;;", "utfall;;0,05;2018-02;"), encoding="utf-8")
    assert {o.breaks for o in world.plan().observations} == {("2018-02",)}


def test_a_reconstructed_figure_is_no_observation(world: World) -> None:
    path = world.root / "calibration/rjh/hyrkostnad.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("47,3;mkr;utfall;;0,05;;;", "47,3;mkr;utfall;;0,05;;ja;"), encoding="utf-8")
    assert any("är rekonstruerat ur en otydlig källa och får inte vara en observation" in fault for fault in world.faults())


def test_what_no_series_has_may_be_defined_in_the_plan(world: World) -> None:
    more = ("{indikator: personalkostnad_mkr, population: {yrkesgrupp: ssk_alla}, tid: 2017, varde: 590, fel: 20, "
            "definition: Egen personalkostnad enligt bokslutet, kalla: Bokslut 2017}")
    world.edit(NAME, (NURSES_2017, f"{NURSES_2017}\n  - {more}"))
    (found,) = [o for o in world.plan().observations if o.indicator == "personalkostnad_mkr"]
    assert (found.value, found.sd, found.source) == (590, 20, "Bokslut 2017")


def test_a_listed_leak_lets_one_later_observation_in(world: World) -> None:
    late = NURSES_2017.replace("2017", "2018").replace("47.3", "22.8")
    leak = '  - {plats: "observationer.hyrkostnad_mkr.ssk_alla.alla.2018", motivering: prov}\n'
    world.edit(NAME, (NURSES_2017, late), ("  - {plats: region,", f"{leak}  - {{plats: region,"))
    world.edit("scenarios/rjh/utgangslage_2015.yaml", ("slut: 2017-12-31", "slut: 2018-12-31"))
    assert "2018" in {o.period.text for o in world.plan().observations}


MONTHS = "manad;yrkesgrupp;omrade;hyrkostnad_mkr;personalkostnad_mkr\n" + "".join(
    f"{2016 + m // 12}-{m % 12 + 1:02d};ssk_alla;;{1 + m / 10:.1f};50\n" for m in range(30))
OWN = "serier: {fil: manader.csv, definition: Bokförd kostnad, kalla: Ekonomisystemet, fel_procent: 5, brott: [%s]%s}\n"


def with_months(world: World, breaks: str, more: str = "") -> None:
    (world.root / "calibration/rjh/manader.csv").write_text(MONTHS, encoding="utf-8")
    path = world.root / NAME
    path.write_text(path.read_text(encoding="utf-8") + "\n" + OWN % (breaks, more), encoding="utf-8")


def test_own_months_are_read_as_far_as_the_data_may_be_known(world: World) -> None:
    with_months(world, "2018-02")
    own = world.plan().own
    assert len(own) == 2 * 24
    assert max(row.period.text for row in own) == "2017-12"


def test_own_months_that_break_inside_the_window_are_refused_or_begin_after_it(world: World) -> None:
    with_months(world, "2017-02")
    (told,) = world.faults()
    assert ": serier.brott: serien har ett brott 2017-02 inom fönstret 2016-01 till 2017-12; börja efter" in told
    world.edit(NAME, ("brott: [2017-02]}", "brott: [2017-02], fran: 2017-02}"))
    assert len(world.plan().own) == 2 * 11


def test_the_digest_is_of_the_content_and_of_all_that_decides_it(world: World) -> None:
    before = world.plan().digest
    world.edit(NAME, ("parametrar:  ", "# en kommentar\nparametrar:  "), ('kommentar: "Median', 'kommentar: "Samma median'))
    assert world.plan().digest == before
    digests = [before]
    for name, change in (
        (NAME, ("fel_procent: 30", "fel_procent: 25")), (NAME, ("parameteruppsattningar: 50000", "parameteruppsattningar: 9000")),
        (NAME, ("bp_pristak, ", "")),
        ("scenarios/rjh/region.yaml", ("manadslon_kr: {varde: 80700", "manadslon_kr: {varde: 80800")),
        ("scenarios/gemensamt/atgarder.yaml", ("per vecka, veckovisa möten", "i veckan, veckovisa möten")),
    ):
        world.edit(name, change)
        digests.append(world.plan().digest)
    assert len(set(digests)) == len(digests)


@pytest.mark.parametrize(("old", "new", "words"), [
    ("{scenario: nollalternativ, upps", "{scenario: nollalternativet, upps", "menade du 'nollalternativ'"),
    ("fran: 2013-06, till", "fran: juni, till", "'juni' är inget datum"),
    ("{indikator: sjukfranvaro_procent, tid", "{indikator: sjukfranvaro, tid", "indikatorn 'sjukfranvaro' finns inte"),
    ("{yrkesgrupp: distriktslakare}, fran", "{yrkesgrupp: distriktslakar}, fran", "'distriktslakar' finns inte i regionen"),
    ("{yrkesgrupp: distriktslakare}, fran", "{enhet: hc_1}, fran", "inte en enhet"),
])
def test_a_prior_check_of_what_does_not_exist_is_refused(world: World, old: str, new: str, words: str) -> None:
    """Before anything is simulated, with its place."""
    world.edit(NAME, (old, new))
    assert any(words in str(fault) for fault in world.faults())


@pytest.mark.parametrize(("old", "new"), [
    ("standardavvikelse: 0.7, min: 0", "standardavvikelse: 0.7, min: 100"),
    ("ovre: 1.0, antagande", "ovre: 1.0, max: -1, antagande"),
])
def test_a_prior_with_nothing_between_its_bounds_is_refused(world: World, old: str, new: str) -> None:
    world.edit(NAME, (old, new))
    assert world.faults()


def test_all_faults_come_at_once(world: World) -> None:
    world.edit(NAME, ("varde: 47.3", "varde: 43.7"), ("bp_tak15", "bp_tak16"))
    world.edit("calibration/rjh/hyrveckor.csv", (";610;", ";;"))
    assert len(world.faults()) >= 3


@pytest.mark.property
def test_whatever_a_plan_contains_its_faults_have_a_place(world: World) -> None:
    path, shipped = world.root / NAME, (ROOT / NAME).read_text(encoding="utf-8")
    for seed in range(25):
        path.write_text(broken(shipped, random.Random(seed)), encoding="utf-8")
        for fault in ks.check(path).problems:
            assert fault.file.startswith(("calibration/rjh/", "scenarios/")) and fault.line >= 1 and fault.column >= 1
            assert "pydantic" not in fault.text
