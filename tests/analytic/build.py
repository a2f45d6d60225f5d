"""A quiet region, written as a person would write it: nothing happens in it until a test turns a clock on.

Every number is certain and the run takes the modes, so that what a formula predicts is all that can happen.
`Watch` follows a run from the inside: it sees every person at each event and each boundary of a week, between
which nothing changes but age and time of employment.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from kompetenssim.engine import people, reference
from kompetenssim.engine.reference import Driver, run, simpy_driver
from kompetenssim.engine.world import Person, World
from kompetenssim.levers import LEVERS
from kompetenssim.model.clocks import NEVER, THINNED
from kompetenssim.model.inputs import fill
from kompetenssim.model.template import Template
from kompetenssim.model.trajectory import Trajectory, column
from kompetenssim.resolve import resolve
from kompetenssim.spec.load import load

GROUP: dict[str, Any] = {
    "titel": "Sjuksköterska",
    "manadslon_kr": 36000,
    "hyrs_in": "nej",
    "handledarfamilj": "ssk",
    "avgang_procent_ar": 0,
    "till_hyrbolag_andel": 0,
    "ater_fran_hyrbolag_andel": 0,
    "intern_rorlighet_procent_ar": 0,
    "sjukfranvaro": {"kort_procent": 0, "kort_spridning_procent": 0, "lang_incidens_procent_ar": 0, "aterkommer_inte_andel": 0},
    "foraldraledighet": {"incidens_procent_ar": 0},
    "tjanstledighet": {"incidens_procent_ar": 0, "aterkommer_andel": 1},
    "narvaro_andel": 0.83,
    "sysselsattningsgrad": {"100": 100},
    "andrad_sysselsattningsgrad_procent_ar": 0,
    "pension": {"arbetar_vidare_andel": 0},
    "vikariat_andel": 0,
    "mertid_andel": 0,
    "aldersfordelning": {"46-47": 100},
    "alder_nyanstallda": {"46-47": 100},
    "anstallningstid": {"5-10": 100},
    "sokande": {
        "ankomst_per_ar": 0,
        "talamod_veckor": 52,
        "ledtid_veckor": 0,
        "ledtid_sigma": 0,
        "uppsagningstid_manader": 0,
        "nyexaminerade_andel": 0,
    },
    "inlarning": {"handledartimmar_vecka": 0},
}
QUIET = {
    "sokande_svar_pa_vakans": 0,
    "belastning_till_avgang_theta": 0,
    "belastning_till_sjuk_theta": 0,
    "novis_avgang_faktor": 1,
    "ung_avgang_faktor": 1,
    "behov_okning_procent": 0,
    "dygnsvila_extra_procent": 0,
}
RULES: dict[str, Any] = {
    "version": 1,
    "riktalder_ar": {"1900-01-01": 65},
    "tidigaste_pension_ar": {"1900-01-01": 62},
    "las_alder_ar": {"1900-01-01": 67},
    "uppsagningstid_kort_manader": 0,
    "uppsagningstid_lang_manader": 0,
}


RETIRE = THINNED  # the clock after the thinned ones


def merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Lay changes on a tree, mapping by mapping; what is a table of classes replaces the whole."""
    found = dict(base)
    for key, value in changes.items():
        old = found.get(key)
        found[key] = merged(old, value) if isinstance(old, dict) and isinstance(value, Mapping) and key not in TABLES else value
    return found


TABLES = {"aldersfordelning", "alder_nyanstallda", "anstallningstid", "sysselsattningsgrad"}


def unit(heads: Mapping[str, int], vacant: Mapping[str, float] | None = None, **more: Any) -> dict[str, Any]:
    """Give a unit with so many employees and vacant posts by group."""
    return {"titel": "Enhet", "omrade": "sjukhus", "anstallda": dict(heads), "vakanser_aa": dict(vacant or {}), **more}


