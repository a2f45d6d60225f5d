"""What people look at of a search: one sentence, table S1, one figure, a short report."""

from __future__ import annotations

from math import isnan, nan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kompetenssim.forecast.indicators import base_of
from kompetenssim.present import text
from kompetenssim.present.figures import Figure, read_frame, search_curve, write_frame
from kompetenssim.present.report import environment
from kompetenssim.present.tables.form import Chance, Column, Interval, Row, Section, Table, write_csv
from kompetenssim.present.terminal import WIDTH, render
from kompetenssim.present.text import Format

if TYPE_CHECKING:
    from kompetenssim.forecast.search.folder import Stored
    from kompetenssim.forecast.search.points import Point

FIGURE = "S1_sokning"


def write_all(stored: Stored, folder: Path) -> None:
    """Write table, figure and report of a search into its folder."""
    table = build(stored)
    (folder / "tabeller").mkdir()
    (folder / "figurer").mkdir()
    write_csv(table, folder / "tabeller" / table.file_name)
    data = folder / "figurer" / f"{FIGURE}.csv"
    write_frame(search_curve.data(stored), data)
    kind = search_curve.kind_of(stored)
    picture = search_curve.draw(read_frame(data), kind)
    data.with_suffix(".svg").write_text(picture, encoding="utf-8")
    figure = Figure("S1", picture, kind.caption, data.name)
    page = environment().get_template("sokning.html.j2").render(
        stored=stored, table_=table, figure=figure, sentence=sentence(stored), remarks=remarks(stored), method=method(stored),
        banner=None if stored.manifest["kalibrerad"] else text.BANNER, why=text.BANNER_WHY, varied=stored.asked["varierar"])
    (folder / "rapport.html").write_text(page, encoding="utf-8", newline="\n")


def show(stored: Stored) -> None:
    """Print the answer and the points in the terminal."""
    from rich.console import Console

    out = Console(width=WIDTH, highlight=False)
    if not stored.manifest["kalibrerad"]:
        out.print(text.BANNER, style="bold", markup=False)
    table = build(stored)
    for section in table.shown:
        out.print()
        out.print(section.title, style="bold", markup=False)
        out.print(render(table, section, (table.columns[0].heading,), room=out.width))
    out.print()
    out.print(sentence(stored), markup=False)
    for remark in (*remarks(stored), method(stored)):
        out.print(remark, style="dim", markup=False)


def sentence(stored: Stored) -> str:
    """Give the answer in one Swedish sentence."""
    answer, asked = stored.answer, stored.asked
    varied, goal = asked["varierar"], _goal(asked)
    how = f"målet \u201d{goal}\u201d nås {_how(stored)}"
    if answer.status == "redan_natt":
        point = answer.point(answer.storlek)
        return f"{_start(how)} redan vid den minsta storleken, {_size(answer.storlek, varied)} ({_reached(stored, point)})."
    if answer.status == "nas_inte":
        best = _best(stored)
        return (f"{_start(how.replace(' nås ', ' nås inte '))} mellan {_number(varied['undre'])} och "
                f"{_size(answer_last(stored), varied)}: närmast kommer {_size(best.storlek, varied)} ({_reached(stored, best)}).")
    point, missed = answer.point(answer.storlek), answer.point(answer.granne)
    extreme, needed = ("högst", "ryms om") if answer.storst else ("minst", "krävs för att")
    interval = _interval(stored)
    size = f"{extreme} {_size(answer.storlek, varied)}{interval}"
    how = f"målet \u201d{goal}\u201d ska nås {_how(stored)}"
    reached, not_reached = _reached(stored, point), _reached(stored, missed)
    near = " (strax under)" if not_reached in (reached, _asked_chance(asked)) else f" ({not_reached})"
    return (f"{varied['titel']}: {size} {needed} {how} ({reached}); vid {_number(answer.granne)} räcker det inte{near}.")


