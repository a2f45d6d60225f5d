"""What happened in the control period: titles and dates of the events, from the copies of the files that were read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple


class Event(NamedTuple):
    """A measure in force in the control period; what the files do not say is empty."""

    key: str
    title: str
    start: str
    end: str


def read_events(folder: Path, keys: Sequence[str]) -> list[Event]:
    """Find events by key in the YAML files below a folder, in order of start; one that is not there has its key only."""
    known: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.rglob("*.yaml")):
        content = path.read_bytes()
        if any(f"nyckel: {key}\n".encode() in content for key in keys):
            known = {**_measures(content), **known}
    every = [_event(key, known.get(key, {})) for key in keys]
    return sorted(every, key=lambda event: (event.start, event.key))


def shared_months(events: Sequence[Event], first: str, last: str) -> list[str]:
    """List the months of a period in which at least two events were in force; one without dates was all the time."""
    begin, end = (12 * int(day[:4]) + int(day[5:7]) - 1 for day in (first, last))
    months = [f"{at // 12}-{at % 12 + 1:02d}" for at in range(begin, end + 1)]
    return [m for m in months if sum(e.start[:7] <= m <= (e.end[:7] or m) for e in events) > 1]


def _measures(content: bytes) -> dict[str, dict[str, Any]]:
    import yaml

    loaded = yaml.load(content, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return {str(item["nyckel"]): item for item in loaded.get("atgarder") or () if "nyckel" in item}


def _event(key: str, item: dict[str, Any]) -> Event:
    return Event(key, str(item.get("titel", key)), str(item.get("start") or ""), str(item.get("slut") or ""))
