"""Season profiles as people write them, laid out by ISO week."""

from __future__ import annotations

from collections.abc import Mapping
from math import fsum

WEEKS = 53

#: Presence when a region gives no profile: four of about nine summer weeks are leave (domain model 2.7, assumption).
STANDARD_PRESENCE = {"vecka_25_33": 0.62, "vecka_52_01": 0.75, "ovrigt": 1.08}


def by_week(profile: Mapping[str, float]) -> tuple[float, ...]:
    """Lay out `{vecka_25_33: 0.82, vecka_51_02: 1.3, ovrigt: 1.03}` by ISO week (index 0 is week 1), also past New Year."""
    values = [float(profile.get("ovrigt", 1.0))] * WEEKS
    for key, factor in sorted(profile.items()):
        if key.startswith("vecka_"):
            numbers = [int(x) for x in key.removeprefix("vecka_").split("_")]
            first, last = numbers[0], numbers[-1]
            weeks = range(first, last + 1) if first <= last else [*range(first, WEEKS + 1), *range(1, last + 1)]
            for week in weeks:
                values[week - 1] = float(factor)
    return tuple(values)


def need_season(seasons: Mapping[str, Mapping[str, float]], name: str) -> tuple[float, ...]:
    """Give the need profile of a unit; `jamn` needs no entry."""
    return by_week(seasons.get(name, {}))


def easter_factor(seasons: Mapping[str, Mapping[str, float]], name: str) -> float:
    """Give the factor of the week of Easter; 0 when the profile has none."""
    return float(seasons.get(name, {}).get("pask", 0.0))


def presence_season(profiles: Mapping[str, Mapping[str, float]], name: str) -> tuple[float, ...]:
    """Give the presence profile, scaled to mean 1 over 52 weeks so that it moves presence without changing its level."""
    values = by_week(profiles.get(name, STANDARD_PRESENCE))
    mean = fsum(values[:52]) / 52
    return tuple(v / mean for v in values)
