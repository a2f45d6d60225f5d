"""Resolve a specification to a template: names become places, numbers become columns of the draw matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kompetenssim.model.template import Template
    from kompetenssim.spec.specification import Specification


def resolve(spec: Specification) -> Template:
    """Give the template of a specification; once per scenario, before any draw."""
    from kompetenssim.resolve.assemble import assemble

    return assemble(spec)
