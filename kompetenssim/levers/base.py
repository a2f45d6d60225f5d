"""What all lever types share: how a block is written, what it may touch, and how it becomes effects.

A lever type is one file with one subclass of `Lever`. Its fields are the keys a person may write; `effects`
says what they mean in the quantities and blocks of the model. `blocks_of` runs the lever blocks of a measure
and refuses everything a lever did not declare in `acts_on`: that is the guard against counting twice.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import product
from math import fsum
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, model_validator

from kompetenssim.model.effects import Block, CapBlock, Effect, Places, PostBlock
from kompetenssim.model.quantities import QUANTITIES
from kompetenssim.spec.number import Number
from kompetenssim.spec.region import Part, YesNo, assumed
from kompetenssim.spec.scenario import Measure

Day = Annotated[str, BeforeValidator(lambda given: given.isoformat() if isinstance(given, date) else given)]
Fields = str | tuple[str, ...]
Place = tuple[str, ...]

#: Net working hours of a full-time post per week: full-time measure × presence.
NET_HOURS_PER_FTE = QUANTITIES["full_time_hours"].base * QUANTITIES["presence"].base


class LeverError(Exception):
    """Raised when a lever block cannot become effects; `measure` and `lever` say where, the text why."""

    def __init__(self, measure: str, lever: str, text: str) -> None:
        self.measure, self.lever, self.text = measure, lever, text
        super().__init__(f"atgarder.{measure}.{lever}: {text}")


def number(alias: str, *, doc: str, ge: float | None = None, le: float | None = None, required: bool = False) -> Any:
    """Declare a number without default: absent means that the block leaves the quantity alone."""
    return Field(... if required else None, alias=alias, description=doc, json_schema_extra={"ge": ge, "le": le})


def reference(alias: str, to: str, *, doc: str, required: bool = False) -> Any:
    """Declare a key (or list of keys) of something else in the files; the loader checks that it exists."""
    return Field(... if required else None, alias=alias, description=doc, json_schema_extra={"refererar": to})


def told(alias: str, *, doc: str) -> Any:
    """Declare words that change no number; the table of measures prints them."""
    return Field(None, alias=alias, description=f"{doc}; ändrar inga tal", json_schema_extra={"upplysning": True})


def derive(f: Callable[..., float], *numbers: Number) -> Number:
    """Apply `f` to numbers; the ends are the least and greatest of `f` over all combinations of their ends.

    Exact for one number and a linear `f`; for several uncertain numbers the widest reading.
    """
    mode = f(*(n.mode for n in numbers))
    corners = [f(*x) for x in product(*((n.mode,) if n.low is None or n.high is None else (n.low, n.high) for n in numbers))]
    uncertain = any(n.uncertain for n in numbers)
    return Number(
        mode=mode,
        low=min(*corners, mode) if uncertain else None,
        high=max(*corners, mode) if uncertain else None,
        source=next((n.source for n in numbers if n.source), None),
        refers_to=next((n.refers_to for n in numbers if n.refers_to), None),
        assumption=next((n.assumption for n in numbers if n.assumption), None),
    )


class Lever(Part):
    """A lever block of a measure, as written.

    `acts_on` names the quantities and kinds of block it may produce, `meaning` (Swedish) what it does and
    `example` (YAML) how it is written; they and `notes` (Markdown) make the handbook.
    """

    acts_on: ClassVar[frozenset[str]]
    meaning: ClassVar[str]
    example: ClassVar[str]
    notes: ClassVar[str] = ""
    may_be_empty: ClassVar[bool] = False

    @abstractmethod
    def effects(self, measure: Measure, places: Places) -> Iterator[Block]:
        """Give what the block does, in amounts of full effect; names are Swedish keys, unique within the block."""

    @classmethod
    def key(cls) -> str:
        """Give the lever type as written in a file: the name of the type's file."""
        return cls.__module__.rpartition(".")[2]

    @classmethod
    def own_keys(cls) -> list[str]:
        """Give the Swedish keys that say what changes, without provenance, placement and wearing off."""
        beside = Part.model_fields | Placed.model_fields | Fading.model_fields
        return [f.alias or n for n, f in cls.model_fields.items() if n not in beside]

    @model_validator(mode="after")
    def _says_something(self) -> Lever:
        beside = Part.model_fields | Placed.model_fields | Fading.model_fields
        if not self.may_be_empty and not self.model_fields_set - set(beside):
            raise ValueError(f"blocket säger inte vad som ändras – ange minst en av {', '.join(self.own_keys())}")
        return self

    def effect(
        self,
        written: Fields,
        quantity: str,
        places: Sequence[Place],
        *,
        to: Callable[..., float] = float,
        part: str = "",
        scaled: bool | None = None,
        covered: bool = True,
        realised: bool = True,
        start: date | None = None,
        end: date | None = None,
        ramp_months: Number | None = None,
        decay_months: Number | None = None,
        frees_hours: bool = False,
    ) -> Iterator[Effect]:
        """Give the effect of one written field, or of several joined by `to`; nothing when one is absent.

        `to` takes the written numbers to the unit of the quantity. The effect is named and drawn by the key of
        the first field; `part` tells effects of the same field apart. Levels are not scaled unless said.
        """
        names = (written,) if isinstance(written, str) else written
        numbers: list[Number | None] = [getattr(self, n) for n in names]
        given = [n for n in numbers if n is not None]
        if len(given) < len(numbers):
            return
        least, most = self._bounds(names, to)
        key = type(self).model_fields[names[0]].alias or names[0]
        yield Effect(
            name=f"{key}.{part}" if part else key,
            quantity=quantity,
            places=places,
            amount=derive(to, *given),
            scaled=QUANTITIES[quantity].combine not in ("level", "least") if scaled is None else scaled,
            covered=covered,
            realised=realised,
            start=start,
            end=end,
            ramp_months=ramp_months,
            decay_months=decay_months,
            draw=key,
            least=least,
            most=most,
            frees_hours=frees_hours,
        )

    def spread(
        self,
        written: Fields,
        quantity: str,
        weights: dict[Place, float],
        *,
        to: Callable[..., float] = float,
        realised: bool = True,
    ) -> Iterator[Effect]:
        """Give one effect per place that share a written total in proportion to `weights`; a total has no coverage."""
        for place, share in weights.items():
            yield from self.effect(
                written, quantity, [place], to=lambda *x, share=share: to(*x) * share, part=".".join(place), covered=False,
                realised=realised,
            )

    def day(self, field: str, measure: Measure, places: Places) -> date | None:
        """Read a date field; None when absent."""
        text: str | None = getattr(self, field)
        key = type(self).model_fields[field].alias
        return places.date(text, f"atgarder.{measure.key}.{self.key()}.{key}") if text else None

    def error(self, measure: Measure, text: str) -> LeverError:
        """Make the error that says what is wrong with this block of a measure."""
        return LeverError(measure.key, self.key(), text)

    def _bounds(self, names: tuple[str, ...], to: Callable[..., float]) -> tuple[float | None, float | None]:
        """Take the allowed ranges of fields to the unit of the quantity; none unless all fields have both ends."""
        extras = [type(self).model_fields[n].json_schema_extra for n in names]
        ranges = [(e.get("ge"), e.get("le")) for e in extras if isinstance(e, dict)]
        if len(ranges) < len(names) or any(None in r for r in ranges):
            return None, None
        corners = [to(*x) for x in product(*ranges)]
        return min(corners), max(corners)


