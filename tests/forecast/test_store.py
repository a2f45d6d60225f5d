"""The run folder: its content, its id, its bytes, and when it is refused or reused."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from kompetenssim.forecast.errors import UserError
from kompetenssim.forecast.identity import relative_names, run_id
from kompetenssim.forecast.plan import Plan
from kompetenssim.forecast.results import Results, read
from kompetenssim.forecast.store import destination, identity_of, save
from kompetenssim.forecast.summary import DIFFERENCES, SUMMARY, YEARLY
from kompetenssim.forecast.tablefile import number, read_csv, write_csv
from tests.forecast.fakes import make_specification, run_fake


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("resultat") / "korning"
    save(run_fake("a", "b", reference="b", replications=6), place)
    return place


@pytest.mark.unit
def test_the_tables_have_the_promised_columns_in_order(folder: Path) -> None:
    for name, columns in (("sammanfattning", SUMMARY), ("simuleringar_ar", YEARLY), ("jamforelse", DIFFERENCES)):
        assert tuple(pq.read_schema(folder / f"{name}.parquet").names) == columns
        assert pq.read_schema(folder / f"{name}.parquet").metadata is None


@pytest.mark.unit
def test_rows_are_sorted_by_their_columns_and_none_is_double(folder: Path) -> None:
    for name, keys in (("sammanfattning", ["scenario", "indikator", "tidssteg", "tid", "omrade", "enhet", "yrkesgrupp"]),
                       ("simuleringar_ar", list(YEARLY[:-1])), ("jamforelse", list(DIFFERENCES[:8]))):
        rows = list(zip(*(pq.read_table(folder / f"{name}.parquet")[k].to_pylist() for k in keys), strict=True))
        assert rows == sorted(rows) and len(set(rows)) == len(rows)


@pytest.mark.unit
def test_the_summary_summarises_the_simulations(folder: Path) -> None:
    results = read(folder)
    where = {"scenario": "a", "omrade": "primarvard", "enhet": "alla", "yrkesgrupp": "lakare", "indikator": "hyrandel_totalt"}
    of_year = results.table("simuleringar_ar", ["ar", "varde"], **where)
    values = [v for y, v in zip(*(of_year[c].to_pylist() for c in ("ar", "varde")), strict=True) if y == 2024]
    row = results.table("sammanfattning", tid="2024", **where).to_pylist()[0]
    assert len(values) == row["antal"] == 6 and row["manader"] == 12
    assert row["medelvarde"] == pytest.approx(np.mean(values))
    assert row["standardavvikelse"] == pytest.approx(np.std(values, ddof=1))
    assert row["p10"] == pytest.approx(np.quantile(values, 0.1), rel=1e-12)


@pytest.mark.unit
def test_unit_by_group_is_yearly_and_weeks_belong_to_the_hour_account(folder: Path) -> None:
    frame = read(folder).summary
    cells = frame[(frame["enhet"] != "alla") & (frame["yrkesgrupp"] != "alla")]
    assert set(cells["tidssteg"]) == {"ar"}
    weeks = frame[frame["tidssteg"] == "vecka"]
    assert set(weeks["indikator"]) >= {"bemanningsmal_timmar", "hyr_timmar", "obemannade_timmar"}
    assert set(weeks["enhet"]) == {"alla"} and weeks["manader"].isna().all()
    yearly = read(folder).yearly
    assert not ((yearly["enhet"] != "alla") & (yearly["yrkesgrupp"] != "alla")).any()
    costs = frame[frame["indikator"] == "atgardskostnad_mkr"]
    assert set(costs["omrade"]) == set(costs["enhet"]) == {"alla"}


@pytest.mark.unit
def test_scenarios_with_the_same_simulations_do_not_differ(folder: Path) -> None:
    found = read(folder).differences
    found = found[(found["indikator"] == "egna_timmar") & (found["tidssteg"] == "ar")]
    assert set(found["scenario"]) == {"a"} and set(found["referens"]) == {"b"}
    assert (found[["medelvarde", "mc_fel", "effekt_undre80", "effekt_ovre95"]] == 0).all().all()
    assert np.allclose(found["korrelation"].dropna(), 1)


@pytest.mark.unit
def test_everything_written_is_read_again(folder: Path) -> None:
    results = read(folder)
    assert results.scenarios == ("a", "b") and results.reference == "b" and not results.calibrated
    assert results.manifest["plan"] == {"simuleringar": 6, "per_uppsattning": 2, "parameteruppsattningar": 3, "slumpfro": 1,
                                        "scenarier": ["a", "b"], "referens": "b", "tvilling": False, "detalj": False}
    assert set(results.underlag) == {"kvar", "avgangar", "alder", "parametrar", "atgarder", "klipp", "mal", "mask", "namn",
                                     "sokande", "atgardslage", "orsaker", "fasta_tal"}
    assert results.underlag["atgarder"]["titel"].tolist() == ["Åtgärd A; den första"] * 2
    assert results.underlag["parametrar"].loc[0, "antagande"] == "ja" and results.underlag["parametrar"].loc[0, "trolig"] == 1
    assert results.run_info["motor"] == "tests.forecast.fakes:simulate"
    assert ("primarvard", "pv_syd", "sjukskoterska") in results.mask
    assert not [p for p in folder.parent.iterdir() if p.name.startswith(".")]


@pytest.mark.unit
def test_times_and_what_is_said_of_the_engine_stand_outside_every_comparison(folder: Path, tmp_path: Path) -> None:
    info = read(folder).run_info
    assert 0 < info["cpu_motor_s"] <= info["cpu_arbetare_s"] and info["varningar"] == []
    run = replace(run_fake("a", "b", reference="b", replications=6), remarks=("motorn är långsam",))
    told = save(run, tmp_path / "ut")
    assert told.warnings[-1] == {"niva": "varning", "kod": "motor_langsam", "fil": None, "rad": None, "text": "motorn är långsam"}
    assert told.manifest == read(folder).manifest


@pytest.mark.unit
def test_part_of_a_table_is_what_the_whole_table_holds_of_it(folder: Path) -> None:
    results = read(folder)
    whole = results.summary
    some: tuple[dict[str, str | list[str]], ...] = (
        {"indikator": "anstallda"}, {"tidssteg": ["ar", "manad"], "yrkesgrupp": "lakare"}, {"indikator": "finns_inte"})
    for wanted in some:
        part = results.table("sammanfattning", ["tid", "medelvarde"], **wanted).to_pandas()  # type: ignore[arg-type]
        rows = np.all([whole[name].isin([value] if isinstance(value, str) else value) for name, value in wanted.items()], axis=0)
        assert list(part.columns) == ["tid", "medelvarde"]
        assert part["tid"].astype(str).tolist() == whole.loc[rows, "tid"].astype(str).tolist()
        assert np.array_equal(part["medelvarde"], whole.loc[rows, "medelvarde"], equal_nan=True)


@pytest.mark.unit
def test_no_time_machine_or_path_is_in_what_is_compared(folder: Path) -> None:
    text = (folder / "manifest.json").read_text(encoding="utf-8")
    assert str(folder.parent) not in text and str(Path.cwd()) not in text and f"{date.today():%Y-%m-%d}T" not in text
    assert list(json.loads(text))[:2] == ["version", "id"]


@pytest.mark.engine
def test_one_and_two_workers_write_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    save(run_fake("a", "b", reference="b", replications=6, processes=2), tmp_path / "korning")
    ours, theirs = (
        {p.relative_to(f).as_posix(): p.read_bytes() for p in sorted(f.rglob("*")) if p.is_file() and p.name != "korning.json"}
        for f in (folder, tmp_path / "korning"))
    assert list(ours) == list(theirs)
    assert not [name for name in ours if ours[name] != theirs[name]]


@pytest.mark.unit
def test_the_id_follows_what_decides_the_numbers_and_nothing_else() -> None:
    a, b, plan = make_specification("a"), make_specification("b"), Plan(simulations=6, scenarios=("a",))
    first = run_id([a], plan)
    assert first.startswith("a-") and len(first) == len("a-") + 10
    assert first == run_id([make_specification("a")], Plan(simulations=6, scenarios=("a",)))
    others = {run_id([a], Plan(simulations=8, scenarios=("a",))), run_id([a], Plan(simulations=6, seed=2, scenarios=("a",))),
              run_id([make_specification("a", digest="other")], plan), run_id([a], plan, twin=True),
              run_id([a], plan, detail=True)}
    assert first not in others and len(others) == 5
    both = run_id([a, b], Plan(simulations=6, scenarios=("a", "b"), reference="b"))
    assert both.startswith("a_mot_b-")


@pytest.mark.unit
def test_a_detailed_run_keeps_simulations_of_unit_by_group_under_an_id_of_its_own(tmp_path: Path) -> None:
    run = run_fake("a", replications=2)
    plain, detailed = save(run, tmp_path / "a"), save(run, tmp_path / "b", detail=True)
    assert plain.id != detailed.id == identity_of(run, detail=True) and detailed.manifest["plan"]["detalj"]
    rows = [results.yearly for results in (plain, detailed)]
    single = [frame[(frame["enhet"] != "alla") & (frame["yrkesgrupp"] != "alla")] for frame in rows]
    assert single[0].empty and len(single[1]) > 0 and len(rows[1]) - len(single[1]) == len(rows[0])
    with pytest.raises(UserError, match="inte tom"):
        save(run, tmp_path / "a", detail=True)


@pytest.mark.unit
def test_means_are_exact_and_only_spreads_of_months_and_weeks_are_rounded(folder: Path) -> None:
    frame = read(folder).summary
    spread = ["standardavvikelse", "p05", "p10", "p25", "p50", "p75", "p90", "p95"]
    coarse = {step: (rows[spread] == rows[spread].astype("float32")).where(rows[spread].notna(), True).to_numpy().all()
              for step, rows in frame.groupby("tidssteg", observed=True)}
    assert coarse == {"ar": False, "manad": True, "vecka": True}
    means = frame.loc[frame["tidssteg"] == "manad", "medelvarde"].dropna()
    assert not (means == means.astype("float32")).all()


@pytest.mark.unit
def test_extras_add_to_the_folder_before_it_gets_its_name(tmp_path: Path) -> None:
    seen: list[Path] = []

    def extra(results: Results, place: Path) -> None:
        assert results.scenarios == ("a",) and not (tmp_path / "ut").exists()
        (place / "rapport.html").write_text("hej", encoding="utf-8")
        seen.append(place)

    save(run_fake("a", replications=2), tmp_path / "ut", [extra])
    assert (tmp_path / "ut/rapport.html").read_text(encoding="utf-8") == "hej" and seen[0].parent == tmp_path


@pytest.mark.unit
def test_nothing_is_left_when_writing_fails(tmp_path: Path) -> None:
    def fails(_results: Results, _place: Path) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        save(run_fake("a", replications=2), tmp_path / "ut", [fails])
    assert not list(tmp_path.iterdir())


@pytest.mark.unit
def test_a_run_replaces_itself_but_nothing_else(tmp_path: Path) -> None:
    run = run_fake("a", replications=2)
    save(run, tmp_path / "ut")
    (tmp_path / "ut/rapport.html").write_text("gammal", encoding="utf-8")
    save(run, tmp_path / "ut")
    assert not (tmp_path / "ut/rapport.html").exists() and [p.name for p in tmp_path.iterdir()] == ["ut"]
    with pytest.raises(UserError, match="inte tom") as caught:
        save(run_fake("a", replications=3), tmp_path / "ut")
    assert caught.value.code == 2 and read(tmp_path / "ut").manifest["plan"]["simuleringar"] == 2


@pytest.mark.unit
def test_a_given_folder_must_be_absent_or_empty_and_a_finished_id_is_reused(tmp_path: Path) -> None:
    run = run_fake("a", replications=2)
    identity = identity_of(run)
    assert destination(identity, root=tmp_path) == (tmp_path / identity, False)
    save(run, tmp_path / identity)
    assert destination(identity, root=tmp_path).finished and not destination(identity, root=tmp_path, again=True).finished
    (tmp_path / "tom").mkdir()
    assert destination(identity, out=tmp_path / "tom") == (tmp_path / "tom", False)
    with pytest.raises(UserError, match=r"--ut .* är inte tom") as caught:
        destination(identity, out=tmp_path / identity)
    assert caught.value.code == 2


@pytest.mark.unit
def test_input_files_are_copied_by_names_without_the_machines_paths() -> None:
    files = {Path("/x/scenarios/rjh/a.yaml"): b"1", Path("/x/scenarios/gemensamt/regler.yaml"): b"2"}
    assert relative_names(files) == {"gemensamt/regler.yaml": b"2", "rjh/a.yaml": b"1"}
    assert relative_names({Path("/x/y/a.yaml"): b"1"}) == {"a.yaml": b"1"}


@pytest.mark.unit
def test_csv_files_have_semicolons_decimal_commas_and_a_mark_of_encoding(tmp_path: Path) -> None:
    content = [{"a": "å;ä", "b": 0.1 + 0.2, "c": float("nan")}, {"a": "", "b": 3.0, "c": None}]
    write_csv(tmp_path / "t.csv", ("a", "b", "c"), content)
    assert (tmp_path / "t.csv").read_bytes().startswith(b"\xef\xbb\xbfa;b;c\r\n")
    rows = read_csv(tmp_path / "t.csv")
    assert rows[0]["a"] == "å;ä" and number(rows[0]["b"]) == 0.1 + 0.2 and rows[1]["b"] == "3" and rows[0]["c"] == ""


@pytest.mark.unit
def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="är ingen körning"):
        read(tmp_path)
