"""Every account closes to the unit, in generated regions with generated measures: hours, staff, posts and people."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kompetenssim.engine.world import EMPLOYED, ESTABLISHED, FROZEN, LEVELS, PERMANENT, SUBSTITUTE, VACANT, Post, World
from kompetenssim.levers import LEVERS
from kompetenssim.model.template import Template
from kompetenssim.model.trajectory import ACCOUNT, CAUSES, FLOWS, STOCKS, Trajectory, column
from tests import strategies
from tests.engine.worlds import driven, plain_driver, resolved, scenario, write

pytestmark = pytest.mark.property

PROFILE = strategies.profile(15)
KINDS = sorted(LEVERS)
#: The last day of 2023 is a Sunday: the weeks of the run are the days of its months.
END = "2023-12-31"


def exists(post: Post) -> bool:
    """Tell whether a post is still established (a withdrawn one is until its holder has left)."""
    return not post.withdrawn or post.holder is not None or post.pending is not None


def check_world(w: World) -> None:
    """Compare the cell counters with the posts and people they count, right after a tick."""
    now = w.t.calendar.week_start[w.week]
    established, vacant = Counter[int](), Counter[int]()
    for post in w.posts:
        if post.kind != SUBSTITUTE and exists(post):
            established[post.cell] += post.grade
            vacant[post.cell] += post.grade if post.holder is None else 0
        if post.holder is not None:
            assert post.holder.state in EMPLOYED and post.holder.post is post and post.holder.cell == post.cell
        if post.pending is not None:
            assert post.pending.post is post and not post.withdrawn, "somebody is on the way to a withdrawn post"
        if post.advertised:
            assert not post.withdrawn and post.pending is None and w.open[w.group_of[post.cell]][post.key] is post
    people: dict[int, Counter[int]] = {c: Counter() for c in w.cells}
    heads = Counter[int]()
    for p in w.people:
        assert p.due >= now, f"a clock stands at {p.due}, before {now}"
        for k, x in enumerate(p.contribution):
            people[p.contribution_cell][k] += x
        if p.state in EMPLOYED:
            heads[p.cell] += 1
            assert p.post is not None and p.post.holder is p
            assert 0 < p.grade <= 200
    changes = w.stock_change[:, :, STOCKS.index("employees")].sum(axis=0)
    for c in w.cells:
        assert 0 <= w.level[VACANT][c] <= w.level[ESTABLISHED][c]
        assert 0 <= w.level[FROZEN][c] <= w.level[VACANT][c]
        assert (w.level[ESTABLISHED][c], w.level[VACANT][c]) == (established[c], vacant[c]), w.t.cells[c]
        for k in range(LEVELS):
            if k not in (ESTABLISHED, VACANT, FROZEN):
                assert w.level[k][c] == people[c][k], (k, w.t.cells[c])
        assert changes[c] == heads[c], w.t.cells[c]
    hired = w.month_flow[:, :, FLOWS.index("hires")].sum()
    gone = sum(w.month_flow[:, :, FLOWS.index(cause)].sum() for cause in CAUSES)
    assert sum(w.t.initial_employees) + hired == sum(heads.values()) + gone
    assert min(w.agency_pool) >= 0
    for block, row in enumerate(w.t.post_blocks):
        amounts = [w.theta[e.amount] for e in w.t.effects if e.quantity == "post_fte" and e.places == (block,)]
        if min(amounts) >= 0:
            own = [p for p in w.block_posts[block] if not p.withdrawn]
            assert sum(p.grade for p in own) == w.block_units[block], w.t.measures[row.measure]


def check_hours(t: Template, found: Trajectory) -> None:
    """The hour account of every cell and week, and its sums over weeks, months, areas and groups."""
    trace = found.trace
    assert (trace >= 0).all()
    assert (trace[:, :, 0] == trace[:, :, 1:8].sum(axis=2)).all()
    assert (found.months[:, :, : len(ACCOUNT)].sum(axis=0) == trace.sum(axis=0)).all()
    for a in range(len(t.areas)):
        for g in range(len(t.groups)):
            cells = [c for c in range(len(t.cells)) if t.cell_area[c] == a and t.cell_group[c] == g]
            assert (found.weeks[:, a, g] == trace[:, cells].sum(axis=1)).all()
    assert (trace[:, :, ACCOUNT.index("agency")] <= trace[:, :, ACCOUNT.index("agency_paid")]).all()


def check_staff(t: Template, found: Trajectory) -> None:
    """Staff, posts and money of every cell and month."""
    m = {name: found.months[:, :, column(name)] for name in (*FLOWS, *STOCKS)}
    assert (found.months >= 0).all(), [name for name, x in m.items() if (x < 0).any()]
    before = np.vstack([np.array(t.initial_employees), m["employees"][:-1]])
    exits = sum(m[cause] for cause in CAUSES)
    change = m["hires"] - exits + m["moves_in"] - m["moves_out"] + m["group_in"] - m["group_out"]
    assert (m["employees"] - before == change).all()
    assert m["moves_in"].sum() == m["moves_out"].sum() and m["group_in"].sum() == m["group_out"].sum()
    for part, whole in (
        ("permanent", "employees"),
        ("aged_60", "employees"),
        ("in_training", "employees"),
        ("st_doctors", "in_training"),
        ("vacant_units_minutes", "established_units_minutes"),
        ("frozen_units_minutes", "vacant_units_minutes"),
        ("wage_overtime_ore", "wage_ore"),
        ("unmet_weeks", "weeks"),
        ("clipped_weeks", "person_weeks"),
    ):
        assert (m[part] <= m[whole]).all(), f"{part} > {whole}"
    assert (m["days"] == np.array(t.month_days)[:, None]).all()
    group = np.array(t.cell_group)
    for k, cause in enumerate(CAUSES):
        assert found.exits[:, :, k].sum() == m[cause].sum()
    for g in range(len(t.groups)):
        assert found.ages[-1, g].sum() == m["employees"][-1, group == g].sum()
        assert found.retention[:, g, 0, 0].sum() == m["hires"][:, group == g].sum()
    assert (found.measures >= 0).all()


@settings(PROFILE)
@given(data=st.data())
def test_accounts_close_in_generated_regions_with_generated_measures(data: st.DataObject) -> None:
    world = data.draw(strategies.regions(), "region")
    plan = scenario(data.draw(strategies.measures(world, KINDS), "åtgärder"), end=END)
    with tempfile.TemporaryDirectory() as folder:
        t = resolved(write(Path(folder), world, plan))
    found = driven(t, plain_driver(watch=check_world), simulation=data.draw(st.integers(0, 9), "simulering"))
    check_hours(t, found)
    check_staff(t, found)


def test_the_generated_measures_reach_every_lever_type() -> None:
    from hypothesis import find

    from tests.engine.worlds import region

    for kind in KINDS:
        world = {"yrkesgrupper": {g: {} for g in ("lakare", "sjukskoterska")}, "enheter": {u: {} for u in region()["enheter"]}}
        found = find(
            strategies.measures(world, [kind, "behalla"]), lambda ms, kind=kind: any(kind in m for m in ms), settings=PROFILE
        )
        assert any(kind in m for m in found)


@pytest.mark.parametrize("simulation", range(4))
def test_posts_withdrawn_while_their_holders_are_leaving_are_not_filled_again(simulation: int, tmp_path: Path) -> None:
    """A post whose holder has given notice may already be advertised, or accepted by somebody: it is not withdrawn twice."""
    from tests.engine.worlds import measure, region, template

    world = region()
    for g in world["yrkesgrupper"].values():
        g |= {"avgang_procent_ar": "60", "sokande": {"ankomst_per_ar": "60", "ledtid_veckor": "0"}}
    down = measure("dimensionering", "2023-03-01", slut="2023-06-30") | {
        "dimensionering": {"yrkesgrupp": "sjukskoterska", "antal_aa": -20, "beslut_under_ar": "ja"}
    }
    up = measure("dimensionering", "2023-02-01", nyckel="upp", slut="2023-08-20")
    t = template(tmp_path, [down, up], world, end=END)
    found = driven(t, plain_driver(watch=check_world), simulation)
    check_staff(t, found)


def test_permanent_and_substitute_are_the_kinds_of_post_counted_here() -> None:
    assert (PERMANENT, SUBSTITUTE) == (0, 1)
