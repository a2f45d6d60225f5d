"""Why a forecast missed: the old scenario simulated again with one thing after the other as it is known now.

Every step uses the draws and keys of the old run, so that two steps differ only where something was changed. The steps are taken
in one order and their differences add up to the miss; in another order the same cause may get another size.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pydantic import BaseModel

from kompetenssim.spec.dates import first_day

if TYPE_CHECKING:
    from kompetenssim.spec.region import Region
    from kompetenssim.spec.scenario import Measure
    from kompetenssim.spec.specification import Specification

MODEL, DATA, MEASURES, POLICY, PARAMETERS = "modell", "data", "atgarder", "policy", "parametrar"
CAUSES: Mapping[str, str] = {
    MODEL: "ändrat sedan prognosen gjordes",
    DATA: "startläge, region, omvärld och lagar som de är kända nu",
    MEASURES: "som de blev enligt uppföljningen",
    POLICY: "åtgärder som började, ändrades eller togs bort efter prognosen",
    PARAMETERS: "som de är kända nu",
}
"""The causes in the order in which they are taken, with what each changes."""

M = TypeVar("M", bound=BaseModel)


class Changed(NamedTuple):
    """A measure that is another one now, the step that it belongs to, and how it changed."""

    key: str
    cause: str
    how: str


class Part(NamedTuple):
    """What one cause explains of a miss, and the Monte Carlo error of it."""

    cause: str
    amount: float
    mc_error: float


@dataclass(frozen=True)
class Split:
    """The miss of one line, outcome less forecast, by cause; `chance` is what remains.

    `sd_chance` and `sd_parameter` are the spread of the last step, `pit` the place of the outcome in it: what remains is chance
    only as far as that spread can carry it.
    """

    miss: float
    parts: tuple[Part, ...]
    chance: float
    sd_chance: float
    sd_parameter: float
    pit: float

    def amount(self, cause: str) -> float:
        """Give what a cause explains."""
        return next(part.amount for part in self.parts if part.cause == cause)


def steps(then: Specification, now: Specification, made: date | None = None) -> dict[str, Specification]:
    """Give the old scenario after each cause: as the program plays it today, then with what is known now laid on.

    `made` is the day that the forecast was made, its first day unless given: a new measure that starts later is a reaction.
    """
    data = replace(
        then, region=_with_parameters_of(now.region, then.region), rules=now.rules, start_state=now.start_state,
        start_state_date=now.start_state_date, observed=now.observed,
        scenario=then.scenario.model_copy(update={"outside_world": now.scenario.outside_world}))
    carried_out = replace(data, measures=_carried_out(then, now, made or then.start), follow_up=now.follow_up)
    reacted = replace(carried_out, measures=now.measures)
    every = zip(CAUSES, (then, data, carried_out, reacted, now), strict=True)
    return {cause: replace(spec, key=cause, digest="", targets=()) for cause, spec in every}


def changed(then: Specification, now: Specification, made: date | None = None) -> tuple[Changed, ...]:
    """Tell which measures are others now, and whether that is how they were carried out or a reaction."""
    middle = {m.key: m for m in _carried_out(then, now, made or then.start)}
    before, after = ({m.key: m for m in spec.measures} for spec in (then, now))
    return tuple(
        Changed(key, MEASURES if middle.get(key) == after.get(key) else POLICY,
                "ny" if key not in before else "borttagen" if key not in after else "ändrad")
        for key in sorted({*before, *after}) if before.get(key) != after.get(key))


def _carried_out(then: Specification, now: Specification, made: date) -> tuple[Measure, ...]:
    """Give the planned measures as the follow-up says that they went, and those that the forecast should have known of.

    Other changes of the plan were decided afterwards and are left out: measures that nobody has followed up but that read
    differently, measures that are gone, and new ones that start after the forecast was made.
    """
    before, after = ({m.key: m for m in spec.measures} for spec in (then, now))
    followed = {row.key for row in now.follow_up}
    found = {key: after[key] if key in after and key in followed else old for key, old in before.items()}
    found |= {key: new for key, new in after.items() if key not in before and not _starts_after(new, made, now)}
    return tuple(found[key] for key in sorted(found))


def _starts_after(measure: Measure, made: date, spec: Specification) -> bool:
    if measure.running_at_start == "ja" or measure.start is None:
        return False
    return first_day(measure.start, {str(term): week for term, week in spec.rules.term_start_week.items()}) > made


def _with_parameters_of(data: Region, source: Region) -> Region:
    """Give a region with the parameters of another: `parametrar`, and of each group what the program has an assumption for.

    Pay, prices, ages, posts and start states are data.
    """
    known = source.groups
    groups = {key: _assumed_of(group, known[key]) if key in known else group for key, group in data.groups.items()}
    return data.model_copy(update={"parameters": source.parameters, "groups": groups})


def _assumed_of(data: M, source: M) -> M:
    taken: dict[str, Any] = {}
    for name, field in type(data).model_fields.items():
        ours, theirs = getattr(data, name), getattr(source, name)
        extra = field.json_schema_extra
        if isinstance(extra, dict) and extra.get("antagande"):
            taken[name] = theirs
        elif isinstance(ours, BaseModel) and type(ours) is type(theirs):
            taken[name] = _assumed_of(ours, theirs)
    return data.model_copy(update=taken)
