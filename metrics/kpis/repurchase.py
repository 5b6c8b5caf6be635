"""Repurchase within N days.

Definition: of customers whose first order ever is in the month, the share with another order on a later day within
``days`` days, times 100. A second order on the same day is no return. A cohort that could not yet return is not
shown: it closes ``days`` days after month end.
Source: repeat rate of a cohort of new customers, Fader, Hardie and Lee, "Counting Your Customers the Easy Way",
Marketing Science 24(2), 2005 (the CDNOW cohort, on which the worked example stands).
Unit: percent. Scale: none. Interval: Wilson (``intervals.wilson``).
Worked example: tests/kpis.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from metrics.kpis.intervals import all_or_none, percent, wilson
from metrics.kpis.metric import Metric, Parameter, Params, Unit, month_end, one_if


def _rows(t: Any, params: Params) -> Any:
    return t.filter(t.month.notnull())


def _measures(t: Any, params: Params) -> dict[str, Any]:
    return {"n": one_if(t.month.notnull()), "returned": one_if(t.gap_days <= params["days"])}


REPURCHASE = Metric(
    id="repurchase",
    definition="Of customers who first ordered in the month, the share who ordered again on a later day in time.",
    formula="100 × customers who ordered again in time ÷ new customers",
    source="Fader, Hardie and Lee, Marketing Science 24(2), 2005",
    fact="cohorts",
    unit=Unit.PERCENT,
    rows=_rows,
    measures=_measures,
    value=lambda sums: percent(sums, "returned"),
    interval=lambda sums: wilson(sums, "returned"),
    constant=lambda sums: all_or_none(sums, "returned"),
    closes=lambda month, params: month_end(month) + timedelta(days=int(params["days"])),
    parameters=(Parameter("days", int),),
    behaviour=True,
    needs_whole_customers=True,
)
