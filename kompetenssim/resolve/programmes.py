"""Training programmes: those that run at the start and those that measures open."""

from __future__ import annotations

from datetime import date

from kompetenssim.levers.utbildningstjanst import preset_numbers
from kompetenssim.model.effects import ProgrammeBlock
from kompetenssim.model.template import PRESETS, ProgrammeRow
from kompetenssim.resolve.columns import Columns
from kompetenssim.resolve.places import Layout
from kompetenssim.spec.number import Number
from kompetenssim.spec.region import Programme, Region

FAR = 10**7


def of_region(region: Region, where: Layout, columns: Columns) -> tuple[list[ProgrammeRow], list[tuple[int, int]]]:
    """Give the rows of the region's programmes and the seat columns (spring, autumn) of each."""
    rows, seats = [], []
    for key, p in sorted(region.programmes.items()):
        usual = preset_numbers(p.preset, p.pace_percent)
        name = f"utbildningar.{key}"

        def number(field: str, value: Number | None, fallback: Number, least: float, most: float, name: str = name) -> int:
            return columns.add(f"{name}.{field}", value or fallback, least, most)

        during = p.during_group or p.from_group
        units = p.units if p.units is not None else sorted({u for u, g in where.cells if g == p.from_group})
        terms = (p.terms or usual["terms"]).mode
        yearly = sum(n.mode for n in p.seats.values())
        stock = p.in_training.mode if p.in_training else yearly * terms / 2
        zero = Number(mode=0.0)
        rows.append(
            ProgrammeRow(
                key,
                PRESETS.index(p.preset),
                where.groups.index(p.from_group),
                where.groups.index(during),
                where.groups.index(p.to_group) if p.to_group else -1,
                tuple(sorted(where.units.index(u) for u in units)),
                p.external_entry == "ja",
                number("studietakt_procent", p.pace_percent, usual["pace_percent"], 0, 100),
                number("langd_terminer", p.terms, usual["terms"], 1, 24),
                number("avbrott_procent_termin", p.dropout_percent_per_term, usual["dropout_percent_per_term"], 0, 50),
                columns.field(p, "min_experience_months", name),
                columns.field(p, "bond_months", name),
                -1
                if p.stay_24_months_share is None
                else columns.add(f"{name}.kvar_efter_24_manader_andel", p.stay_24_months_share, 0.01, 1),
                number("handledartimmar_vecka", p.supervision_hours_per_week, usual["supervision_hours_per_week"], 0, 40),
                columns.field(p, "fee_sek_per_term", name),
                stock,
                _all_of_during(p, region),
                number("loneandel", p.pay_share, usual["pay_share"], 0, 1),
                -1,
                -1,
                -FAR,
                -1,
            )
        )
        seats.append(
            (
                columns.add(f"{name}.platser.vt", p.seats.get("vt", zero), 0),
                columns.add(f"{name}.platser.ht", p.seats.get("ht", zero), 0),
            )
        )
    return rows, seats


def of_block(block: ProgrammeBlock, key: str, measure: int, where: Layout, columns: Columns, first_day: date) -> ProgrammeRow:
    """Give the row of a programme that a measure opens."""
    during = block.during_group or block.from_group
    units = block.units if block.units is not None else sorted({u for u, g in where.cells if g == block.from_group})

    def number(field: str, value: Number, least: float, most: float) -> int:
        return columns.add(f"{key}.{field}", value, least, most)

    return ProgrammeRow(
        key,
        PRESETS.index(block.preset),
        where.groups.index(block.from_group),
        where.groups.index(during),
        where.groups.index(block.to_group) if block.to_group else -1,
        tuple(sorted(where.units.index(u) for u in units)),
        False,
        number("studietakt_procent", block.pace, 0, 100),
        number("langd_terminer", block.terms, 1, 24),
        number("avbrott_procent_termin", block.dropout_per_term, 0, 50),
        number("minst_manader_erfarenhet", block.min_experience_months, 0, 240),
        number("bindning_manader", block.bond_months, 0, 60),
        -1 if block.stay_24_months is None else number("kvar_efter_24_manader_andel", block.stay_24_months, 0.01, 1),
        number("handledartimmar_vecka", block.supervision_hours, 0, 40),
        number("avgift_kr_termin", block.fee_sek_per_term, 0, 1e6),
        0.0,
        False,
        number("loneandel", block.pay_share, 0, 1),
        measure,
        -1 if block.grant_share is None else number("statsbidrag_andel", block.grant_share, 0, 1),
        FAR if block.grant_until is None else (block.grant_until - first_day).days,
        -1 if block.backfill_share is None else number("ersattning_andel", block.backfill_share, 0, 1),
    )


def _all_of_during(p: Programme, region: Region) -> bool:
    """Tell whether everybody of the during-group is in this training (an ST group)."""
    if p.during_group is None or p.during_group == p.from_group:
        return False
    return all(q is p or q.during_group != p.during_group or q.preset == p.preset for q in region.programmes.values())
