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
    "Run", "Specification", "SpecificationError", "UserError", "__version__", "check", "compare", "destination", "find_scenario",
    "indicators", "json_schema", "load", "load_search", "open_run", "open_search", "save_search", "search_destination",
    "simulate", "solve", "with_reference",
]
__version__ = "0.1.0"

if TYPE_CHECKING:
    from kompetenssim.api import (
        Run,
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
        save_search,
        search_destination,
        simulate,
        solve,
        with_reference,
    )
    from kompetenssim.forecast.errors import UserError
    from kompetenssim.spec.specification import Specification, SpecificationError

_API = (
    "Run", "check", "compare", "destination", "find_scenario", "indicators", "json_schema", "load", "load_search", "open_run",
    "open_search", "save_search", "search_destination", "simulate", "solve", "with_reference",
)
_WHERE = dict.fromkeys(_API, "kompetenssim.api") | {
    "UserError": "kompetenssim.forecast.errors",
    "Specification": "kompetenssim.spec.specification", "SpecificationError": "kompetenssim.spec.specification",
}


def __getattr__(name: str) -> object:
    if name not in _WHERE:
        raise AttributeError(f"module 'kompetenssim' has no attribute '{name}'")
    return getattr(import_module(_WHERE[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
