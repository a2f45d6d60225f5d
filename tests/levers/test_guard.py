"""What holds for all lever types: the guard, names, places, draws, and that a file is a type."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kompetenssim import levers
from kompetenssim.levers import LEVERS, LeverError, blocks_of, discover
from kompetenssim.levers.base import Placed, derive, number
from kompetenssim.levers.document import PAGE, SWEDISH, render
from kompetenssim.model import effects as kinds
from kompetenssim.model.effects import Block, Effect, Places
from kompetenssim.model.quantities import QUANTITIES
from kompetenssim.spec.number import Number
from kompetenssim.spec.region import Part
from kompetenssim.spec.scenario import Measure
from tests.levers.places import SmallRegion, blocks, measure, read

BLOCK_KINDS = {"PostBlock", "ShiftBlock", "ProgrammeBlock", "PoolBlock", "CapBlock", "CohortBlock", "Enabler"}
ALL = (
    "arbetsutbud", "behalla", "dimensionering", "effektivisering", "forutsattning", "handledning", "hyrstyrning", "introduktion",
    "lon_och_forman", "overtidsregel", "rekrytering", "resurspool", "schema", "sjukfranvaro", "uppgiftsvaxling",
    "utbildningstjanst", "vardbehov",
)  # fmt: skip


class Trespasser(Placed):
    """A lever that touches the need although it declared exits only."""

    acts_on: ClassVar[frozenset[str]] = frozenset({"exit_factor"})
    meaning: ClassVar[str] = "Provspak."
    example: ClassVar[str] = ""
    need: Number | None = number("behov", doc="Provtal")

    def effects(self, measure: Measure, places: Places) -> Iterator[Block]:
        yield from self.effect("need", "need_factor", self.cells(places))


def example(key: str) -> Measure:
    """Give a measure with the documented example of a lever type."""
    return measure(LEVERS[key].example)


@pytest.mark.unit
def test_a_lever_that_touches_an_undeclared_quantity_is_refused() -> None:
    """The guard against counting twice names the measure, the lever, the quantity and what is allowed."""
    made = measure("{}").model_copy(update={"levers": {"provspak": [Trespasser.model_validate({"behov": 1.1})]}})
    with pytest.raises(LeverError, match=r"atgarder\.m\..*need_factor.*tillåtet är exit_factor"):
        blocks_of(made, SmallRegion(made))


@pytest.mark.unit
def test_all_seventeen_lever_types_of_the_domain_model_exist() -> None:
    assert tuple(LEVERS) == ALL and len(ALL) == 17


@pytest.mark.unit
@pytest.mark.parametrize("key", sorted(LEVERS))
class TestEveryLeverType:
    """Generated over the files of the folder."""

    def test_declares_quantities_and_blocks_that_exist(self, key: str) -> None:
        assert LEVERS[key].acts_on
        assert LEVERS[key].acts_on <= set(QUANTITIES) | BLOCK_KINDS
        assert all(hasattr(kinds, name) for name in BLOCK_KINDS)

    def test_is_documented_in_both_languages(self, key: str) -> None:
        lever = LEVERS[key]
        assert lever.__doc__ and lever.meaning.strip().endswith(".")
        assert sys.modules[lever.__module__].__doc__
        assert all(field.description for name, field in lever.model_fields.items() if name not in Part.model_fields)
        assert all(field.alias for field in lever.model_fields.values()), "every key is Swedish"
        assert lever.acts_on <= set(SWEDISH)

    def test_its_example_is_read_and_acts_within_its_declaration(self, key: str) -> None:
        made = example(key)
        found = blocks_of(made, SmallRegion(made))
        assert found
        assert {b.quantity if isinstance(b, Effect) else type(b).__name__ for b in found} <= LEVERS[key].acts_on

    def test_places_have_the_dimension_of_their_quantity(self, key: str) -> None:
        made = example(key)
        region = SmallRegion(made)
        keys: dict[str, set[tuple[str, ...]]] = {
            "cell": set(region.cells()), "group": {(g,) for g in region.groups()},
            "family": set(region.families()), "region": {()},
        }  # fmt: skip
        for block in blocks_of(made, region):
            if isinstance(block, Effect):
                assert set(block.places) <= keys[QUANTITIES[block.quantity].dimension], block.name
                assert QUANTITIES[block.quantity].combine not in ("level", "least") or not block.scaled, block.name

    def test_certain_numbers_lie_within_their_bounds(self, key: str) -> None:
        for block in blocks_of(made := example(key), SmallRegion(made)):
            if isinstance(block, Effect) and block.least is not None and block.most is not None:
                assert block.least <= block.amount.mode <= block.most, block.name

    def test_written_out_and_read_again_it_does_the_same(self, key: str) -> None:
        made = example(key)
        again = made.model_copy(
            update={"levers": {k: [read(k, b.model_dump(mode="json", by_alias=True)) for b in v] for k, v in made.levers.items()}}
        )
        assert blocks_of(made, SmallRegion(made)) == blocks_of(again, SmallRegion(again))


@pytest.mark.unit
def test_names_carry_the_lever_and_a_number_when_there_are_several() -> None:
    one = blocks("behalla: {yrkesgrupp: sjukskoterska, avgang_faktor: 0.9}")
    assert set(one) == {"behalla.avgang_faktor"}
    two = blocks("behalla: [{yrkesgrupp: underskoterska, avgang_faktor: 0.95}, {yrkesgrupp: sjukskoterska, avgang_faktor: 0.9}]")
    assert set(two) == {"behalla.1.avgang_faktor", "behalla.2.avgang_faktor"}
    assert {b.draw for b in two.values() if isinstance(b, Effect)} == set(two)


@pytest.mark.unit
def test_the_order_of_blocks_in_a_file_changes_nothing() -> None:
    nurse, aide = {"yrkesgrupp": "sjukskoterska", "avgang_faktor": 0.9}, {"yrkesgrupp": "underskoterska", "avgang_faktor": 0.95}
    forwards, backwards = (blocks(yaml.safe_dump({"behalla": order})) for order in ([nurse, aide], [aide, nurse]))
    assert forwards == backwards and list(forwards) == list(backwards)


@pytest.mark.unit
def test_a_quantity_of_a_whole_group_concerns_the_groups_of_the_covered_units_only() -> None:
    (effect,) = blocks("{omfattning: {enheter: [pv_fjall]}, rekrytering: {ankomst_faktor: 1.02}}").values()
    assert isinstance(effect, Effect) and effect.places == [("distriktslakare",)]


@pytest.mark.unit
def test_a_measure_without_effect_does_nothing_but_is_kept() -> None:
    assert blocks("{effekt: ingen, behalla: {avgang_faktor: 0.9}}") == {}


@pytest.mark.unit
def test_a_block_that_hits_nothing_is_an_error_not_a_silent_nothing() -> None:
    with pytest.raises(LeverError, match="träffar ingen enhet"):
        blocks("{omfattning: {enheter: [akut]}, behalla: {yrkesgrupp: vns, avgang_faktor: 0.9}}")
    with pytest.raises(LeverError, match="ändrar ingenting"):
        blocks("introduktion: {langd_manader: 6}")


@pytest.mark.unit
def test_a_file_added_to_the_folder_is_a_new_lever_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The eighteenth type is one file; the key is the name of the file."""
    folder = tmp_path / "fler_spakar"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "provspak.py").write_text(
        Path(levers.__file__).with_name("behalla.py").read_text(encoding="utf-8"), encoding="utf-8"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    found = discover(folder, "fler_spakar")
    assert list(found) == ["provspak"]
    assert found["provspak"].key() == "provspak"
    made = measure("{}").model_copy(update={"levers": {"provspak": found["provspak"].model_validate({"avgang_faktor": 0.9})}})
    assert [b.name for b in blocks_of(made, SmallRegion(made))] == ["provspak.avgang_faktor"]


@pytest.mark.unit
def test_a_file_without_exactly_one_lever_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "tomma_spakar"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "ingen.py").write_text("X = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(TypeError, match="one subclass of Lever"):
        discover(folder, "tomma_spakar")


@pytest.mark.unit
def test_the_handbook_page_is_up_to_date() -> None:
    """Otherwise run `python -m kompetenssim.levers.document`."""
    assert PAGE.read_text(encoding="utf-8") == render()


ENDS = st.floats(0.01, 100)


@pytest.mark.property
@given(st.tuples(ENDS, ENDS, ENDS).map(sorted), st.floats(-5, 5), st.floats(-5, 5))
def test_a_linear_change_of_unit_keeps_mode_and_ends(ends: list[float], slope: float, shift: float) -> None:
    """An uncertain number in other units is the same number: its ends are the images of the ends."""
    low, mode, high = ends
    made = derive(lambda x: slope * x + shift, Number(low=low, mode=mode, high=high, assumption=True))
    assert made.mode == slope * mode + shift
    assert made.low is None or {made.low, made.high} == {
        min(slope * low + shift, slope * high + shift),
        max(slope * low + shift, slope * high + shift),
    }
    assert made.assumption is True


@pytest.mark.property
@given(st.tuples(ENDS, ENDS, ENDS).map(sorted), st.tuples(ENDS, ENDS, ENDS).map(sorted))
def test_a_product_of_uncertain_numbers_spans_all_products_of_their_ends(a: list[float], b: list[float]) -> None:
    one, other = (Number(low=x[0], mode=x[1], high=x[2]) for x in (a, b))
    made = derive(lambda x, y: x * y, one, other)
    if made.low is not None and made.high is not None:
        assert made.low <= a[0] * b[0] and made.high >= a[2] * b[2] and made.low <= made.mode <= made.high
