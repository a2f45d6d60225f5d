"""Check the files of a calibration for `kontrollera`: plan, series, a region's own months and HR extract."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kompetenssim.calibration.identities import Identity, check_identities
from kompetenssim.calibration.months import About, read_monthly
from kompetenssim.calibration.plan import Plan, read_plan
from kompetenssim.calibration.register import read_register, summary
from kompetenssim.calibration.series import read_folder
from kompetenssim.spec.check import Checker, CheckReport
from kompetenssim.spec.files import Files
from kompetenssim.spec.node import Problems


def check_plan(path: Path, files: Files) -> CheckReport:
    """Tell whether a plan can be used, and what it holds."""
    plan = read_plan(files)
    return _report(path, files, "kalibrering", _facts(plan) if plan is not None else ())


def check_series(path: Path, files: Files) -> CheckReport:
    """Check one file of series; identities are taken over its folder, and told where its own figures do not fit."""
    folder, name, every = path.resolve().parent, files.name(path), Problems()
    series = read_folder(folder, files.name(folder), every)
    identities = check_identities(series, every)
    files.problems.errors.extend(p for p in every.errors if p.file == name)
    here = [row for row in series.rows if row.at["serie"].file == name]
    own = tuple(i for i in identities if i.row.at["serie"].file == name)
    kinds = ", ".join(f"{sum(row.kind == kind for row in here)} {said}" for kind, said in _KINDS.items())
    return _report(path, files, "serier", (f"{len(here)} tal: {kinds}", *_held(own)))


def check_months(path: Path, files: Files) -> CheckReport:
    """Check a region's own months for themselves, names of groups and areas aside."""
    rows = read_monthly(path.read_bytes(), files.name(path), {}, About("", "", "", 0.0), files.problems)
    months = {row.period.text for row in rows}
    span = (f"{len(rows)} tal, {min(months)} till {max(months)}",) if months else ()
    return _report(path, files, "månadsserie", span)


def check_register(path: Path, files: Files) -> CheckReport:
    """Check an HR extract for itself, names of groups aside."""
    rows = read_register(path.read_bytes(), files.name(path), None, files.problems)
    return _report(path, files, "personalregister", (summary(rows),))


_KINDS = {"utfall": "utfall", "mal": "mål", "prognos": "prognoser", "harledd": "härledda"}


def _facts(plan: Plan) -> tuple[str, ...]:
    head, fitted = plan.content.head, sum(o.role == "matning" for o in plan.observations)
    held = f"; kontroll {head.control.from_day} till {head.control.to_day}, {len(plan.controls)} värden" if head.control else ""
    return (
        f"uppgifter till {head.data_until}{held}",
        f"{len(plan.priors)} fria parametrar ({', '.join(plan.priors)})",
        f"{len(plan.observations) - fitted} ankare, {fitted} observationer att anpassa till, {head.draws} parameteruppsättningar",
        *((summary(plan.register),) if plan.register else ()),
        *(f"läckage: {leak.place} – {leak.why}" for leak in plan.leaks),
        *_held(plan.identities),
        f"konfiguration {plan.digest[:12]}",
    )


def _held(identities: tuple[Identity, ...]) -> tuple[str, ...]:
    if not identities:
        return ()
    names = ", ".join(f"{name} ({sum(i.name == name for i in identities)})" for name in sorted({i.name for i in identities}))
    return (f"{sum(i.holds for i in identities)} av {len(identities)} räkneidentiteter stämmer: {names}",)


def _report(path: Path, files: Files, kind: str, facts: tuple[str, ...]) -> CheckReport:
    problems = files.problems
    return CheckReport(files.name(path), kind, tuple(problems.sorted_errors()), tuple(problems.sorted_warnings()),
                       facts=() if problems.errors else facts)


DOCUMENTS: Mapping[str, Checker] = {
    "kalibrering": check_plan, "serie": check_series, "manad": check_months, "ar": check_register,
}  # fmt: skip
"""What each kind of file is checked by: YAML by what it is, CSV by its first column."""
