"""The figures of the output catalogue: each makes its CSV from the run and is drawn from that CSV alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from kompetenssim.present.figures import (
    f1_hyrandel,
    f2_vattenfall,
    f3_bemanningsordning,
    f4_kostnad_effekt,
    f6_tornado,
    f9_prior_efterfordelning,
    f11_atgarder,
)
from kompetenssim.present.view import View

if TYPE_CHECKING:
    import pandas as pd

Source = TypeVar("Source")


@dataclass(frozen=True)
class Kind(Generic[Source]):
    """One figure: its name, its data from a run or a calibration, and how the data are drawn and described."""

    name: str
    data: Callable[[Source], pd.DataFrame]
    draw: Callable[[pd.DataFrame], str]
    caption: Callable[[pd.DataFrame], str]


@dataclass(frozen=True)
class Figure:
    """A drawn figure as a page uses it."""

    id: str
    svg: str
    caption: str
    csv: str


FIGURES: Mapping[str, Kind[View]] = {
    "F1": Kind("hyrandel", f1_hyrandel.data, f1_hyrandel.draw, f1_hyrandel.caption),
    "F2": Kind("vattenfall", f2_vattenfall.data, f2_vattenfall.draw, f2_vattenfall.caption),
    "F3": Kind("bemanningsordning", f3_bemanningsordning.data, f3_bemanningsordning.draw, f3_bemanningsordning.caption),
    "F4": Kind("kostnad_effekt", f4_kostnad_effekt.data, f4_kostnad_effekt.draw, f4_kostnad_effekt.caption),
    "F6": Kind("tornado", f6_tornado.data, f6_tornado.draw, f6_tornado.caption),
    "F11": Kind("vattenfall_atgarder", f11_atgarder.data, f11_atgarder.draw, f11_atgarder.caption),
}

#: Figures of runs that use a calibration.
OPTIONAL: Mapping[str, Kind[View]] = {
    "F9": Kind("prior_efterfordelning", f9_prior_efterfordelning.data, f9_prior_efterfordelning.draw,
               f9_prior_efterfordelning.caption),
}


def write_figures(view: View, folder: Path) -> dict[str, Figure]:
    """Write every figure the run has data for; give the figures by id."""
    return write_kinds({**FIGURES, **OPTIONAL}, view, folder)


def write_kinds(kinds: Mapping[str, Kind[Source]], source: Source, folder: Path) -> dict[str, Figure]:
    """Write `F01_….csv` and `F01_….svg` of each figure that the source has data for, drawn from its CSV alone."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn: dict[str, Figure] = {}
    for key, kind in kinds.items():
        frame = kind.data(source)
        if frame.empty:
            continue
        path = folder / (f"F{int(key[1:]):02d}_{kind.name}.csv" if key[1:].isdecimal() else f"{kind.name}.csv")
        write_frame(frame, path)
        stored = read_frame(path)
        picture = kind.draw(stored)
        path.with_suffix(".svg").write_text(picture, encoding="utf-8")
        drawn[key] = Figure(key, picture, kind.caption(stored), path.name)
    return drawn


def write_frame(frame: pd.DataFrame, path: Path) -> None:
    """Write the data of a figure in the CSV form of the tables."""
    frame.to_csv(path, sep=";", decimal=",", index=False, encoding="utf-8-sig", float_format="%.6g", lineterminator="\r\n")


def read_frame(path: Path) -> pd.DataFrame:
    """Read the data of a figure back; words such as `NA` stay words."""
    import pandas as pd

    return pd.read_csv(path, sep=";", decimal=",", encoding="utf-8-sig", keep_default_na=False, na_values=[""])
