"""The cleared sums that the value of customers is read from: their names, and which of them there can be.

They belong to the goal of the strategy's loyalty outcome. Each cell is published once, when its month or quarter
closes: a cohort and an age for shares, a month and an age for money.
"""

from __future__ import annotations

from collections.abc import Iterator

from metrics.kpis.cohort_revenue import BEFORE, COHORT_REVENUE, OLDER
from metrics.kpis.metric import Metric, Params
from metrics.kpis.new_customers import NEW_CUSTOMERS
from metrics.kpis.referred import REFERRED
from metrics.kpis.repurchase import REPURCHASE
from metrics.kpis.retention import RETENTION
from metrics.strategy.model import KPI, Strategy

AGES = (*range(1, 13), 15, 18, 21, 24)
"""Months after the first order of which retention is told."""
DAYS = (30, 60, 90, 180, 365, 730)
"""Days after the first order by which coming back is told."""
QUARTERS = (*range(OLDER + 1), BEFORE)
"""Ages of which revenue is told: quarters since the first order, the older ones together, and those not seen."""
YEAR = 4
"""Quarters of a year."""
DIMENSION = "segment"
"""What value is cut by, where a view begins with it."""


def revenue_key(age: int, earned: bool = False) -> str:
    return COHORT_REVENUE.key({"age": age, "of": "earned" if earned else "all"})


def retention_key(age: int) -> str:
    return RETENTION.key({"age": age})


def repurchase_key(days: int) -> str:
    return REPURCHASE.key({"days": days})


NEW, SENT = NEW_CUSTOMERS.key({}), REFERRED.key({})


def days_of(strategy: Strategy) -> tuple[int, ...]:
    """Days of ``DAYS`` and those of the loyalty outcome."""
    return tuple(sorted({*DAYS, outcome_days(strategy)}))


def outcome(strategy: Strategy) -> KPI | None:
    """The KPI of the behavioural outcome, if it is coming back or staying: what a point of retention is a point of."""
    kpi = next((k for k in strategy.kpis if k.id == strategy.loyalty.outcome), None)
    return kpi if kpi and kpi.metric in (REPURCHASE.id, RETENTION.id) and not kpi.scope else None


def outcome_days(strategy: Strategy) -> int:
    """Days within which coming back counts; a year where the outcome names none."""
    kpi = outcome(strategy)
    return int(kpi.of["days"]) if kpi and kpi.metric == REPURCHASE.id else 365


def wanted(strategy: Strategy) -> Iterator[tuple[Metric, Params]]:
    """The metrics that value needs; none without a loyalty outcome that is a behaviour."""
    if outcome(strategy) is None:
        return
    yield NEW_CUSTOMERS, {}
    for age in AGES:
        yield RETENTION, {"age": age}
    for days in days_of(strategy):
        yield REPURCHASE, {"days": days}
    for age in QUARTERS:
        yield COHORT_REVENUE, {"age": age}
    if strategy.loyalty.value.earned:
        yield REFERRED, {}
        for age in range(YEAR):
            yield COHORT_REVENUE, {"age": age, "of": "earned"}
