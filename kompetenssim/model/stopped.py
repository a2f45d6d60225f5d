"""The one way a simulation refuses to go on because of what it was given."""

from __future__ import annotations


class SimulationStopped(Exception):
    """Raised with a Swedish sentence for the user when a run cannot go on honestly: nothing is ever clipped instead."""
