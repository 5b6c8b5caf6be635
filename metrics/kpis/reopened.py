"""Contacts reopened.

Definition: share of contacts that were closed and had to be opened again, times 100.
Source: ticket reopen rate, ITIL 4 practice "Incident management" (incidents reopened).
Unit: percent. Scale: none. Interval: Wilson (``intervals.wilson``).
Worked example: tests/kpis.
"""

from __future__ import annotations

from typing import Any

from metrics.kpis.intervals import all_or_none, percent, wilson
from metrics.kpis.metric import Metric, Params, Unit, one_if


def _rows(t: Any, params: Params) -> Any:
    return t.filter(t.reopened.notnull())


def _measures(t: Any, params: Params) -> dict[str, Any]:
    return {"n": one_if(t.reopened.notnull()), "reopened": one_if(t.reopened)}


REOPENED = Metric(
    id="reopened",
    definition="Share of contacts that were closed and opened again.",
    formula="100 × contacts reopened ÷ contacts",
    source="ITIL 4, Incident management",
    fact="contacts",
    unit=Unit.PERCENT,
    rows=_rows,
    measures=_measures,
    value=lambda sums: percent(sums, "reopened"),
    interval=lambda sums: wilson(sums, "reopened"),
    constant=lambda sums: all_or_none(sums, "reopened"),
)
