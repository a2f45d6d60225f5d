"""Rolling-origin back-test of the naive baselines; `python -m tests.published.back_test` rewrites the figures in docs."""

from __future__ import annotations

import re
from pathlib import Path

from kompetenssim.calibration.backtest import BackTest, back_tests, too_short
from kompetenssim.calibration.baselines import LEVEL, MEAN, PERSISTENCE, TREND
from kompetenssim.calibration.series import read_folder
from kompetenssim.spec.node import Problems

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "published.md"
BLOCK = re.compile(r"(<!-- back-test: generated -->\n\n).*?(\n<!-- end -->)", re.DOTALL)
ENGLISH = {PERSISTENCE: "unchanged", LEVEL: "the level before", MEAN: "mean of two", TREND: "linear trend"}


def shipped(name: str) -> tuple[BackTest, ...]:
    """Back-test every shipped series of a folder."""
    problems = Problems()
    series = read_folder(ROOT / "calibration" / name, name, problems)
    if problems.errors:
        raise ValueError("\n".join(map(str, problems.errors)))
    return back_tests(series)


def tables() -> str:
    """Give the figures by baseline and horizon, and the series that are too short."""
    lines = ["| forecast | years ahead | forecasts | MAPE, % | bias, % | CRPS, mkr | inside 80 % |",
             "|---|---|---|---|---|---|---|"]
    for r in (row for test in shipped("sverige") for row in test.rows):
        inside = f"{round(r.cover * r.forecasts)} of {r.forecasts}"
        numbers = f"{r.mape_percent:.1f} | {r.bias_percent:+.1f} | {r.crps:,.0f} | {inside}".replace("-", "−")
        lines.append(f"| {ENGLISH[r.baseline]} | {r.years} | {r.forecasts} | {numbers} |")
    lines += ["", "| too short a series | places | most figures | of them without a break between |", "|---|---|---|---|"]
    for folder in ("sverige", "rjh"):
        lines += [f"| `{folder}`: {s.series} | {s.places} | {s.figures} | {s.unbroken} |" for s in too_short(shipped(folder))]
    return "\n".join(lines) + "\n"


def render(page: str) -> str:
    """Give the page with the figures of today."""
    text, found = BLOCK.subn(lambda m: m[1] + tables() + m[2], page)
    if found != 1:
        raise ValueError(f"{PAGE.name} has no place for the figures: <!-- back-test: generated --> … <!-- end -->")
    return text


if __name__ == "__main__":
    PAGE.write_text(render(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
