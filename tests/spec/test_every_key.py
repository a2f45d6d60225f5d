"""Every key of the schema does something: a sample of their values here, all of them by `mutations --djup`."""

from __future__ import annotations

import random

import pytest

from tests.spec.every_key import TABLE, TEMPLATE, UNREAD, WORDS, WRITTEN, keys, noticed, unwritten
from tests.spec.mutations import SEED

pytestmark = pytest.mark.property
SAMPLE = 120


def test_every_key_of_the_schema_is_written_in_the_world() -> None:
    assert unwritten() == []


def test_another_value_of_a_key_changes_the_template_or_a_table() -> None:
    """A value that only `specifikation.yaml` shows is read by nobody, whatever its origin says."""
    chosen = random.Random(SEED).sample(sorted(set(keys()) - set(WORDS)), SAMPLE)
    assert [kind for kind in chosen if noticed(kind) in (UNREAD, WRITTEN)] == []


@pytest.mark.parametrize("kind", sorted(WORDS))
def test_what_only_the_specification_shows_is_known(kind: str) -> None:
    assert noticed(kind) == WRITTEN


@pytest.mark.parametrize(
    ("kind", "by"),
    [
        ("region.handledare.max_studenter.trolig", TEMPLATE),
        ("region.enheter.*.jourlinjer.*.minst_i_schema", TABLE),
        ("region.startlagen.*.manadsserie", TABLE),
        ("region.region.invanare", TABLE),
        ("scenario.atgarder.*.rekrytering.*.flode_fran_kommun_andel.trolig", TABLE),
        ("scenario.atgarder.*.uppgiftsvaxling.*.klass", TABLE),
        ("scenario.atgarder.*.lon_och_forman.*.elasticitet_avgang.undre", TEMPLATE),
    ],
)
def test_keys_that_were_once_read_by_nobody(kind: str, by: str) -> None:
    assert noticed(kind) == by
