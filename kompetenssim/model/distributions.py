"""Inverse distribution functions: one uniform in, one draw out, monotone."""

from __future__ import annotations

from math import exp, log, sqrt


def normal_quantile(p: float) -> float:
    """Give the standard normal quantile (Acklam's rational approximation, relative error below 1.2e-9)."""
    if p < 0.02425:
        q = sqrt(-2.0 * log(p))
        top = (
            (((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838e00) * q - 2.549732539343734e00) * q
            + 4.374664141464968e00
        ) * q + 2.938163982698783e00
        return top / (
            (((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996e00) * q + 3.754408661907416e00) * q
            + 1.0
        )
    if p > 0.97575:
        return -normal_quantile(1.0 - p)
    q = p - 0.5
    r = q * q
    top = (
        (
            (((-3.969683028665376e01 * r + 2.209460984245205e02) * r - 2.759285104469687e02) * r + 1.383577518672690e02) * r
            - 3.066479806614716e01
        )
        * r
        + 2.506628277459239e00
    ) * q
    return top / (
        (
            (((-5.447609879822406e01 * r + 1.615858368580409e02) * r - 1.556989798598866e02) * r + 6.680131188771972e01) * r
            - 1.328068155288572e01
        )
        * r
        + 1.0
    )


def exponential(u: float) -> float:
    """Give a standard exponential draw (mean 1)."""
    return -log(u)


def lognormal(u: float, median: float, sigma: float) -> float:
    """Give a log-normal draw with the given median and sigma of the logarithm."""
    return median * exp(sigma * normal_quantile(u))


def residual_lognormal(u: float, position: float, median: float, sigma: float) -> float:
    """Give the remaining time of a log-normal spell met at a random moment.

    A spell met at a random moment is length-biased, which shifts the log-normal's location by sigma²; the
    moment lies uniformly in it (`position`).
    """
    return position * median * exp(sigma * sigma + sigma * normal_quantile(u))


def lognormal_mean(median: float, sigma: float) -> float:
    """Give the mean of a log-normal with the given median and sigma."""
    return median * exp(0.5 * sigma * sigma)
