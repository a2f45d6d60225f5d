"""Tables of the control period: what was forecast of each line, and what forecasts that anybody can make are worth."""

from __future__ import annotations

from math import isnan

from kompetenssim.calibration.control import WITH
from kompetenssim.calibration.skills import OURS
from kompetenssim.forecast.tablefile import number
from kompetenssim.present import text
from kompetenssim.present.calibration import words
from kompetenssim.present.calibration.findings import Findings, Line
from kompetenssim.present.tables.form import Cell, Column, Range, Row, Section, Table
from kompetenssim.present.text import Format

TWO = Format(2)
YES, NO = "ja", "nej"
HIT = {YES: "inom", NO: "utanför", "": ""}


def control(found: Findings) -> Table | None:
    """Build the table of the control period: the lines that count first, then the sum, then what is only compared."""
    if not found.every_line:
        return None
    before = next((line.record["fore_tid"] for line in found.lines), "före")
    columns = (
        Column("Rad", words=True, wide=True),
        Column(before),
        Column("Utfall"),
        Column("Prognos, medel"),
        Column("50 % intervall", ends=True),
        Column("80 % intervall", ends=True),
        Column("95 % intervall", ends=True),
        Column("80 %-inter\u00advallet", words=True),
        Column("Intervallpoäng 80 %", TWO),
        Column("CRPS", TWO),
        Column("PIT", TWO),
        Column("Riktning", words=True),
        Column("P(ned)", text.PROBABILITY),
        Column("50 %-intervallet", words=True, on_page=False),
        Column("95 %-intervallet", words=True, on_page=False),
        Column("80 %-intervallet utan datafel", words=True, on_page=False),
    )
    sections = []
    for variant in dict.fromkeys(line.variant for line in found.every_line):
        lines = [line for line in found.every_line if line.variant == variant]
        counted = [*(line for line in lines if line.counted), *(line for line in lines if line.total)]
        others = [line for line in lines if not line.counted and not line.total]
        about = ", hyrkostnad i mkr" if all(line.record["indikator"] == "hyrkostnad_mkr" for line in counted) else ""
        role = " – raderna som räknas, och deras summa" if variant == WITH else " – bredvid, räknas inte"
        sections += [
            Section(f"{variant.capitalize()}{about}{role}", tuple(map(_line, counted)), keys=(variant, "anpassad")),
            Section(f"{variant.capitalize()}, rader som aldrig anpassats – jämförs bara", tuple(map(_line, others)),
                    keys=(variant, "ej anpassad"))]
    return Table(
        "kontrollperiod", "kontrollperiod", f"Kontrollperioden {found.control_year}: prognos mot "
                                            "utfall", columns, tuple(sections),
        keys=("Prognos", "Slag"),
        notes=("Ett bra 80 %-intervall innehåller utfallet i åtta fall av tio. CRPS är prognosens fel i radens enhet "
               "(procentenheter för andelar), med osäkerheten inräknad; intervallpoängen är intervallets bredd med straff när "
               "utfallet ligger utanför. Lägre är bättre för båda. PIT är andelen av simuleringarna under utfallet. P(ned) är "
               "sannolikheten enligt modellen att raden sjunker från året före; en rad som inte sjönk ska inte vara förutsagd "
               "ned med säkerhet (95 %). Summan är radernas summa, som avrundning kan skilja från källans.",
               *([_without_error(found)] if found.lines else [])))


def _without_error(found: Findings) -> str:
    """Say how many lines are inside without the declared error of the data, which widens the intervals."""
    told = [line.record["inom80_utan_datafel"] for line in found.lines]
    return ("I intervallen för rader som anpassats ingår det fel som observationerna uppges ha. Utan det ligger "
            f"{told.count(YES)} av {len(told)} rader inom 80 %.")


