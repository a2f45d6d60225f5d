"""kompetenssim: what a region's measures do to staffing, agency use and cost over several years.

    import kompetenssim as ks

    spec = ks.load("scenarios/rjh/slk_2023.yaml")
    run = ks.simulate(spec, replications=40, seed=1)
    both = ks.compare([spec], reference="nollalternativ")

Importing the package loads nothing heavy; each name below is fetched when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__all__ = [
    "Calibration", "Outcome", "Review", "Run", "Specification", "SpecificationError", "UserError", "__version__", "calibrate",
    "check", "compare", "destination", "find_scenario", "indicators", "json_schema", "load", "load_search", "open_run",
    "open_search", "read_outcomes", "review", "save_search", "search_destination", "simulate", "solve", "with_reference",
]
__version__ = "0.1.0"

if TYPE_CHECKING:
    from kompetenssim.api import (
        Run,
        calibrate,
        check,
        compare,
        destination,
        find_scenario,
        indicators,
        json_schema,
        load,
        load_search,
        open_run,
        open_search,
        read_outcomes,
        review,
        save_search,
        search_destination,
        simulate,
        solve,
        with_reference,
    )
    from kompetenssim.calibration.store import Calibration
    from kompetenssim.forecast.errors import UserError
    from kompetenssim.forecast.outcomes import Outcome
    from kompetenssim.forecast.review import Review
    from kompetenssim.spec.specification import Specification, SpecificationError

_WHERE = {
    "Calibration": "calibration.store", "Outcome": "forecast.outcomes", "Review": "forecast.review",
    "Specification": "spec.specification", "SpecificationError": "spec.specification", "UserError": "forecast.errors",
}
"""Where a name lies in the package, if not in `api`."""


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'kompetenssim' has no attribute '{name}'")
    return getattr(import_module(f"kompetenssim.{_WHERE.get(name, 'api')}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
