"""Promised dates kept: delivery or installation.

Definition: of orders whose promised date has come, the share delivered (installed) on or before that date, times
100. An order counts in the month promised, not ordered; promised, passed and nothing delivered is late.
Source: on-time delivery to the customer's commit date, SCOR (Supply Chain Operations Reference) metric RL.2.2
"Delivery Performance to Customer Commit Date".
Unit: percent. Scale: none. Interval: Wilson (``intervals.wilson``).
Worked example: tests/kpis.
"""

from __future__ import annotations

from typing import Any

from metrics.kpis.intervals import all_or_none, percent, wilson
from metrics.kpis.metric import Metric, Parameter, Params, Unit, one_if


def _columns(t: Any, params: Params) -> tuple[Any, Any]:
    """(month promised, kept) of the promise that is asked for."""
    if params.get("promise", "delivery") == "installation":
        return t.install_month, t.install_kept
    return t.promised_month, t.delivery_kept


def _rows(t: Any, params: Params) -> Any:
    month, kept = _columns(t, params)
    return t.filter(month.notnull() & kept.notnull()).mutate(month=month)


def _measures(t: Any, params: Params) -> dict[str, Any]:
    return {"n": one_if(_columns(t, params)[1].notnull()), "kept": one_if(_columns(t, params)[1])}


ON_TIME = Metric(
    id="on_time",
    definition="Of orders whose promised date has come, the share delivered or installed by that date.",
    formula="100 × promises kept ÷ promises due",
    source="SCOR, RL.2.2 Delivery Performance to Customer Commit Date",
    fact="orders",
    unit=Unit.PERCENT,
    rows=_rows,
    measures=_measures,
    value=lambda sums: percent(sums, "kept"),
    interval=lambda sums: wilson(sums, "kept"),
    constant=lambda sums: all_or_none(sums, "kept"),
    parameters=(Parameter("promise", str, "delivery", ("delivery", "installation")),),
)
