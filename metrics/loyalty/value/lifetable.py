"""Share who have come back by each age, when younger cohorts have not been watched as long: the product-limit
estimate over intervals.

Within each interval only those count who were watched to its end, so a cohort that could not yet return is not a
drop. Source: Kaplan and Meier, "Nonparametric Estimation from Incomplete Observations", JASA 53(282), 1958; variance
after Greenwood, interval on the log(-log) scale (Kalbfleisch and Prentice, "The Statistical Analysis of Failure Time
Data", 2nd ed., Wiley 2002, section 1.4). Checked against R survival on the lung cancer data (tests/loyalty).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

from metrics.kpis.intervals import Z95


@dataclass(frozen=True)
class Step:
    """One age: ``still`` share 0 to 1 to whom it has not yet happened, its standard error and 95 % interval."""

    age: float
    still: float
    error: float
    low: float
    high: float


def product_limit(steps: Sequence[tuple[float, float, float]]) -> tuple[Step, ...]:
    """Steps from (age, at risk, events) in order of age: of so many watched through the interval that ends at this
    age and not yet out, so many left. Ages without anybody at risk end the table."""
    found: list[Step] = []
    still, greenwood = 1.0, 0.0
    for age, at_risk, events in steps:
        if at_risk <= 0:
            break
        still *= 1 - events / at_risk
        if events and events < at_risk:
            greenwood += events / (at_risk * (at_risk - events))
        low = high = still
        if 0 < still < 1:
            reach = Z95 * sqrt(greenwood) / abs(log(still))
            low, high = still ** exp(reach), still ** exp(-reach)
        found.append(Step(age, still, still * sqrt(greenwood), low, high))
    return tuple(found)