def _line(line: Line) -> Row:
    direction, form = line.direction, words.form(line.record["indikator"])
    cells: tuple[Cell, ...] = (
        line.title, None if isnan(line.before) else line.before, line["utfall"], line["prognos_medel"],
        *(Range(line[f"undre{n}"], line[f"ovre{n}"]) for n in (50, 80, 95)), HIT[line.record["inom80"]],
        form.scale * line["intervallpoang80"], form.scale * line["crps"], line["pit"],
        "" if direction is None else f"{'rätt' if direction[1] else 'fel'}: {direction[0]}",
        None if isnan(line["andel_ned"]) else line["andel_ned"],
        HIT[line.record["inom50"]], HIT[line.record["inom95"]], HIT[line.record.get("inom80_utan_datafel", "")])
    return Row(cells, strong=line.total, format=form)


def naive(found: Findings) -> Table | None:
    """Build the table of forecasts side by side: skill against each, miss of the sum, error by line."""
    rows = found.rows("baslinjer")
    if not rows:
        return None
    names = list(dict.fromkeys(r["rad"] for r in rows))
    columns = (
        Column("Prognos", words=True, wide=True),
        Column("Modellens skicklighet mot den", TWO, signed=True),
        Column("Summans fel, mkr"),
        Column("Rader inom 80 %", words=True),
        *(Column(f"CRPS {words.named(name).rsplit(' ', 1)[0]}", TWO) for name in names),
    )
    made = []
    for key, (said, skill, miss) in found.skills.items():
        own = {r["rad"]: r for r in rows if r["prognos"] == key}
        inside = sum(r["inom80"] == YES for r in own.values())
        cells: tuple[Cell, ...] = (
            said, None if key == OURS else skill, miss, f"{inside} av {len(own)}",
            *(number(own[name]["crps"]) if name in own else None for name in names))
        made.append(Row(cells, strong=key == OURS))
    return Table(
        "naiva_prognoser", "naiva_prognoser", "Modellen bredvid prognoser som vem som helst kan göra", columns,
        (Section(f"Kontrollperioden {found.control_year}", tuple(made)),),
        notes=("Skicklighet: över 0 är modellen bättre än jämförelsen, 0 är lika bra, under 0 är den sämre; 1 vore felfritt. "
               "Den räknas på raderna tillsammans, var och en delad med sitt värde före kontrollperioden så att ingen rad "
               "dominerar. Naiva prognoser har en spridning som är satt ur historien. Tvillingen är samma modell räknad på "
               "förväntade värden, utan slump.",))


def left_out(found: Findings) -> Table | None:
    """Build the table of fitted figures forecast without being shown."""
    rows = found.rows("utelamnade")
    if not rows:
        return None
    columns = (
        Column("Rad", words=True, wide=True),
        Column("Utfall"),
        Column("Prognos, medel"),
        Column("80 % intervall", ends=True),
        Column("95 % intervall", ends=True),
        Column("80 %-intervallet", words=True),
        Column("CRPS", TWO),
        Column("PIT", TWO),
        Column("Verksamma rader", text.COUNT),
    )
    start = text.listed(sorted({r["tid"] for r in found.rows("observationer") if r["roll"] == "ankare"}))
    titles = {"startlaget": f"Ur startläget{f' {start}' if start else ''} ensamt",
              "startlaget och de andra": "Ur startläget och de andra raderna: en grupp i taget utelämnad"}
    sections = []
    for key in dict.fromkeys(r["anpassad_till"] for r in rows):
        made = tuple(
            Row((f"{words.of_row(r)} {r['tid']}", number(r["utfall"]), number(r["prognos_medel"]),
                 *(Range(number(r[f"undre{n}"]), number(r[f"ovre{n}"])) for n in (80, 95)), HIT[r["inom80"]], number(r["crps"]),
                 number(r["pit"]), number(r["verksamma"])), format=words.form(r["indikator"]))
            for r in rows if r["anpassad_till"] == key)
        sections.append(Section(titles.get(key, key), made, keys=(key,)))
    return Table(
        "utelamnade", "utelamnade", "Observationer som modellen inte fick se", columns, tuple(sections), keys=("Anpassad till",),
        notes=("Kontrollperioden är inte använd här. Verksamma rader: hur många av de simulerade uppsättningarna som bär vikt; "
               "är de få är talen osäkra.",))
