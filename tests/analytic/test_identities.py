"""What holds exactly in every run: Little's law with its edges, and a horizon that changes nothing before it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from kompetenssim.engine.world import EMPLOYED, SUBSTITUTE, Person, World
from kompetenssim.model.calendar import MONTH, make_calendar
from kompetenssim.model.template import Template
from kompetenssim.model.trajectory import CAUSES
from tests.analytic.build import Watch, build, flow, simulate, unit

pytestmark = pytest.mark.analytic


def _busy(end: str = "2026-12-31") -> Template:
    """Give a region in which everything happens: two groups, three units, all clocks, training, pensions, moves, growth."""
    group = {
        "avgang_procent_ar": 15,
        "till_hyrbolag_andel": 0.2,
        "ater_fran_hyrbolag_andel": 0.5,
        "intern_rorlighet_procent_ar": 10,
        "hyrs_in": "ja",
        "sjukfranvaro": {
            "kort_procent": 3,
            "kort_spridning_procent": 20,
            "lang_incidens_procent_ar": 6,
            "aterkommer_inte_andel": 0.1,
        },
        "foraldraledighet": {"incidens_procent_ar": 6},
        "tjanstledighet": {"incidens_procent_ar": 3, "aterkommer_andel": 0.8},
        "sysselsattningsgrad": {"100": 60, "75": 40},
        "andrad_sysselsattningsgrad_procent_ar": 6,
        "vikariat_andel": 0.5,
        "aldersfordelning": {"22-39": 40, "40-59": 40, "60-66": 20},
        "anstallningstid": {"0-2": 30, "2-20": 70},
        "alder_nyanstallda": {"22-49": 100},
        "sokande": {
            "ankomst_per_ar": None,
            "talamod_veckor": 6,
            "ledtid_veckor": 6,
            "ledtid_sigma": 0.4,
            "uppsagningstid_manader": 2,
            "nyexaminerade_andel": 0.4,
        },
    }
    later = {"1900-01-01": 65, "2026-01-01": 67}
    return build(
        groups={"ssk": group, "spec": {**group, "pension": {"typisk_relativt_riktalder": -2.5}}},
        end=end,
        units={u: unit({"ssk": 60, "spec": 20}, {"ssk": 1, "spec": 0.5}) for u in ("a", "b", "c")},
        parameters={"sokande_svar_pa_vakans": 0.5, "belastning_till_avgang_theta": 1, "behov_okning_procent": 1},
        rules={"uppsagningstid_kort_manader": 1, "uppsagningstid_lang_manader": 3, "riktalder_ar": later},
        utbildningar={"vidare": {"titel": "Vidare", "fran": "ssk", "till": "spec", "platser": {"vt": 3, "ht": 4}}},
    )


def test_time_on_posts_is_littles_law_to_the_minute() -> None:
    """Oracle (h): established less vacant FTE-minutes of the accounts = Σ over persons of the grade of their post × the time
    they held it within the window."""
    held: dict[str, int] = defaultdict(int)

    def spell(w: World, p: Person, since: int, until: int) -> None:
        if p.state in EMPLOYED and p.post is not None and p.post.kind != SUBSTITUTE:
            held["time"] += p.post.grade * (until - since)

    template = _busy()
    template = replace(template, calendar=make_calendar(template.start, date(2026, 12, 27)))  # a Sunday: no week is cut
    done = Watch(spell).run(template)
    filled = flow(done, "established_units_minutes").sum() - flow(done, "vacant_units_minutes").sum()
    assert int(filled) == held["time"]


def test_open_vacancies_are_littles_law_with_edge_terms() -> None:
    """Oracle (h): the weekly count of open vacancies sums to the lengths of all recruitments within the window, those open
    at either edge included; the stock of the last tick of a month is what the table reports."""
    opened: dict[tuple[int, int], list[int]] = {}
    total: list[int] = []
    month: dict[int, int] = {}

    def week(w: World, boundary: int) -> None:
        if w.week == 0:
            return
        now = 0
        for posts in w.open:
            for post in posts.values():
                assert post.advertised and not post.withdrawn and post.pending is None
                spell = opened.setdefault((post.key, post.vacancies), [w.week, w.week])
                assert spell[1] >= w.week - 1  # one recruitment is one unbroken spell
                spell[1] = w.week
                now += 1
        total.append(now)
        month[w.t.calendar.first_month[w.week - 1]] = now

    template = _busy()
    done = Watch(week=week).run(template)
    assert sum(total) == sum(last - first + 1 for first, last in opened.values())
    assert [month[m] for m in range(len(template.months) - 1)] == flow(done, "open_vacancies").sum(axis=1)[:-1].tolist()


def test_heads_change_only_by_flows_in_every_month_and_cell() -> None:
    """Employees change by hires, exits, moves and changes of group and by nothing else."""
    template = _busy()
    runs = [simulate(template, simulation=n) for n in range(4)]
    for done in runs:
        into = sum(flow(done, k) for k in ("hires", "moves_in", "group_in"))
        out = sum(flow(done, k) for k in (*CAUSES, "moves_out", "group_out"))
        assert (flow(done, "employees") == np.array(template.initial_employees) + np.cumsum(into - out, axis=0)).all()
        assert done.exits.sum() == sum(flow(done, k).sum() for k in CAUSES)
    happened = {k: sum(flow(done, k).sum() for done in runs) for k in (*CAUSES, "moves_in", "group_in")}
    assert all(happened.values()), happened


@pytest.mark.parametrize("end", ["2023-10-31", "2024-06-30", "2024-12-31", "2025-05-15"])
def test_the_horizon_changes_nothing_before_it(end: str) -> None:
    """Oracle (i): a shorter run has the same months, weeks and exits as the beginning of a longer one."""
    short, long = simulate(_busy(end)), simulate(_busy())
    months = len(short.months) if end != "2025-05-15" else len(short.months) - 1
    assert (short.months[:months] == long.months[:months]).all()
    assert (short.weeks == long.weeks[: len(short.weeks)]).all()
    if end.endswith("12-31"):
        years = len(short.exits)
        assert (short.exits == long.exits[:years]).all()
        assert (short.ages == long.ages[:years]).all()


def test_still_employed_after_24_months_is_unobserved_where_the_window_passes_the_horizon() -> None:
    """Oracle (i): hires are followed exactly when their window ends within the run, and who has left by then is not counted."""
    stays: dict[int, list[int]] = {}

    def spell(w: World, p: Person, since: int, until: int) -> None:
        if p.state in EMPLOYED and p.hired >= 0:
            stays.setdefault(p.key * 2**40 + p.hired, [p.hired, until])[1] = until

    template = _busy()
    done = Watch(spell).run(template)
    horizon = template.calendar.horizon
    hires = done.retention[:, :, 0, :].sum(axis=(0, 1))
    hired = [h for h, _ in stays.values()]
    assert hires[0] == len(hired) == flow(done, "hires").sum()
    for k, months in ((1, 12), (2, 24)):
        inside = [(h, last) for h, last in stays.values() if h + months * MONTH <= horizon]
        assert hires[k + 2] == len(inside)
        assert hires[k] == sum(last > h + months * MONTH for h, last in inside)
    blank = done.retention[2:, :, 0, :].sum(axis=1)  # hired in 2025 and 2026: 24 months pass the end of 2026
    assert (blank[1:, 4] == 0).all() and (blank[:, 0] > 0).all()