class Grouped(Lever):
    """A lever block that may narrow which groups it acts on; without these keys the measure's `omfattning` decides."""

    group: str | None = reference("yrkesgrupp", "yrkesgrupp", doc="Grupp (eller nyckel i 'grupper') som blocket gäller")
    groups: list[str] | None = reference("yrkesgrupper", "yrkesgrupp", doc="Flera grupper")

    @model_validator(mode="after")
    def _one_way_to_name_groups(self) -> Grouped:
        if self.group and self.groups:
            raise ValueError("skriv antingen 'yrkesgrupp' eller 'yrkesgrupper', inte båda")
        return self

    @property
    def named_groups(self) -> list[str] | None:
        """Give the groups the block names; None when the measure decides."""
        return [self.group] if self.group else self.groups

    def cells(self, places: Places) -> list[tuple[str, str]]:
        """Give the (unit, group) pairs the block covers."""
        return places.cells(self.named_groups)

    def group_places(self, places: Places) -> list[Place]:
        """Give the groups of the covered cells, as places of a quantity per group (it holds in the whole region)."""
        return [(g,) for g in sorted({g for _, g in self.cells(places)})]


class Placed(Grouped):
    """A lever block that may narrow both groups and units."""

    units: list[str] | None = reference("enheter", "enhet", doc="Enheter som blocket gäller")

    def cells(self, places: Places) -> list[tuple[str, str]]:
        return places.cells(self.named_groups, self.units)


