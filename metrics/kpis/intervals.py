"""Values and 95 % intervals that several metrics share, from their sums alone. Closed forms: statsmodels would cost
pages most of a second at import, so the tests hold these against it instead. scipy is imported where it is first
needed, because ``check`` and the strategy pages never need it.
"""

from __future__ import annotations

from math import isclose, sqrt

from metrics.kpis.metric import Sums

Z95 = 1.959963984540054


def percent(sums: Sums, part: str) -> float | None:
    """Share of ``part`` among ``n``, 0 to 100; None without rows."""
    return 100 * sums[part] / sums["n"] if sums["n"] else None


def wilson(sums: Sums, part: str) -> tuple[float, float] | None:
    """Wilson's score interval of that share in percent.

    Source: Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22(158), 1927.
    Checked against statsmodels ``proportion_confint(method="wilson")`` and Newcombe (1998), Table I."""
    n = sums["n"]
    if not n:
        return None
    p, z2 = sums[part] / n, Z95 * Z95
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    # 0 of n and n of n end exactly at 0 and 100; rounding must not push an end past the share itself
    return 100 * max(0.0, min(p, centre - half)), 100 * min(1.0, max(p, centre + half))


def all_or_none(sums: Sums, part: str) -> bool:
    """True when every row had the same yes or no."""
    return sums[part] in (0, sums["n"])


def mean(sums: Sums) -> float | None:
    """``total`` / ``n``; None without rows."""
    return sums["total"] / sums["n"] if sums["n"] else None


def student(sums: Sums) -> tuple[float, float] | None:
    """Student's t interval of the mean, from ``n``, ``total`` and ``squares`` (sum of squares); None below two rows.

    Source: Student, "The Probable Error of a Mean", Biometrika 6(1), 1908. Checked against scipy
    ``t.interval``."""
    n = sums["n"]
    if n < 2:
        return None
    from scipy.special import stdtrit

    average = sums["total"] / n
    variance = max(sums["squares"] - n * average * average, 0.0) / (n - 1)
    half = float(stdtrit(n - 1, 0.975)) * sqrt(variance / n)
    return average - half, average + half


def all_equal(sums: Sums) -> bool:
    """True when every row had the same score: the sum of squares is then the least it can be."""
    return isclose(sums["n"] * sums["squares"], sums["total"] ** 2, rel_tol=1e-12)


def garwood(count: float) -> tuple[float, float]:
    """Exact interval of a Poisson count.

    Source: Garwood, "Fiducial Limits for the Poisson Distribution", Biometrika 28(3/4), 1936. Checked against
    scipy's chi-square quantiles and the limits printed for counts of 0 and 10."""
    from scipy.special import gammaincinv

    low = float(gammaincinv(count, 0.025)) if count else 0.0
    return low, float(gammaincinv(count + 1, 0.975))
