"""What a run keeps of the calibrations that its numbers come from, so that its report needs no other folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from kompetenssim.forecast.posterior import Posterior, posterior_of

if TYPE_CHECKING:
    from kompetenssim.forecast.run import Forecast
    from kompetenssim.model.template import Template
    from kompetenssim.spec.specification import Specification

_ABOUT = ("data_till", "kontrollrader", "uppsattningar", "verksamma", "konfiguration")
Rows = Iterator[dict[str, Any]]

TABLES = ("parametrar", "observationer", "tathet", "register")
"""Tables of a calibration that follow it into every run: see `calibration.outcome`."""


def evidence(run: Forecast) -> dict[str, list[dict[str, Any]]]:
    """Give the files of `underlag/` by name; none when no scenario takes its draws from a calibration."""
    used = [(spec, template, found) for spec, template in zip(run.specs, run.templates, strict=True)
            if (found := posterior_of(spec)) is not None]
    distinct = {found.key: found for _, _, found in used}.values()
    made = {"kalibrering": list(_about(used)), "kalibrering_tal": list(_numbers(used)),
            **{f"kalibrering_{name}": list(_table(distinct, name)) for name in TABLES}}
    return {name: rows for name, rows in made.items() if rows}


def _about(used: list[tuple[Specification, Template, Posterior]]) -> Rows:
    for spec, _, posterior in used:
        yield {"scenario": spec.key, "kalibrering": posterior.key,
               **{name: posterior.about[name] for name in _ABOUT}}


def _numbers(used: list[tuple[Specification, Template, Posterior]]) -> Rows:
    """Name the numbers whose draws are those of the calibration, and the free parameter that decides one, if any."""
    for spec, template, posterior in used:
        for column in posterior.taken(template.parameters, spec.start_state_date.isoformat()):
            name = template.parameters[column].name
            yield {"scenario": spec.key, "namn": name, "kalibrering": posterior.key, "fri": posterior.free.get(name, "")}


def _table(posteriors: Iterable[Posterior], name: str) -> Rows:
    for posterior in posteriors:
        for row in posterior.about["tabeller"].get(name, ()):
            yield {"kalibrering": posterior.key, **row}
