"""Tables of what was tried before and beside the fit: prior checks, fits to made-up data, leaks, accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kompetenssim.forecast.tablefile import number
from kompetenssim.present import text
from kompetenssim.present.calibration import words
from kompetenssim.present.calibration.findings import Findings
from kompetenssim.present.tables.form import Cell, Column, Range, Row, Section, Table
from kompetenssim.present.text import Format

TWO, PER_CENT = Format(2), text.PERCENT
CHECKS = {
    "observation": "Utfallet inom antagandenas 90 %", "alla tillsammans": "Alla utfall tillsammans",
    "utan åtgärder": "Bristen skenar inte utan åtgärder", "stopp": "Följden av hyrstoppet",
    "publicerat intervall": "Inom publicerade tal", "klipp": "Belastningen når sällan sin gräns",
}


def _held(rows: Sequence[tuple[bool, Row]], failed: str, held: str) -> tuple[Section, ...]:
    """Put what failed first."""
    found = {kept: tuple(row for ok, row in rows if ok is kept) for kept in (False, True)}
    return (Section(f"{failed} ({len(found[False])})", found[False], keys=("nej",)),
            Section(f"{held} ({len(found[True])})", found[True], keys=("ja",)))


def prior_checks(found: Findings) -> Table | None:
    """Build the table of checks before the fit."""
    rows = found.rows("forkontroll")
    if not rows:
        return None
    columns = (
        Column("Kontroll", words=True, wide=True),
        Column("Avser", words=True, wide=True),
        Column("Antagandena säger: median", TWO),
        Column("90 % intervall", TWO, ends=True),
        Column("Ska stämma med", words=True, wide=True),
    )
    return Table(
        "forkontroller", "forkontroller", "Kontroller av antagandena, före anpassningen", columns,
        _held([(r["haller"] == "ja", _check(r)) for r in rows], "Höll inte", "Höll"), keys=("Håller",),
        notes=("Antagandena prövas innan modellen ser några utfall. En observation håller när utfallet ligger i de mittersta "
               "90 % av vad antagandena säger; ett publicerat intervall när medianen ligger i det. Avståndet för alla "
               "tillsammans (Mahalanobis) är hur långt utfallen ligger från antagandenas mitt, med hänsyn till hur raderna "
               "följs åt. Att en kontroll inte håller stoppar inget: det sägs.",))


def _check(r: Mapping[str, str]) -> Row:
    cells: tuple[Cell, ...] = (
        CHECKS.get(r["kontroll"], r["kontroll"]),
        words.named(r["avser"]) if r["kontroll"] == "observation" else words.spelled(r["avser"]), number(r["median"]),
        Range(number(r["undre90"]), number(r["ovre90"])), words.spelled(r["mot"]))
    return Row(cells)


def simulation_based(found: Findings) -> Table | None:
    """Build the table of fits to data that the model made itself."""
    rows = found.rows("simuleringsprov")
    if not rows:
        return None
    columns = (
        Column("Parameter", words=True, wide=True),
        Column("50 % intervallet träffar", PER_CENT),
        Column("80 % intervallet träffar", PER_CENT),
        Column("95 % intervallet träffar", PER_CENT),
        Column("Chi-två för rangerna", text.DECIMAL),
        Column("p-värde", Format(3)),
        Column("Sanningar", text.COUNT),
        Column("Verksamma rader, median", text.COUNT),
    )
    made = [(r["haller"] == "ja", Row((
        words.parameter(r["parameter"]), *(number(r[f"inom{n}"]) for n in (50, 80, 95)), number(r["chi2"]), number(r["p"]),
        number(r["sanningar"]), number(r["verksamma_median"])))) for r in rows]
    limit = text.number(0.05 / len(rows), 3)
    return Table(
        "simuleringsprov", "simuleringsprov", "Simuleringsprov: hittar anpassningen tillbaka till en känd sanning?", columns,
        _held(made, "Höll inte", "Höll"), keys=("Håller",),
        notes=("Anpassningen får data som modellen själv har gjort med kända parametrar. Är den ärlig träffar ett 80 "
               "%-intervall sanningen i åtta fall av tio, och sanningens rang bland dragningarna är jämnt fördelad; det prövas "
               f"med chi-två, och ett p-värde under {limit} (5 % delat på antalet parametrar) räknas som att det inte höll. "
               "Provet säger inget om modellen liknar verkligheten.",))


def register(found: Findings) -> Table | None:
    """Build the table of rates that a register of staff says something of; its cells are written by the fit."""
    rows = found.rows("register")
    if not rows:
        return None
    columns = tuple(Column(name.capitalize(), words=True, wide=name in ("parameter", "anmärkning")) for name in rows[0])
    return Table(
        "register", "register", "Vad registret säger om takterna", columns,
        (Section(f"Parametrar ur personalregistret ({len(rows)})", tuple(Row(tuple(r.values())) for r in rows)),),
        notes=("Prior och skattning är undre – trolig – övre. Kontraktion: 0 = registret sade inget, 1 = det bestämde talet "
               "helt. Överspridning över 1: åren skiljer sig mer åt än slumpen förklarar. Uppgifter om färre än fem personår "
               "visas inte.",))


def leaks(found: Findings) -> Table | None:
    """Build the table of later figures that are used all the same."""
    rows = found.rows("lackage")
    if not rows:
        return None
    columns = (Column("Plats i filerna", words=True, wide=True), Column("Varför den används", words=True, wide=True),
               Column("Vad som gjorts åt det", words=True, wide=True))
    made = tuple(Row((r["plats"], r["motivering"], r["i_stallet"] or "inget")) for r in rows)
    return Table("lackage", "lackage", "Uppgifter från tiden efter data som ändå används", columns,
                 (Section(f"Läckage ({len(made)})", made),),
                 notes=(f"Anpassningen får bara använda uppgifter till och med {found.manifest['data_till']}. Varje undantag "
                        "står här. * = alla.",))


def accounts(found: Findings) -> Table | None:
    """Build the table of accounting identities."""
    rows = found.rows("rakenskap")
    if not rows:
        return None
    columns = (Column("Identitet", words=True), Column("Uträkning", words=True, wide=True), Column("Tryckt tal"),
               Column("Omräknat", TWO), Column("Tillåtet för avrundning", TWO, ends=True))
    made = [(r["haller"] == "ja", Row((r["identitet"], words.spelled(r["avser"]), number(r["tryckt"]), number(r["raknat"]),
                                       Range(number(r["minst"]), number(r["mest"]))))) for r in rows]
    return Table("rakenskap", "rakenskap", "Räknskap: går källornas egna tal ihop?", columns, _held(made, "Höll inte", "Höll"),
                 keys=("Håller",),
                 notes=("Det som källan trycker på två ställen räknas om. K1–K3 är summor, K4 förändringar, K5 avvikelser mot "
                        "mål, K6 nämnaren i hyrandelen, K8 kostnad per vecka. Mkr, procent eller kronor som i källan.",))


def manifest(found: Findings) -> Table:
    """Build the manifest: what is needed to make the same calibration again."""
    from kompetenssim.present.tables.t12_manifest import sections

    return Table("manifest", "manifest", "Manifest", (Column("Uppgift", words=True), Column("Värde", words=True, wide=True)),
                 sections(found.manifest, "Kalibrering"), keys=("Del",),
                 notes=("Samma plan, data, version, slumpfrö och antal uppsättningar ger samma tal, byte för byte på samma "
                        "plattform.",))
