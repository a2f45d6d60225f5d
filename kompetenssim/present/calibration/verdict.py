"""The verdict on a calibration in a few plain sentences made from its numbers; what failed comes first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isnan
from typing import NamedTuple

from kompetenssim.forecast.posterior import LEAST_LINES
from kompetenssim.forecast.tablefile import number
from kompetenssim.present import text
from kompetenssim.present.calibration import words
from kompetenssim.present.calibration.events import Event
from kompetenssim.present.calibration.findings import ENOUGH_ROWS, Findings, Line

NOT_THE_WORD = "FÖR FÅ KONTROLLRADER FÖR ORDET KALIBRERAD"
CHECKS = {"forkontroll": "förkontroller", "simuleringsprov": "parametrar i simuleringsprovet", "rakenskap": "räkneidentiteter"}


class Sentence(NamedTuple):
    """One statement and whether it tells of something that did not hold."""

    text: str
    failed: bool


def banner(found: Findings) -> str | None:
    """Give the warning that every page carries while the lines are too few for the word."""
    if found.carries_the_word:
        return None
    n = len(found.lines)
    return f"PRÖVAD MOT {n} {'RAD' if n == 1 else 'RADER'} – {NOT_THE_WORD}" if n else f"INTE PRÖVAD MOT UTFALL – {NOT_THE_WORD}"


def lead(found: Findings) -> str:
    """Say what this is."""
    observations = found.rows("observationer")
    start, fitted = ([r for r in observations if (r["roll"] == "ankare") is anchor] for anchor in (True, False))
    begins = f"startar i läget {_years(start)} och " if start else ""
    held = (f" Sedan har den fått säga hur det skulle gå {found.control_year}, som anpassningen inte fick se, och jämförs här "
            "med utfallet."
            if found.lines else " Den har inte jämförts med något år som hållits undan.")
    return (f"Modellen för {found.manifest['regionnamn']} {begins}har anpassats till {len(fitted)} observationer från "
            f"{_years(fitted)}; inget är daterat efter {found.manifest['data_till']}.{held}")


def _years(rows: Sequence[Mapping[str, str]]) -> str:
    return text.listed(sorted({r["tid"] for r in rows}))


def verdict(found: Findings) -> list[Sentence]:
    """Give the sentences, what failed first."""
    made = [s for part in (_control, _skill, _directions, _parameters, _checks, _word, _together) for s in part(found)]
    return sorted(made, key=lambda s: not s.failed)


def _control(found: Findings) -> Iterator[Sentence]:
    if not found.lines:
        return
    n, failed = len(found.lines), found.inside < found.needed
    outside = [f"{line.title} ({_hit(line)})" for line in found.lines if not line.inside]
    told = f" Utanför: {text.listed(outside)}." if outside else ""
    yield Sentence(
        f"{found.inside} av {n} rader {found.control_year} ligger inom sitt 80 %-intervall; målet var minst {found.needed}"
        f"{' och nåddes inte' if failed else ''}.{told} Provet är svagt: en modell vars intervall bara täcker hälften av "
        f"utfallen når {found.needed} av {n} med sannolikheten {text.number(found.lucky, 2)}.", failed)


def _hit(line: Line) -> str:
    form = words.form(line.record["indikator"])
    return f"utfall {text.formatted(line['utfall'], form)}, intervall {text.interval(line['undre80'], line['ovre80'], form)}"


def _skill(found: Findings) -> Iterator[Sentence]:
    told = [(said, skill) for said, skill in found.benchmarks if not isnan(skill)]
    if not told:
        return
    parts = [f"{'bättre än' if skill > 0 else 'sämre än' if skill < 0 else 'lika bra som'} ”{said}” "
             f"(skicklighet {text.number(skill, 2, signed=True)})" for said, skill in told]
    yield Sentence(f"Modellen är {text.listed(parts)}. Skicklighet 0 är lika bra som jämförelsen, 1 vore felfritt.",
                   any(skill <= 0 for _, skill in told))


def _directions(found: Findings) -> Iterator[Sentence]:
    lines = [line for line in (found.total, *found.lines) if line is not None and line.direction is not None]
    wrong = [line for line in lines if line.direction is not None and not line.direction[1]]
    if not lines:
        return
    said = f"Riktningen är rätt för {len(lines) - len(wrong)} av {len(lines)} rader, summan inräknad"
    listed = [f"{line.title} ({line.direction[0]})" for line in wrong if line.direction is not None]
    yield Sentence(f"{said}{f'; fel för {text.listed(listed)}' if listed else ''}.", bool(wrong))


def _parameters(found: Findings) -> Iterator[Sentence]:
    every, missing = len(found.parameters), found.not_identified
    known = (f"Data bestämmer {found.manifest['identifierade_riktningar']} av {every} riktningar (kombinationer av de fria "
             "parametrarna).")
    if missing:
        yield Sentence(f"{len(missing)} av {every} fria parametrar är ej identifierade och styrs av antagande: "
                       f"{text.listed([name[0].lower() + name[1:] for name in missing])}. {known}", True)
    else:
        yield Sentence(f"Alla {every} fria parametrar är identifierade. {known}", False)


def _checks(found: Findings) -> Iterator[Sentence]:
    said = []
    for name, title in CHECKS.items():
        rows = found.rows(name)
        if rows:
            said.append(f"{len(rows) - len(found.failed(name))} av {len(rows)} {title} höll")
    failed = any(found.failed(name) for name in CHECKS)
    few = (f" Bara {text.number(found.manifest['verksamma'])} verksamma rader bär resultatet ({ENOUGH_ROWS} behövs): talen är "
           "mest brus." if found.noisy else "")
    if said or few:
        yield Sentence(f"{text.listed(said)}.{few}", failed or found.noisy)


def _word(found: Findings) -> Iterator[Sentence]:
    if found.lines and not found.carries_the_word:
        yield Sentence(f"{len(found.lines)} kontrollrader räcker inte för ordet kalibrerad: det kräver minst {LEAST_LINES}. "
                       "Resultatet är en jämförelse med utfallet, inget godkännande av modellen.", True)


def _together(found: Findings) -> Iterator[Sentence]:
    happened = found.events
    if len(happened) > 1:
        when = f"delade månader ({_span(found.shared_months)})" if found.shared_months else "följde på varandra inom samma period"
        yield Sentence(f"{len(happened)} händelser {when}; data kan inte skilja deras verkan åt, bara visa summan.", False)


def not_separable(found: Findings) -> tuple[str, list[str]] | None:
    """Say what the data cannot separate, and list the events with their dates; None with fewer than two."""
    happened = found.events
    if len(happened) < 2:
        return None
    return ("Det här hände i kontrollperioden och räknas in i prognosen ”med kända händelser”. Utfallet är ett tal för "
            f"hela perioden{_overlap(found)}. Skillnaden mot ”utan åtgärder” är deras gemensamma verkan enligt antagna effekter; "
            "utfallet kan inte visa vilken av dem som verkade, eller om något annat gjorde det.", [_event(e) for e in happened])


def _overlap(found: Findings) -> str:
    shared = found.shared_months
    return f", och minst två händelser verkade samtidigt {_span(shared)}" if shared else ""


def _span(months: Sequence[str]) -> str:
    first, last = text.period(months[0]), text.period(months[-1])
    return first if first == last else f"{first} – {last}"


def _event(event: Event) -> str:
    if not event.start:
        return event.title
    return f"{event.title} ({text.period(event.start)}{f' – {text.period(event.end)}' if event.end else ' och framåt'})"


def measures_said(found: Findings) -> str | None:
    """Say what the known events change in the forecast of the sum."""
    totals = {line.variant: line for line in found.every_line if line.total}
    if len(totals) < 2:
        return None
    (first, ours), (second, other) = list(totals.items())[:2]
    return (f"Summan {found.control_year}: utfall {text.msek(ours['utfall'])}; prognos {first} "
            f"{text.msek(ours['prognos_medel'])}, {second} {text.msek(other['prognos_medel'])}. {ours.record['fore_tid']} "
            f"var den {text.msek(ours.before)}.")


def regression_to_mean(found: Findings) -> str | None:
    """Warn that a peak falls by itself; None where the year before was no peak."""
    total = found.total
    anchors = [r for r in found.rows("observationer") if r["roll"] == "ankare" and r["indikator"] == "hyrkostnad_mkr"]
    if total is None or not anchors:
        return None
    start = sum(number(r["observerat"]) for r in anchors)
    if total.before <= start:
        return None
    return (f"{total.record['fore_tid']} var en topp: {text.msek(total.before)} mot {text.msek(start)} {anchors[0]['tid']}. "
            "Åtgärder beslutas ofta när det är som värst, och efter en topp sjunker en kostnad ofta av sig själv (återgång mot "
            f"medelvärdet). Att slå ”oförändrat” är därför inget starkt prov; {anchors[0]['tid']} års nivå och medelvärdet är "
            "de jämförelser som räknar med en återgång.")


def evaluations(found: Findings) -> list[Sentence]:
    """Say how many times the control period has been looked at, and whether anything was changed in between."""
    told = found.run_info.get("utvardering")
    if not told:
        return []
    count, configurations = int(told["number"]), int(told["configurations"])
    said = ([Sentence(f"Detta är utvärdering nummer {count} mot kontrollperioden.", False)] if count > 1 else
            [Sentence("Detta är den första utvärderingen mot kontrollperioden.", False)])
    if configurations > 1:
        said.insert(0, Sentence(
            f"{configurations} olika konfigurationer har hållits mot samma kontrollperiod: planen, data eller antaganden har "
            "ändrats efter den första. Den som ändrar efter att ha sett utfallet anpassar sig till det, och kontrollen är då "
            "inte längre ett rent prov.", True))
    elif count > 1:
        said.append(Sentence("Konfigurationen är oförändrad sedan den första.", False))
    if not told["logged"]:
        said.append(Sentence("Loggen gick inte att skriva; räkningen kan vara för låg.", True))
    return said


def identities(found: Findings) -> str | None:
    """Say how many of the accounting identities held."""
    rows = found.rows("rakenskap")
    return f"{len(rows) - len(found.failed('rakenskap'))} av {len(rows)} räkneidentiteter höll." if rows else None
