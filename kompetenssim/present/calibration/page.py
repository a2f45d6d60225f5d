"""The page of a calibration: one self-contained HTML file in the form of the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from kompetenssim.present import report, text
from kompetenssim.present.calibration import verdict
from kompetenssim.present.calibration.findings import Findings
from kompetenssim.present.calibration.verdict import Sentence
from kompetenssim.present.figures import Figure
from kompetenssim.present.tables.form import Table


class Part(NamedTuple):
    """One section: anchor, heading, what is said before its tables, a list, and tables and figures by id."""

    anchor: str
    heading: str
    said: tuple[Sentence, ...]
    listed: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()


def html(found: Findings, tables: Mapping[str, Table], figures: Mapping[str, Figure]) -> str:
    """Render the page. Parts whose tables are missing are left out."""
    parts = [p for p in _parts(found) if any(id_ in tables for id_ in p.tables) or (not p.tables and p.said)]
    return report.environment().get_template("kalibrering.html.j2").render(
        found=found, parts=parts, tables=tables, figures=figures, banner=verdict.banner(found), lead=verdict.lead(found),
        sentences=verdict.verdict(found), numbers=_numbers(found), made=_made(found))


class Number(NamedTuple):
    """A number on top of the page: what, how much, what it means, and whether it is as wished."""

    title: str
    amount: str
    meaning: str
    good: bool


def _numbers(found: Findings) -> list[Number]:
    every = len(found.parameters)
    known = every - len(found.not_identified)
    made = [Number("Identifierade parametrar", f"{known} av {every}", "resten styrs av antaganden", known == every)]
    if found.lines:
        made.insert(0, Number("Inom 80 %-intervallet", f"{found.inside} av {len(found.lines)}", f"minst {found.needed} var målet",
                              found.inside >= found.needed))
    made += [Number(f"Skicklighet mot ”{said}”", text.number(skill, 2, signed=True), "0 = lika bra, 1 = felfritt", skill > 0)
             for said, skill in found.benchmarks]
    return made


def _parts(found: Findings) -> list[Part]:
    """Give every part in the order of the page."""
    plain = [Sentence(s, False) for s in (verdict.measures_said(found),) if s is not None]
    together = verdict.not_separable(found)
    mean = verdict.regression_to_mean(found)
    held = verdict.identities(found)
    return [
        Part("kontrollperiod", "Kontrollperioden",
             (Sentence("Det enda provet på något som modellen inte har sett. Raderna visas med de händelser som var kända och, "
                       "bredvid, utan någon åtgärd "
                       "alls.", False), *plain, *([Sentence(together[0], False)] if together else [])),
             tuple(together[1]) if together else (), ("kontrollperiod",), ("kontrollperiod",)),
        Part("naiva", "Mot naiva prognoser",
             (Sentence("En modell är värd något först när den slår det som vem som helst kan gissa.", False),
              *([Sentence(mean, False)] if mean else [])), (), ("naiva_prognoser",)),
        Part("parametrar", "Parametrar", (Sentence(_directions_said(found), False),), (), ("T8P",), ("F9",)),
        Part("observationer", "Observationer", (Sentence("Vad modellen anpassats till, och hur väl den återger "
                                                         "det.", False),), (),
             ("T8O",)),
        Part("register", "Register", (Sentence("Det som personalregistret säger räknas ut direkt, utan simulering.", False),), (),
             ("register",)),
        Part("forkontroller", "Förkontroller", (Sentence("Vad antagandena säger innan de mött data. Rimliga antaganden ska "
                                                         "rymma utfallen utan hjälp.", False),), (), ("forkontroller",)),
        Part("utelamnade", "Utelämnade observationer", (), (), ("utelamnade",)),
        Part("simuleringsprov", "Simuleringsprov", (), (), ("simuleringsprov",)),
        Part("lackage", "Läckage", (), (), ("lackage",)),
        Part("rakenskap", "Räknskap", (Sentence(held, bool(found.failed("rakenskap"))),) if held else (), (), ("rakenskap",)),
        Part("utvarderingar", "Utvärderingar", tuple(verdict.evaluations(found))),
        Part("manifest", "Manifest", (), (), ("manifest",)),
    ]


def _directions_said(found: Findings) -> str:
    rows = found.rows("riktningar")
    values = text.listed([text.number(float(r["egenvarde"].replace(",", ".")), 2) for r in rows])
    known = found.manifest["identifierade_riktningar"]
    return (f"Data bestämmer {known} av {len(rows)} riktningar. En riktning är en kombination av parametrar; den är bestämd när "
            f"data har krympt dess varians till under 0,64 av antagandets (här {values}). Data kan bestämma en kombination utan "
            "att bestämma någon parameter för sig.")


def _made(found: Findings) -> str:
    manifest = found.manifest
    walked = manifest.get("vandring")
    steps = f", därefter {walked['steps']} steg för {walked['particles']} partiklar" if walked else ""
    return (f"{text.number(manifest['uppsattningar'])} parameteruppsättningar med en simulering var{steps}; "
            f"{text.number(manifest['verksamma'])} verksamma rader, slumpfrö {manifest['slumpfro']}.")