def remarks(stored: Stored) -> list[str]:
    """Say what limits the answer."""
    answer, said = stored.answer, []
    if answer.fallande:
        pairs = text.listed([f"{_number(a)} och {_number(b)}" for a, b in answer.fallande[:3]])
        said.append(f"Skattningen går inte åt ett håll: mellan de körda storlekarna {pairs} vänder den. "
                    "Fler simuleringar visar om det är slump eller modellens egen verkan.")
    if answer.status == "redan_natt":
        said.append("Målet nås vid båda ändarna av intervallet; storlekar däremellan har inte prövats.")
    if answer.status == "nas_inte" and answer.metod == "simulering":
        said.append("Ändarna och tre storlekar däremellan har körts; ett smalare fönster kan finnas mellan dem.")
    if answer.status == "funnen" and answer.metod == "simulering" and isnan(answer.undre80 + answer.ovre80):
        said.append("Monte Carlo-intervallet når utanför de storlekar som får prövas; fler simuleringar gör det smalare.")
    apart = _apart(stored)
    if apart:
        said.append(f"Tvillingen ligger utanför simuleringarnas 80 % intervall vid {text.listed(apart)}: modellen är inte linjär "
                    "där. Den visade bara var sökningen skulle börja; svaret är simuleringarnas.")
    return said


def _apart(stored: Stored) -> list[str]:
    """Give the sizes at which twin and simulation disagree."""
    simulated = {p.storlek: p for p in stored.answer.punkter if p.metod == "simulering"}
    both = [(p, simulated[p.storlek]) for p in stored.answer.punkter if p.metod == "tvilling" and p.storlek in simulated]
    return [_number(twin.storlek) for twin, own in both if not own.p10 <= twin.medelvarde <= own.p90]


def method(stored: Stored) -> str:
    """Say how the points were run."""
    plan = stored.manifest["plan"]
    runs = f"{len(stored.answer.punkter)} körda punkter"
    if stored.answer.metod == "tvilling":
        return f"Väntevärden (tvilling), {plan['tvilling_uppsattningar']} parameteruppsättningar för varje storlek, {runs}."
    first = ", tvillingen först" if plan["tvilling_forst"] else ""
    chance = f"samma slump i alla (slumpfrö {plan['slumpfro']})"
    return f"{plan['simuleringar']} simuleringar för varje storlek, {chance}{first}; {runs}."


def build(stored: Stored) -> Table:
    """Build table S1: every point that was run, in order of size."""
    asked, answer = stored.asked, stored.answer
    varied, indicator = asked["varierar"], asked["mal"]["indikator"]
    columns = (
        Column("Storlek", Format(6, trimmed=True)), Column("P(mål nått)", text.PROBABILITY), Column("P, 80 %", words=True),
        Column(f"Medel{_unit(asked)}", value_format(asked), spread=True), Column("Netto\u00adkostnad, mkr", text.MSEK),
        Column("Mot minsta, mkr", text.MSEK_SIGNED), Column("Svar", words=True),
    )
    titles = {"simulering": "Simuleringar", "tvilling": "Väntevärden (tvilling), få parameteruppsättningar"}
    sections = tuple(
        Section(title, tuple(_row(p, points[0], answer.storlek if key == answer.metod else nan) for p in points), keys=(key,))
        for key, title in titles.items() if (points := [p for p in answer.punkter if p.metod == key])
    )
    size = ", ".join(filter(None, (varied["titel"], varied["enhet"])))
    return Table("S1", "sokning", asked["titel"], columns, sections, keys=("metod",), notes=(
        f"Storlek: {size}. Medel: {indicator}, {_goal(asked)}.",
        "P(mål nått) är andelen simuleringar som når målet, med 80 % Wilson-intervall. Medel med 80 % intervall över "
        "simuleringar. Nettokostnad: hela regionen, tolv månader till och med målets sista månad.",))


