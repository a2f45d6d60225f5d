"""What the result files of a real run say, worked out again from the files alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kompetenssim as ks

SCENARIO = Path(__file__).resolve().parents[1] / "data/liten/mindre_hyra.yaml"
PLACE = ["omrade", "enhet", "yrkesgrupp"]
ROW = ["scenario", "tidssteg", "tid", *PLACE]
MET = ["egna_timmar", "omfordelade_timmar", "pool_timmar", "vaxlade_timmar", "overtid_timmar", "hyr_timmar", "obemannade_timmar"]
COSTS = ["personalkostnad_mkr", "hyrkostnad_mkr", "pool_mkr", "rekrytering_mkr", "utbildning_mkr", "kopt_vard_mkr"]
EXITS = ["avgangar_externa", "avgangar_hyrbolag", "avgangar_pension", "avgangar_visstid", "avgangar_ovriga"]


@pytest.fixture(scope="module")
def run() -> ks.Run:
    """A comparison over two years that end in the middle of a week."""
    return ks.compare([ks.load(SCENARIO)], reference="nollalternativ", replications=6, seed=3, processes=1)


@pytest.fixture(scope="module")
def means(run: ks.Run) -> pd.DataFrame:
    """Means with one column per indicator."""
    frame = run.summary.astype(dict.fromkeys([*ROW, "indikator"], str))
    return frame.pivot(index=ROW, columns="indikator", values="medelvarde")


@pytest.mark.e2e
def test_the_hour_account_closes_in_every_row_of_weeks_months_and_years(means: pd.DataFrame) -> None:
    assert set(means.index.get_level_values("tidssteg")) == {"vecka", "manad", "ar"}
    hours = means["bemanningsmal_timmar"].dropna()
    assert np.allclose(hours, means.loc[hours.index, MET].sum(axis=1), rtol=1e-12)


@pytest.mark.e2e
def test_weeks_months_and_years_add_up_to_the_same_hours(means: pd.DataFrame) -> None:
    """The last week goes on after the horizon; its row does not."""
    hours = means[["bemanningsmal_timmar", "overskott_timmar", *MET]]
    weeks, months, years = (hours.xs(step, level="tidssteg").groupby(level=["scenario", *PLACE]).sum()
                            for step in ("vecka", "manad", "ar"))
    assert weeks.index.size > 0 and np.allclose(weeks, months.loc[weeks.index], rtol=1e-12)
    assert np.allclose(months, years.loc[months.index], rtol=1e-12)


@pytest.mark.e2e
def test_the_staff_account_and_the_exits_close_for_every_place_and_year(means: pd.DataFrame) -> None:
    years = means.xs("ar", level="tidssteg")
    assert np.allclose(years["avgangar_totalt"], years[EXITS].sum(axis=1))
    flow = (years["rekryterade"] - years["avgangar_totalt"] + years["interna_in"] - years["interna_ut"]
            + years["gruppbyten_in"] - years["gruppbyten_ut"])
    change = years["anstallda"].unstack("tid").diff(axis=1)["2024"]
    assert np.allclose(change, flow.unstack("tid")["2024"])


@pytest.mark.e2e
def test_net_cost_has_every_part_once_and_shares_are_of_the_sums(run: ks.Run, means: pd.DataFrame) -> None:
    years = means.xs("ar", level="tidssteg")
    measures = years["atgardskostnad_mkr"].fillna(0) - years["statsbidrag_mkr"].fillna(0)
    assert np.allclose(years["nettokostnad_mkr"], years[COSTS].sum(axis=1) + measures)
    assert (years["overtid_mkr"] + years["studietid_mkr"] <= years["personalkostnad_mkr"]).all()
    each = run.yearly.astype(dict.fromkeys(PLACE, str)).pivot(
        index=["scenario", "simulering", "ar", *PLACE], columns="indikator", values="varde")
    agency, own = each["hyrkostnad_mkr"], each["personalkostnad_mkr"]
    ratios = {"hyrandel_totalt": agency / (agency + own), "hyrandel_egen": agency / own,
              "tackningsgrad": 1 - each["obemannade_timmar"] / each["bemanningsmal_timmar"]}
    for name, expected in ratios.items():  # 0/0 where nobody works: empty
        assert np.allclose(each[name], expected, equal_nan=True) and each[name].notna().any(), name


@pytest.mark.e2e
def test_every_yearly_statistic_and_effect_follows_from_the_simulations(run: ks.Run) -> None:
    names = ["indikator", "ar", *PLACE]
    each = run.yearly.astype(dict.fromkeys(["scenario", "indikator", "ar", *PLACE], str))
    values = each.pivot(index=["scenario", *names], columns="simulering", values="varde").dropna()
    stored = run.summary.astype(dict.fromkeys([*ROW, "indikator"], str)).rename(columns={"tid": "ar"})
    stored = stored[stored["tidssteg"] == "ar"].set_index(["scenario", *names]).loc[values.index]
    for name, expected in {"medelvarde": values.mean(axis=1), "standardavvikelse": values.std(axis=1, ddof=1),
                           "p05": np.quantile(values, 0.05, axis=1), "p90": np.quantile(values, 0.9, axis=1)}.items():
        assert np.allclose(stored[name], expected, rtol=1e-9, atol=1e-9), name

    differences = (values.loc["mindre_hyra"] - values.loc["nollalternativ"]).dropna()
    pairs = differences.to_numpy().reshape(len(differences), 3, 2)
    draws = pairs.mean(axis=2)
    centred = pairs - pairs.mean(axis=1, keepdims=True)
    parameter = np.maximum((centred[..., 0] * centred[..., 1]).sum(axis=1) / 2, 0)
    total = parameter + pairs.var(axis=2, ddof=1).mean(axis=1) / 2
    factor = np.divide(parameter, total, out=np.zeros_like(total), where=total > 0)
    mean = draws.mean(axis=1)
    shrunk = mean[:, None] + factor[:, None] * (draws - mean[:, None])
    found = run.differences.astype(dict.fromkeys(["indikator", "tidssteg", "tid", *PLACE], str))
    found = found[found["tidssteg"] == "ar"].rename(columns={"tid": "ar"}).set_index(names).loc[differences.index]
    for name, expected in {"medelvarde": mean, "mc_fel": draws.std(axis=1, ddof=1) / np.sqrt(3),
                           "sd_parameter": np.sqrt(parameter), "effekt_undre80": np.quantile(shrunk, 0.1, axis=1),
                           "effekt_ovre95": np.quantile(shrunk, 0.975, axis=1)}.items():
        assert np.allclose(found[name], expected, rtol=1e-9, atol=1e-9), name
