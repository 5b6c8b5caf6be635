"""Repeat contact.

Definition: share of contacts followed by another contact of the same customer about the same topic within 7 days,
times 100.
Source: "next issue avoidance", Dixon, Toman and DeLisi, "The Effortless Experience", Portfolio 2013.
Unit: percent. Scale: none. Interval: Wilson (``intervals.wilson``). Closes 7 days after month end.
Worked example: tests/kpis.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from metrics.kpis.intervals import all_or_none, percent, wilson
from metrics.kpis.metric import Metric, Params, Unit, month_end, one_if


def _rows(t: Any, params: Params) -> Any:
    return t.filter(t.repeated.notnull())


def _measures(t: Any, params: Params) -> dict[str, Any]:
    return {"n": one_if(t.repeated.notnull()), "repeated": one_if(t.repeated)}


REPEAT_CONTACT = Metric(
    id="repeat_contact",
    definition="Share of contacts followed by another about the same topic within 7 days.",
    formula="100 × contacts followed by another ÷ contacts",
    source="Dixon, Toman and DeLisi, The Effortless Experience, 2013",
    fact="contacts",
    unit=Unit.PERCENT,
    rows=_rows,
    measures=_measures,
    value=lambda sums: percent(sums, "repeated"),
    interval=lambda sums: wilson(sums, "repeated"),
    constant=lambda sums: all_or_none(sums, "repeated"),
    closes=lambda month, params: month_end(month) + timedelta(days=7),
)
