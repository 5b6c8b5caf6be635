"""Retention of a cohort at an age in months.

Definition: of customers whose first order ever is in month m, the share with an order in calendar month m + ``age``,
times 100. Published once, when month m + age has ended.
Source: cohort survival, Fader and Hardie, "How to Project Customer Retention", Journal of Interactive Marketing
21(1), 2007; in a business without contracts an order is the sign of life.
Unit: percent. Scale: none. Interval: Wilson (``intervals.wilson``).
Worked example: tests/kpis.
"""

from __future__ import annotations

from typing import Any

from metrics.kpis.intervals import all_or_none, percent, wilson
from metrics.kpis.metric import Metric, Parameter, Params, Unit, month_end, one_if


def _rows(t: Any, params: Params) -> Any:
    return t.filter(t.month.notnull())


def _measures(t: Any, params: Params) -> dict[str, Any]:
    return {"n": one_if(t.month.notnull()), "active": one_if(t.active_ages.contains(params["age"]))}


RETENTION = Metric(
    id="retention",
    definition="Of customers who first ordered in the month, the share who ordered so many months later.",
    formula="100 × customers who ordered in that later month ÷ new customers",
    source="Fader and Hardie, Journal of Interactive Marketing 21(1), 2007",
    fact="cohorts",
    unit=Unit.PERCENT,
    rows=_rows,
    measures=_measures,
    value=lambda sums: percent(sums, "active"),
    interval=lambda sums: wilson(sums, "active"),
    constant=lambda sums: all_or_none(sums, "active"),
    closes=lambda month, params: month_end(month, int(params["age"])),
    parameters=(Parameter("age", int),),
    behaviour=True,
    needs_whole_customers=True,
)
