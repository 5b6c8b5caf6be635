"""Revenue by how long customers have been customers.

Definition: sum of the amounts ordered in the month by customers whose first order ever was ``age`` quarters before,
before goods returned. Age -1 are customers whose first order was not seen (they joined before the history begins),
age 12 those of twelve quarters and more. ``of: earned`` counts only customers whom another customer sent.
Source: revenue by acquisition cohort, Fader, Hardie and Lee, "RFM and CLV", Journal of Marketing Research 42(4),
2005; what net revenue retention is counted from (Reichheld, Darnell and Burns, Harvard Business Review 99(6), 2021).
Unit: money; over several months the mean of a month. Scale: none.
Interval: that of revenue (compound Poisson, ``metrics.kpis.revenue``).
Worked example: tests/kpis.
"""

from __future__ import annotations

from typing import Any

from metrics.kpis.metric import Metric, Parameter, Params, Unit, one_if
from metrics.kpis.revenue import interval

BEFORE, OLDER = -1, 12


def _rows(t: Any, params: Params) -> Any:
    age = int(params["age"])
    chosen = t.filter(t.month.notnull() & t.amount.notnull() & ((t.age >= OLDER) if age == OLDER else (t.age == age)))
    return chosen.filter(chosen.earned.fill_null(False)) if params["of"] == "earned" else chosen


def _measures(t: Any, params: Params) -> dict[str, Any]:
    amount = t.amount.cast("float64")  # squares of VND amounts overflow 64-bit integers
    return {"n": one_if(t.amount.notnull()), "total": amount, "squares": amount * amount}


COHORT_REVENUE = Metric(
    id="cohort_revenue",
    definition="Money that customers of one age, in quarters since their first order, ordered for in a month.",
    formula="sum of order amounts of customers of this age ÷ months",
    source="Fader, Hardie and Lee, Journal of Marketing Research 42(4), 2005",
    fact="purchases",
    unit=Unit.MONEY,
    rows=_rows,
    measures=_measures,
    value=lambda sums: sums["total"] if sums["n"] else None,
    interval=interval,
    parameters=(Parameter("age", int), Parameter("of", str, "all", ("all", "earned"))),
    weight="amount",
    per_month=True,
    behaviour=True,
    needs_whole_customers=True,
)
