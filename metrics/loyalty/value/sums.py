"""The cleared sums that the value of customers is read from: their names, and which of them there can be.

They belong to the goal of the strategy's loyalty outcome. Each cell is published once, when its month or quarter
closes: a cohort and an age for shares, a quarter and an age for money.
"""

from __future__ import annotations

from typing import Any

from metrics.kpis.metric import Metric, Parameter, Params, Unit, one_if
from metrics.kpis.new_customers import NEW_CUSTOMERS
from metrics.kpis.referred import REFERRED
from metrics.kpis.repurchase import REPURCHASE
from metrics.kpis.retention import RETENTION
from metrics.kpis.revenue import interval
from metrics.strategy.model import KPI, Strategy

AGES = tuple(range(1, 25))
"""Months after the first order of which retention is told."""
DAYS = (30, 60, 90, 180, 365, 730)
"""Days after the first order by which coming back is told."""
QUARTERS = 20
"""Quarters after the first order of which revenue is told."""
YEAR = 4
"""Quarters of a year."""
BEFORE, OLDER = -1, QUARTERS
"""Ages of customers whose first order was not seen, and of those of more quarters than are told one by one."""
NAMES = {BEFORE: "before", OLDER: "older"}
DIMENSION = "segment"
"""What value is cut by, where a view begins with it."""


def _rows(t: Any, params: Params) -> Any:
    age = next((code for code, name in NAMES.items() if name == params["age"]), None)
    of_age = t.age >= OLDER if age == OLDER else t.age == (int(params["age"]) if age is None else age)
    chosen = t.filter(of_age & t.amount.notnull())
    return chosen.filter(chosen.earned.fill_null(False)) if params.get("via") == "earned" else chosen


def _measures(t: Any, params: Params) -> dict[str, Any]:
    return {
        "n": one_if(t.amount.notnull()),
        "buyers": t.buyer,
        "total": t.amount.cast("float64"),
        "squares": t.spent.cast("float64") * t.spent.cast("float64"),
    }


#: Revenue of a quarter by how long its customers have been customers. Not among METRICS: no KPI is read from one age.
COHORT_REVENUE = Metric(
    id="cohort_revenue",
    definition="",
    formula="",
    source="Fader and Hardie, Journal of Interactive Marketing 21(1), 2007",
    fact="purchases",
    unit=Unit.MONEY,
    rows=_rows,
    measures=_measures,
    value=lambda sums: sums["total"],
    interval=interval,
    parameters=(Parameter("age", str), Parameter("via", str, choices=("earned",))),
    weight="amount",
    behaviour=True,
    needs_whole_customers=True,
)


def age_name(age: int) -> str:
    return NAMES.get(age, str(age))


def revenue_key(age: int, earned: bool = False) -> str:
    return COHORT_REVENUE.key(revenue_params(age, earned))


def revenue_params(age: int, earned: bool = False) -> dict[str, str | int | float]:
    return {"age": age_name(age), **({"via": "earned"} if earned else {})}


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


def keys(strategy: Strategy) -> frozenset[str]:
    """Every name that a sum of value may have in a release of this strategy."""
    if outcome(strategy) is None:
        return frozenset()
    ages = (*range(QUARTERS), OLDER, BEFORE)
    money = [revenue_key(a) for a in ages] + [revenue_key(a, earned=True) for a in range(YEAR)]
    shares = [retention_key(a) for a in AGES] + [repurchase_key(d) for d in days_of(strategy)]
    return frozenset([*money, *shares, NEW, SENT])
