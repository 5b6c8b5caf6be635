"""New customers.

Definition: number of customers whose first order ever is in the month.
Source: acquisition, Farris, Bendle, Pfeifer and Reibstein, "Marketing Metrics", 2nd ed., Pearson 2010, section
"Customers, Recency, and Retention".
Unit: count; over several months the mean of a month. Scale: none. Interval: exact Poisson (``intervals.garwood``).
Worked example: tests/kpis.
"""

from __future__ import annotations

from typing import Any

from metrics.kpis.intervals import garwood
from metrics.kpis.metric import Metric, Params, Unit, one_if


def _rows(t: Any, params: Params) -> Any:
    return t.filter(t.month.notnull())


def _measures(t: Any, params: Params) -> dict[str, Any]:
    return {"n": one_if(t.month.notnull())}


NEW_CUSTOMERS = Metric(
    id="new_customers",
    definition="Customers a month whose first order ever was in it.",
    formula="new customers ÷ months",
    source="Farris, Bendle, Pfeifer and Reibstein, Marketing Metrics, 2nd ed., 2010",
    fact="cohorts",
    unit=Unit.COUNT,
    rows=_rows,
    measures=_measures,
    value=lambda sums: sums["n"],
    interval=lambda sums: garwood(sums["n"]),
    per_month=True,
    behaviour=True,
    needs_whole_customers=True,
)
