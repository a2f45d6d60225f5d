"""What an indicator adds up, over which places and months, and what it divides by."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kompetenssim.forecast import evaluate
from kompetenssim.forecast.geometry import ALL, Place
from kompetenssim.forecast.indicators import REGISTER, ROLLING, base_of, listing
from kompetenssim.forecast.observed import Observed, by_place
from kompetenssim.model.trajectory import column
from kompetenssim.spec.specification import ObservedMonth
from tests.forecast.fakes import flat_trajectory, make_fake_ensemble, make_template, simulate

WHOLE = Place(ALL, ALL, ALL)

#: The ids that the result format promises.
PROMISED = (
    "anstallda", "arsarbetare", "nettoarsarbetare", "inrattade_aa", "vakanta_aa", "vakansgrad", "bemanningsmal_timmar",
    "egna_timmar", "overskott_timmar", "omfordelade_timmar", "pool_timmar", "vaxlade_timmar", "overtid_timmar",
    "hyr_timmar", "hyr_betalda_timmar", "hyr_outnyttjade_timmar", "obemannade_timmar", "bemanningsgrad",
    "egen_bemanningsgrad", "tackningsgrad", "obemannad_andel", "stafettveckor", "hyrkostnad_mkr", "hyrandel_totalt",
    "hyrandel_egen", "personalkostnad_mkr", "overtid_mkr", "pool_mkr", "utbildning_mkr", "rekrytering_mkr",
    "kopt_vard_mkr", "atgardskostnad_mkr", "nettokostnad_mkr", "rekryterade", "avgangar_externa", "avgangar_hyrbolag",
    "avgangar_pension", "avgangar_visstid", "avgangar_ovriga", "avgangar_totalt", "interna_in", "interna_ut",
    "gruppbyten_in", "gruppbyten_ut", "sjukfranvaro_procent", "frigjorda_timmar", "hemtagna_timmar",
    "utbildning_starter", "utbildning_pagaende", "utbildning_examen", "utbildning_avbrott", "antal_st_lakare",
    "handledarutnyttjande", "belastning", "novisandel",
)


def yearly_at(values: evaluate.Values, place: Place, year: str) -> np.ndarray:
    return values.array[:, values.labels.index(year), values.places.index(place)]


@pytest.mark.unit
def test_the_register_has_every_promised_indicator() -> None:
    assert set(PROMISED) <= set(REGISTER)
    assert {"hyrandel_totalt_r12", "stafettveckor_r12", "omsattning_extern_procent_r12"} <= set(ROLLING)
    assert base_of("hyrandel_totalt_r12") is REGISTER["hyrandel_totalt"]


@pytest.mark.unit
def test_every_indicator_names_columns_that_exist_and_is_listed_with_a_definition() -> None:
    rows = listing()
    assert [r["indikator"] for r in rows] == sorted({**REGISTER, **ROLLING})
    assert all(r["definition"] and r["enhet"] and r["taljare"] for r in rows)


@pytest.mark.unit
def test_the_listing_says_how_an_indicator_is_worked_out_in_its_own_unit() -> None:
    told = {row["indikator"]: (row["taljare"], row["namnare"], row["tid"], row["rum"]) for row in listing()}
    assert told["hyr_timmar"] == ("agency / 60", "", "summa", "summa")
    assert told["sjukfranvaro_procent"] == ("sick_minutes × 100", "ordinary_minutes", "kvot", "kvot")
    assert told["inrattade_aa"] == ("established_units_minutes / 288000", "days_of_period", "medel_dagar", "summa")
    assert told["nettokostnad_mkr"][0].endswith("- grant_ore) / 100000000")


@pytest.mark.unit
def test_every_sum_of_a_margin_is_the_sum_of_its_cells() -> None:
    template = make_template()
    trajectory = simulate(template, np.array([1.0]), seed=1, simulation=0)
    values = evaluate.yearly(REGISTER["hyr_timmar"], make_fake_ensemble([trajectory], template))
    of_cell = trajectory.months[6:18, :, column("agency")].sum(axis=0) / 60
    wanted = {
        WHOLE: of_cell.sum(), Place("primarvard", ALL, ALL): of_cell[2:].sum(),
        Place("sjukhus", "medicin", ALL): of_cell[:2].sum(),
        Place(ALL, ALL, "sjukskoterska"): of_cell[[1, 3, 5]].sum(), Place(ALL, ALL, "lakare"): of_cell[[0, 2, 4]].sum(),
        Place("primarvard", ALL, "lakare"): of_cell[[2, 4]].sum(), Place("primarvard", "pv_syd", "sjukskoterska"): of_cell[5],
    }
    for place, expected in wanted.items():
        assert yearly_at(values, place, "2024")[0] == pytest.approx(expected, rel=1e-12)


@pytest.mark.unit
def test_a_ratio_is_sum_over_sum_within_the_simulation_not_a_mean_of_ratios() -> None:
    template = make_template()
    pay = np.array([100, 300, 0, 0, 0, 0]) * np.ones((36, 1))
    hire = np.array([50, 0, 0, 0, 0, 0]) * np.arange(36)[:, None]
    e = make_fake_ensemble([flat_trajectory(template, wage_ore=pay, agency_ore=hire)], template)
    hired = 50 * np.arange(6, 18).sum()
    totals = evaluate.yearly(REGISTER["hyrandel_totalt"], e)
    assert yearly_at(totals, WHOLE, "2024")[0] == pytest.approx(hired / (hired + 12 * 400))
    assert yearly_at(evaluate.yearly(REGISTER["hyrandel_egen"], e), WHOLE, "2024")[0] == pytest.approx(hired / (12 * 400))
    assert np.isnan(yearly_at(totals, Place(ALL, ALL, "distriktslakare"), "2024")[0])


@pytest.mark.unit
def test_stocks_are_the_last_month_and_posts_are_means_over_days() -> None:
    template = make_template()
    m = np.arange(36)[:, None]
    days = np.array(template.month_days)[:, None]
    posts = 200 * 1440 * days * m
    e = make_fake_ensemble([flat_trajectory(template, contracted_units=200 * m, established_units_minutes=posts)], template)
    assert yearly_at(evaluate.yearly(REGISTER["arsarbetare"], e), WHOLE, "2024")[0] == 17 * 6
    mean = (np.arange(6, 18) * np.array(template.month_days[6:18])).sum() / 366
    assert yearly_at(evaluate.yearly(REGISTER["inrattade_aa"], e), WHOLE, "2024")[0] == pytest.approx(6 * mean)


@pytest.mark.unit
def test_net_full_time_equivalents_divide_by_the_cells_own_full_time_measure() -> None:
    template = make_template()
    full = np.array(template.month_days)[:, None] * np.array([2400, 2295] * 3) // 7
    e = make_fake_ensemble([flat_trajectory(template, full_time_minutes=full, worked_minutes=3 * full)], template)
    assert yearly_at(evaluate.yearly(REGISTER["nettoarsarbetare"], e), WHOLE, "2025")[0] == pytest.approx(18.0, rel=1e-6)


@pytest.mark.unit
def test_workload_is_the_mean_over_cells_weighted_by_their_need() -> None:
    template = make_template()
    days = np.array(template.month_days)[:, None]
    load, need = np.array([0.1, 0.2, 0.3, 0.0, 0.0, 0.5]), np.array([1000, 3000, 0, 500, 0, 10])
    micro = (load * 1e6 * days).astype(np.int64)
    e = make_fake_ensemble([flat_trajectory(template, workload_micro_days=micro, need=need, own=need, days=days)], template)
    for value in (evaluate.yearly(REGISTER["belastning"], e), evaluate.monthly(REGISTER["belastning"], e)):
        found = value.array[0, -1, value.places.index(WHOLE)]
        assert found == pytest.approx((load * need).sum() / need.sum(), rel=1e-5)


@pytest.mark.unit
def test_net_cost_adds_its_parts_once_and_measures_in_the_total_only() -> None:
    template = make_template()
    trajectory = simulate(template, np.array([1.0]), seed=1, simulation=0)
    e = make_fake_ensemble([trajectory], template)
    parts = ("personalkostnad_mkr", "hyrkostnad_mkr", "pool_mkr", "rekrytering_mkr", "utbildning_mkr", "kopt_vard_mkr")
    found = {i: evaluate.monthly(REGISTER[i], e) for i in (*parts, "nettokostnad_mkr", "atgardskostnad_mkr", "statsbidrag_mkr")}
    both = found["atgardskostnad_mkr"].array - found["statsbidrag_mkr"].array
    assert np.allclose(found["nettokostnad_mkr"].array, sum(found[i].array for i in parts) + both)
    whole = found["nettokostnad_mkr"].places.index(WHOLE)
    assert np.allclose(both[0, :, whole], (trajectory.measures[..., 0] - trajectory.measures[..., 1]).sum(axis=1) * 1e-8)
    assert not np.delete(both, whole, axis=2).any()


@pytest.mark.unit
def test_staff_turnover_uses_month_ends_with_half_weight_for_the_outer_two() -> None:
    template = make_template()
    stock = 100 + np.arange(36)[:, None] * np.ones(6, dtype=np.int64)
    e = make_fake_ensemble([flat_trajectory(template, permanent=stock, exits_external=1)], template)
    ends = 6 * stock[5:18, 0]
    mean = (ends[1:-1].sum() + (ends[0] + ends[-1]) / 2) / 12
    found = evaluate.yearly(REGISTER["omsattning_extern_procent"], e)
    assert yearly_at(found, WHOLE, "2024")[0] == pytest.approx(100 * 72 / mean)


@pytest.mark.unit
def test_a_cut_month_is_no_full_month_and_marks_its_year() -> None:
    template = make_template(date(2023, 7, 15), date(2025, 6, 30))
    values = evaluate.yearly(REGISTER["hyr_timmar"], make_fake_ensemble([flat_trajectory(template, agency=60)], template))
    assert values.labels == ("2023", "2024", "2025") and values.months.tolist() == [5, 12, 6]


@pytest.mark.unit
def test_rolling_twelve_months_are_empty_until_they_are_complete() -> None:
    template = make_template()
    e = make_fake_ensemble([flat_trajectory(template, agency_ore=10**8)], template)
    values = evaluate.rolling(REGISTER["hyrkostnad_mkr"], e)
    found = values.array[0, :, values.places.index(WHOLE)]
    assert np.isnan(found[:11]).all() and np.allclose(found[11:], 72.0)
    assert values.months.tolist() == [*range(1, 12), *[12] * 25]


@pytest.mark.unit
def test_rolling_twelve_months_use_observed_months_and_mark_the_mixed_windows() -> None:
    template = make_template()
    months = [f"2022-{k:02d}" for k in range(8, 13)] + [f"2023-{k:02d}" for k in range(1, 7)]
    known = [ObservedMonth(m, "alla", "alla", i + 1.5, 100.0) for i, m in enumerate(months)]
    e = make_fake_ensemble([flat_trajectory(template, agency_ore=10**8, wage_ore=10**9)], template)
    object.__setattr__(e, "observed", by_place(known))
    values = evaluate.rolling(REGISTER["hyrkostnad_mkr"], e)
    found = values.array[0, :, values.places.index(WHOLE)]
    assert found[0] == pytest.approx(6 + sum(i + 1.5 for i in range(11)))
    assert found[10] == pytest.approx(66 + 11.5) and found[11] == pytest.approx(72)
    assert values.months[0] == 1
    assert np.isnan(values.array[0, 0, values.places.index(Place(ALL, ALL, "lakare"))])
    share = evaluate.rolling(REGISTER["hyrandel_totalt"], e)
    hire = found[0]
    assert share.array[0, 0, share.places.index(WHOLE)] == pytest.approx(hire / (hire + 60 + 1100))
    assert e.observed != Observed()


@pytest.mark.unit
def test_weeks_of_the_hour_account_keep_its_sum() -> None:
    template = make_template()
    e = make_fake_ensemble([simulate(template, np.array([1.0]), seed=3, simulation=0)], template)
    parts = ("egna_timmar", "omfordelade_timmar", "pool_timmar", "vaxlade_timmar", "overtid_timmar", "hyr_timmar",
             "obemannade_timmar")
    need = evaluate.weekly(REGISTER["bemanningsmal_timmar"], e)
    assert np.allclose(need.array, sum(evaluate.weekly(REGISTER[p], e).array for p in parts))
    assert all(place.unit == ALL for place in need.places) and need.labels == template.weeks


@pytest.mark.property
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), indicator=st.sampled_from(sorted(i for i in REGISTER if REGISTER[i].time == "summa")))
def test_sums_of_months_and_of_units_are_the_year_of_the_whole(seed: int, indicator: str) -> None:
    template = make_template()
    e = make_fake_ensemble([simulate(template, np.array([1.0]), seed=seed, simulation=0)], template)
    months, years = evaluate.monthly(REGISTER[indicator], e), evaluate.yearly(REGISTER[indicator], e)
    whole = months.places.index(WHOLE)
    assert months.array[0, 6:18, whole].sum() == pytest.approx(yearly_at(years, WHOLE, "2024")[0])
    if REGISTER[indicator].space == "summa" and indicator != "nettokostnad_mkr":
        units = [j for j, p in enumerate(months.places) if p.unit != ALL]
        assert months.array[0, 7, units].sum() == pytest.approx(months.array[0, 7, whole])


@pytest.mark.unit
def test_the_last_week_is_cut_where_the_months_end_and_no_other_week_changes() -> None:
    template = make_template()
    beyond = template._replace(week_days=(*template.week_days[:-1], template.week_days[-1] + 5))
    trajectory = simulate(template, np.ones(1), seed=1, simulation=0)
    weeks = make_fake_ensemble([trajectory], template).weeks("need")[0]
    cut = {name: make_fake_ensemble([trajectory], beyond).weeks(name)[0] for name in ("need", "own", "unmet")}
    assert np.array_equal(cut["need"][:-1], weeks[:-1])
    for name, values in cut.items():
        assert values.sum() == trajectory.months[..., column(name)].sum()
