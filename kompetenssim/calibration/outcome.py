"""Everything that a calibration has to say, as tables of plain rows: what is stored, shown, and carried by the posterior."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING, Any

from kompetenssim.calibration import register_fit
from kompetenssim.calibration.control import WITH, Control, Line
from kompetenssim.calibration.fit import Fit
from kompetenssim.calibration.held_out import LeftOut
from kompetenssim.calibration.prior_checks import PriorCheck
from kompetenssim.calibration.sample import DIRECTION, SHARES
from kompetenssim.calibration.scores import LEVELS, Score, weighted_quantile
from kompetenssim.calibration.simulation_based import Calibrated
from kompetenssim.calibration.skills import Compared
from kompetenssim.calibration.space import quantile

if TYPE_CHECKING:
    from kompetenssim.calibration.observation import Observation

Row = dict[str, Any]
CLASSES = 40  # of a density


@dataclass(frozen=True)
class Outcome:
    """A finished calibration; what a plan does not ask for (a control period) is None or empty."""

    fitted: Fit
    checks: tuple[PriorCheck, ...]
    simulation_based: Calibrated
    left_out: tuple[LeftOut, ...]
    control: Control | None
    compared: tuple[Compared, ...]

    @property
    def tables(self) -> dict[str, list[Row]]:
        """Give every table by the name of its file."""
        made = {
            "parametrar": _parameters, "tathet": _densities, "riktningar": _directions, "observationer": _observations,
            "forkontroll": _checks, "simuleringsprov": _simulation_based, "utelamnade": _left_out, "kontroll": _control,
            "baslinjer": _compared, "lackage": _leaks, "rakenskap": _accounts,
            "register": _register,
        }
        return {name: list(rows(self)) for name, rows in made.items()}


def _parameters(o: Outcome) -> Iterator[Row]:
    for learnt in o.fitted.learnt:
        prior = o.fitted.plan.priors[learnt.key]
        names = [f"{100 * share:02.0f}" for share in SHARES]
        yield {
            "parameter": learnt.key,
            **{f"prior_p{n}": v for n, v in zip(names, learnt.prior_quantiles, strict=True)},
            **{f"p{n}": v for n, v in zip(names, learnt.quantiles, strict=True)},
            "kontraktion": learnt.contraction, "kontraktion_fel": learnt.contraction_error,
            "skift_prior_sd": learnt.shift, "identifierad": learnt.identified,
            "etikett": learnt.label, "konflikt": learnt.conflict, "kalla": prior.source or "",
            "antagande": prior.assumption is not None,
        }


def _densities(o: Outcome) -> Iterator[Row]:
    """Give prior and posterior density of each free parameter in classes of equal prior probability's span."""
    import numpy as np

    for k, key in enumerate(o.fitted.space.keys):
        values, weights = o.fitted.sample.free[:, k], o.fitted.sample.weights
        ends = quantile(o.fitted.plan.priors[key], np.array([0.001, 0.999]))
        edges = np.linspace(min(ends[0], values.min()), max(ends[1], values.max()), CLASSES + 1)
        prior = np.histogram(o.fitted.table.free[:, k], bins=edges)[0] / len(o.fitted.table.free)
        after = np.histogram(values, bins=edges, weights=weights)[0]
        for low, high, before, then in zip(edges[:-1], edges[1:], prior, after, strict=True):
            yield {"parameter": key, "fran": float(low), "till": float(high), "prior": float(before / (high - low)),
                   "efterfordelning": float(then / (high - low))}


def _directions(o: Outcome) -> Iterator[Row]:
    for number, value in enumerate(o.fitted.eigenvalues, start=1):
        yield {"riktning": number, "egenvarde": value, "grans": DIRECTION, "bestamd": value < DIRECTION}