class Fading(Lever):
    """A lever block that wears off unless it or its measure says for how long: an assumption (domain model 8, pitfall 14)."""

    wears_off: YesNo | None = Field(
        None, alias="avklingar", description="ja: verkan avtar; nej: inte; utelämnad: den avtar om åtgärden saknar slut"
    )
    decay_months: Number = assumed(
        "avklingning_manader", 12, 24, 48, doc="Halveringstid för verkan; åtgärdens avklingning_manader går före", ge=0.1, le=1200
    )

    def half_life(self, measure: Measure) -> Number | None:
        """Give the half-life of the block; None when the measure says it or the effect does not wear off."""
        fades = measure.end is None if self.wears_off is None else says_yes(self.wears_off)
        return self.decay_months if fades and measure.decay_months is None else None


class Exempt(Part):
    """Groups and units that a rule spares (undantag)."""

    groups: list[str] = Field(
        default_factory=list,
        alias="yrkesgrupper",
        description="Grupper som undantas",
        json_schema_extra={"refererar": "yrkesgrupp"},
    )
    units: list[str] = Field(
        default_factory=list, alias="enheter", description="Enheter som undantas", json_schema_extra={"refererar": "enhet"}
    )

    def without(self, cells: Iterable[tuple[str, str]], places: Places) -> list[tuple[str, str]]:
        """Give the cells that are not spared."""
        spared = set(places.groups(self.groups)) if self.groups else set()
        return [(u, g) for u, g in cells if g not in spared and u not in self.units]


def shares_by_fte(cells: Sequence[tuple[str, str]], places: Places) -> dict[Place, float]:
    """Share 1 over cells by their contracted FTE at the start; equally where nobody is employed."""
    return normalised({c: places.employed_fte([c]) for c in cells})


def normalised(weights: dict[Place, float]) -> dict[Place, float]:
    """Scale weights to sum to 1; equal weights when all are zero."""
    total = fsum(weights.values())
    return {k: w / total if total > 0 else 1 / len(weights) for k, w in weights.items()}


def labelled(measure: Measure) -> list[tuple[str, Lever]]:
    """Give the lever blocks of a measure with the prefix of their names, in an order the file cannot change.

    One block of a type is called by the type, several by type and number, sorted by their content.
    """
    found: list[tuple[str, Lever]] = []
    for kind, given in sorted(measure.levers.items()):
        blocks: list[Lever] = sorted(given if isinstance(given, list) else [given], key=_content)
        found += [(kind if len(blocks) == 1 else f"{kind}.{i}", b) for i, b in enumerate(blocks, 1)]
    return found


def blocks_of(measure: Measure, places: Places) -> list[Block]:
    """Run all lever blocks of a measure and give what they do; nothing for `effekt: ingen`.

    Names and draw keys get the prefix of the lever block. Raises LeverError when a lever touches what its
    `acts_on` does not name, acts where the region has nothing, or does nothing at all.
    """
    found: list[Block] = []
    for label, lever in labelled(measure) if measure.effect != "ingen" else []:
        made = [_named(label, _allowed(block, lever, measure)) for block in lever.effects(measure, places)]
        if not made and not lever.may_be_empty:
            raise lever.error(measure, "blocket ändrar ingenting – ange vad som ska ändras eller ta bort det")
        found += made
    return found


def _content(block: Lever) -> str:
    return block.model_dump_json(exclude=set(Part.model_fields), exclude_none=True)


def _named(label: str, block: Block) -> Block:
    draw = getattr(block, "draw", None)
    names: dict[str, Any] = {"name": f"{label}.{block.name}"} | ({"draw": f"{label}.{draw}"} if draw else {})
    return replace(block, **names)


def _allowed(block: Block, lever: Lever, measure: Measure) -> Block:
    touched = block.quantity if isinstance(block, Effect) else type(block).__name__
    if touched not in lever.acts_on:
        raise lever.error(measure, f"får inte verka på '{touched}' – tillåtet är {', '.join(sorted(lever.acts_on))}")
    if isinstance(block, Effect):
        hits = bool(block.places) or QUANTITIES[block.quantity].dimension == "region"
    else:
        hits = bool(block.cells) if isinstance(block, PostBlock | CapBlock) else True
    if not hits:
        raise lever.error(
            measure, f"'{block.name}' träffar ingen enhet och yrkesgrupp – kontrollera omfattning, enheter och yrkesgrupper"
        )
    return block


def says_yes(answer: YesNo) -> bool:
    """Read ja/nej."""
    return answer == "ja"