def value_format(asked: dict[str, Any]) -> Format:
    """Give the format of the target's indicator."""
    unit = base_of(asked["mal"]["indikator"]).unit
    return text.PERCENT_1 if unit == "andel" else text.PERCENT_GIVEN if unit == "%" else text.DECIMAL


def answer_last(stored: Stored) -> float:
    """Give the largest size that was run."""
    return max(p.storlek for p in stored.answer.punkter if p.metod == stored.answer.metod)


def _row(point: Point, least: Point, found: float) -> Row:
    twin = point.metod == "tvilling"
    chance = Chance(nan, nan, nan) if twin else Chance(point.p, point.p_undre80, point.p_ovre80)
    spread = text.MISSING if twin else f"{text.number(100 * point.p_undre80)}–{text.number(100 * point.p_ovre80)}{text.NBSP}%"
    return Row((point.storlek, chance, spread, Interval(point.medelvarde, point.p10, point.p90), point.nettokostnad_mkr,
                point.nettokostnad_mkr - least.nettokostnad_mkr, "•" if point.storlek == found else ""),
               strong=point.storlek == found)


def _goal(asked: dict[str, Any]) -> str:
    return str(asked["mal"].get("titel") or asked["mal"]["nyckel"])


def _unit(asked: dict[str, Any]) -> str:
    unit = base_of(asked["mal"]["indikator"]).unit
    return "" if unit in ("andel", "%") else f" ({unit})"


def _how(stored: Stored) -> str:
    asked = stored.asked["sannolikhet"]
    when = text.period(str(stored.asked["mal"]["senast"]))
    expected = isinstance(asked, str) or stored.answer.metod == "tvilling"
    return f"{when} i medeltal" if expected else f"{when} med minst {text.percent(asked)} sannolikhet"


def _reached(stored: Stored, point: Point | None) -> str:
    if point is None:
        return "ej kört"
    asked = stored.asked
    if isinstance(asked["sannolikhet"], str) or stored.answer.metod == "tvilling":
        return f"medel {text.formatted(point.medelvarde, value_format(asked))}{_unit(asked).replace('(', '').replace(')', '')}"
    chance = text.probability(point.p, point.p_undre80, point.p_ovre80)
    return f"P {chance}" if chance.startswith(("<", ">")) else f"P = {chance}"


def _asked_chance(asked: dict[str, Any]) -> str:
    """Give the probability that was asked for as one that was found is printed: rounded, both may look the same."""
    return "" if isinstance(asked["sannolikhet"], str) else f"P = {text.probability(asked['sannolikhet'])}"


def _best(stored: Stored) -> Point:
    """Find the point nearest to the target; the first of several alike."""
    answer, asked = stored.answer, stored.asked
    own = [p for p in answer.punkter if p.metod == answer.metod]
    upper = "max" in asked["mal"] or "max_procent" in asked["mal"]
    expected = isinstance(asked["sannolikhet"], str) or answer.metod == "tvilling"
    return max(own, key=lambda p: (0.0 if expected else p.p, -p.medelvarde if upper else p.medelvarde))


def _interval(stored: Stored) -> str:
    low, high = stored.answer.undre80, stored.answer.ovre80
    if stored.answer.metod == "tvilling":
        return ""
    if isnan(low) and isnan(high):
        return " (Monte Carlo-intervallet täcker hela området)"
    if isnan(high):
        return f" (80 % Monte Carlo-intervall: från {_number(low)}, uppåt utanför området)"
    if isnan(low):
        return f" (80 % Monte Carlo-intervall: till {_number(high)}, nedåt utanför området)"
    return f" (80 % Monte Carlo-intervall {_number(low)}–{_number(high)})"


def _size(value: float, varied: dict[str, Any]) -> str:
    return f"{_number(value)} {varied['enhet']}".rstrip()


def _number(value: float) -> str:
    return text.formatted(value, Format(6, trimmed=True))


def _start(words: str) -> str:
    return words[:1].upper() + words[1:]