def build(
    *,
    groups: Mapping[str, Mapping[str, Any]],
    units: Mapping[str, Any],
    start: str = "2023-01-02",
    end: str = "2024-12-31",
    parameters: Mapping[str, float] | None = None,
    rules: Mapping[str, Any] | None = None,
    measures: list[Any] | None = None,
    **region: Any,
) -> Template:
    """Write a region and a scenario, load them with the real loader and resolve them; `groups` change GROUP."""
    files: dict[str, Any] = {
        "scenarios/gemensamt/regler.yaml": merged(RULES, rules or {}),
        "scenarios/prov/region.yaml": {
            "version": 1,
            "region": {"nyckel": "prov", "namn": "Prov"},
            "startlagen": {start: {"antagande": "ja"}},
            "parametrar": {**QUIET, **(parameters or {})},
            "ekonomi": {"po_procent": {"2000": 46}},
            "schematyper": {"dag": {"heltid_timmar_vecka": 40}},
            "omraden": {"sjukhus": "Sjukhus"},
            "yrkesgrupper": {g: merged(GROUP, changes) for g, changes in groups.items()},
            "enheter": dict(units),
            **region,
        },
        "scenarios/prov/plan.yaml": {
            "version": 1,
            "scenario": {"nyckel": "plan", "titel": "Plan", "startlage": start, "period": {"start": start, "slut": end}},
            "atgarder": measures or [],
        },
    }
    with TemporaryDirectory() as folder:
        for name, content in files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")  # JSON is YAML
        return resolve(load(Path(folder) / "scenarios/prov/plan.yaml", levers=LEVERS))


def modes(template: Template) -> NDArray[np.float64]:
    """Give the row of the draw matrix in which every parameter has its most likely value."""
    return np.array([p.mode for p in template.parameters])


def simulate(
    template: Template, *, seed: int = 1, simulation: int = 0, driver: Callable[[World], Driver] | None = None
) -> Trajectory:
    """Run the reference engine at the modes."""
    return run(template, fill(template, modes(template)), seed=seed, simulation=simulation, driver=driver)


def flow(done: Trajectory, name: str) -> NDArray[np.int64]:
    """Give a flow or stock as [month, cell]."""
    found: NDArray[np.int64] = done.months[:, :, column(name)]
    return found


class Watch:
    """See every person over every interval in which its record is constant.

    `spell(person, from, to)` is called for each such interval, before the event that ends it; `week(world)` at each
    boundary before the tick. Build it inside a `with` block: it wraps the engine's `live` for that long.
    """

    def __init__(
        self,
        spell: Callable[[World, Person, int, int], None] | None = None,
        week: Callable[[World, int], None] | None = None,
        event: Callable[[World, Person, int, int], None] | None = None,
    ) -> None:
        self.spell, self.week, self.event = spell, week, event
        self._since: dict[int, int] = {}
        self._opened = 0

    def run(
        self, template: Template, *, seed: int = 1, simulation: int = 0, theta: NDArray[np.float64] | None = None
    ) -> Trajectory:
        """Run the reference engine under watch."""
        self._since.clear()
        self._opened = 0
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(reference, "live", self._live)
            if self.event is not None:
                patch.setattr(people, "_HAPPENS", tuple(self._noting(k, f) for k, f in enumerate(people._HAPPENS)))
                patch.setattr(people, "_give_retirement_notice", self._noting(RETIRE, people._give_retirement_notice))
            row = modes(template) if theta is None else theta
            return run(template, fill(template, row), seed=seed, simulation=simulation, driver=self._driver)

    def _noting(self, clock: int, happens: Callable[[World, Person, int], None]) -> Callable[[World, Person, int], None]:
        def noted(w: World, p: Person, now: int) -> None:
            if self.event is not None and now < w.horizon and (clock != RETIRE or p.notice_end == NEVER):
                self.event(w, p, clock, now)
            happens(w, p, now)

        return noted

    def _close(self, w: World, p: Person, now: int) -> None:
        since = self._since.get(p.key, self._opened)
        if self.spell is not None and since < now:
            self.spell(w, p, since, now)
        self._since[p.key] = now

    def _live(self, w: World, p: Person, now: int) -> None:
        self._close(w, p, min(now, w.horizon))
        people.live(w, p, now)

    def _driver(self, w: World) -> Driver:
        advance = simpy_driver(w)

        def watched(world: World, boundary: int) -> None:
            advance(world, boundary)
            end = min(boundary, world.horizon)
            for p in world.people:
                self._close(world, p, end)
            self._opened = end
            if self.week is not None:
                self.week(world, boundary)

        return watched


def z(observed: float, expected: float, variance: float) -> float:
    """Give how many standard errors an observation lies from what is expected."""
    return float((observed - expected) / np.sqrt(max(variance, 1e-12)))


def years(minutes: float) -> float:
    """Give minutes as years of 365.25 days."""
    return minutes / 525_960.0


def numbered(n: int, prefix: str = "g") -> Iterator[str]:
    """Give the keys of n groups or units."""
    return (f"{prefix}{i:02d}" for i in range(n))
