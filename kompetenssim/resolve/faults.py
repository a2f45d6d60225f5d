"""Find what cannot work though every file is well formed: measures that meet nothing, costs that are counted twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kompetenssim.levers.base import LeverError, blocks_of
from kompetenssim.model.effects import Block, PostBlock
from kompetenssim.resolve.coverage import idle_coverage
from kompetenssim.resolve.places import Layout, MeasurePlaces, layout, layout_with, population_cells
from kompetenssim.resolve.register import counts, employed_fte, people
from kompetenssim.resolve.traps import traps
from kompetenssim.spec.beyond import Finding, Frame
from kompetenssim.spec.region import Region
from kompetenssim.spec.scenario import Measure


def measure_faults(frame: Frame, measures: Sequence[Measure]) -> Iterator[Finding]:
    """Give the lever blocks that cannot become effects in this region, and what is odd; every measure is tried."""
    region = frame.region
    where = layout_with(region, measures)
    fte = employed_fte(where, people(region, where, counts(region, where, frame.state)))
    staffed = {g for (_, g), n in fte.items() if n > 0}
    made: list[tuple[Measure, Sequence[Block]]] = []
    for measure in measures:
        try:
            blocks = blocks_of(measure, MeasurePlaces(region, where, frame.rules, measure, frame.start, frame.end, fte))
        except LeverError as fault:
            yield Finding(f"atgarder.{fault.measure}.{fault.lever}", fault.text)
            continue
        made.append((measure, blocks))
        yield from idle_coverage(measure, blocks)
        created = {g for block in blocks if isinstance(block, PostBlock) and block.fte.mode > 0 for _, g in block.cells}
        for group in sorted(created - staffed):
            if region.groups[group].applicants.arrivals_per_year is None:
                text = (
                    f"{group} har inga anställda i startläget och därför inga sökande att räkna med; "
                    f"ange yrkesgrupper.{group}.sokande.ankomst_per_ar så att tjänsterna kan tillsättas"
                )
                yield Finding(f"atgarder.{measure.key}.dimensionering", text, "inga_sokande")
    yield from traps(frame, made, fte)


def region_faults(region: Region) -> Iterator[Finding]:
    """Give the observed agency costs that overlap, or that belong to nobody who may be hired from an agency."""
    where = layout(region)
    if not where.cells:
        yield Finding("enheter", "ingen enhet har någon yrkesgrupp; ange anstallda, vakanser_aa eller ett bemanningsmål")
    yield from _thin_lines(region, where)
    for number, cohort in enumerate(region.cohorts, start=1):
        homeless = [] if cohort.unit else [group for group in cohort.shares if all(g != group for _, g in where.cells)]
        if homeless:
            yield Finding(f"kullar.{number}", f"ingen enhet har yrkesgruppen {', '.join(homeless)}; ange enhet")
    for day, state in sorted(region.start_states.items()):
        taken: dict[int, int] = {}
        for number, observed in enumerate(state.agency_cost_msek, start=1):
            path = f"startlagen.{day}.hyrkostnad_mkr.{number}"
            hired = [c for c in population_cells(region, where, observed.population) if _may_be_hired(region, where.cells[c])]
            shared = next((c for c in hired if c in taken), None)
            if shared is not None:
                unit, group = where.cells[shared]
                yield Finding(
                    path,
                    f"populationen överlappar nummer {taken[shared]} ({group} på {unit}); "
                    "samma hyrkostnad får bara anges en gång",
                )
            elif not hired and observed.value.mode > 0:
                yield Finding(path, "populationen har ingen enhet och yrkesgrupp som hyrs in (hyrs_in: ja)")
            taken |= {c: number for c in hired if c not in taken}


def _thin_lines(region: Region, where: Layout) -> Iterator[Finding]:
    """Give the duty lines that fewer people share in a start state than they need."""
    heads = {day: counts(region, where, state) for day, state in sorted(region.start_states.items())}
    for key, unit in sorted(region.units.items()):
        for number, line in enumerate(unit.duty_lines, start=1):
            at = where.cell_index[key, line.group]
            few = {day: found[at] for day, found in heads.items() if found[at] < line.least_in_schedule}
            if few:
                said = ", ".join(f"{n} i startläget {day}" for day, n in few.items())
                text = (
                    f"linjen behöver minst {line.least_in_schedule} i schemat, men {region.groups[line.group].title} på "
                    f"{unit.title} är {said}; räkna med hyra eller övertid där, eller lägg linjen på en större enhet"
                )
                yield Finding(f"enheter.{key}.jourlinjer.{number}.minst_i_schema", text, "jourlinje_tunn")


def _may_be_hired(region: Region, cell: tuple[str, str]) -> bool:
    unit, group = cell
    return region.groups[group].agency_allowed == "ja" and unit != region.pool.unit