def _observations(o: Outcome) -> Iterator[Row]:
    """Give what table T8 shows: observed and simulated, z and PIT; the forecast has the declared error of the data in it."""
    import numpy as np

    fitted = o.fitted
    for k, seen in enumerate((*fitted.observations, *fitted.anchors)):
        before, after, weights = fitted.table.predicted[:, k], fitted.sample.predicted[:, k], fitted.sample.weights
        usable = ~np.isnan(after)
        after, weights = after[usable], weights[usable] / weights[usable].sum()
        mean = float(weights @ after)
        spread = float(np.sqrt(weights @ (after - mean) ** 2 + (seen.sd or 0.0) ** 2))
        yield {
            **_about(seen), "roll": seen.role, "observerat": seen.value, "fel": seen.sd,
            "prior_median": float(np.nanmedian(before)),
            "prior_undre90": float(np.nanquantile(before, 0.05)), "prior_ovre90": float(np.nanquantile(before, 0.95)),
            "medelvarde": mean,
            **{name: float(weighted_quantile(after, share, weights)) for name, share in _QUANTILES.items()},
            "z": (seen.value - mean) / spread if spread > 0 else nan,
            "pit": float(weights[after < seen.value].sum() + weights[after == seen.value].sum() / 2), "kalla": seen.source,
        }


def _checks(o: Outcome) -> Iterator[Row]:
    for check in o.checks:
        yield {"kontroll": check.check, "avser": check.about, "median": check.median, "undre90": check.low, "ovre90": check.high,
               "mot": check.against, "haller": check.holds}


def _simulation_based(o: Outcome) -> Iterator[Row]:
    tried = o.simulation_based
    for c in tried.checked:
        yield {"parameter": c.key, "sanningar": tried.truths, "chi2": c.chi_square, "p": c.p,
               "haller": c.held(len(tried.checked)),
               **{f"inom{100 * level:.0f}": share for level, share in zip(LEVELS, c.inside, strict=True)},
               "verksamma_p05": tried.effective_low, "verksamma_median": tried.effective_median,
               "ranger": " ".join(str(n) for n in c.ranks)}


def _left_out(o: Outcome) -> Iterator[Row]:
    for left in o.left_out:
        for name, score in (("startlaget", left.from_start), ("startlaget och de andra", left.from_others)):
            yield {**_about(left.observation), "anpassad_till": name, **_scored(score),
                   "verksamma": left.effective if score is left.from_others else float(len(o.fitted.table.weights))}


def _control(o: Outcome) -> Iterator[Row]:
    if o.control is None:
        return
    for line in (*o.control.lines, *([o.control.total] if o.control.total is not None else [])):
        for name, score in line.scores.items():
            yield {**_line(line, line is o.control.total), "variant": name, **_scored(score), "andel_ned": line.down[name],
                   "inom80_utan_datafel": line.model_only.at(0.8).inside if name == WITH else None}


def _line(line: Line, total: bool) -> Row:
    before = line.before
    return {**_about(line.observation), "summa": total, "raknas": line.scored and not total,
            "fore_tid": "" if before is None else before.period.text, "fore": nan if before is None else before.value}


def _compared(o: Outcome) -> Iterator[Row]:
    for forecast in o.compared:
        for name, score in forecast.scores.items():
            yield {"prognos": forecast.key, "beskrivning": forecast.said, "rad": name, **_scored(score),
                   "skicklighet": forecast.skill, "summans_fel": forecast.total_error}


def _register(o: Outcome) -> Iterator[Row]:
    if o.fitted.space.register is not None:
        for row in register_fit.table(o.fitted.space.register):
            yield dict(zip(register_fit.HEADING, row, strict=True))


def _leaks(o: Outcome) -> Iterator[Row]:
    for leak in o.fitted.plan.leaks:
        yield {"plats": leak.place, "motivering": leak.why, "i_stallet": leak.instead or ""}


def _accounts(o: Outcome) -> Iterator[Row]:
    for identity in o.fitted.plan.identities:
        yield {"identitet": identity.name, "avser": identity.said, "tryckt": identity.row.value, "raknat": identity.computed,
               "minst": identity.low, "mest": identity.high, "haller": identity.holds}


def _about(o: Observation) -> Row:
    return {"indikator": o.indicator, "yrkesgrupp": o.group, "omrade": o.area, "tidsbas": o.time_base, "tid": o.period.text}


def _scored(score: Score) -> Row:
    found: Row = {"utfall": score.observed, "prognos_medel": score.mean, "crps": score.crps, "pit": score.pit}
    for interval in score.intervals:
        name = f"{100 * interval.level:.0f}"
        found |= {f"undre{name}": interval.low, f"ovre{name}": interval.high, f"inom{name}": interval.inside,
                  f"intervallpoang{name}": interval.score}
    return found


_QUANTILES = {"undre95": 0.025, "p10": 0.10, "median": 0.50, "p90": 0.90, "ovre95": 0.975}

