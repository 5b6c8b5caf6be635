"""Complaint rate.

Definition: contacts marked as a complaint, per 100 contacts.
Source: complaint as in ISO 10002:2018, 3.2: dissatisfaction expressed to the organisation, where a response is
explicitly or implicitly expected. A low rate may mean that complaining is hard: read it beside return.
Unit: percent. Scale: none. Interval: Wilson (``intervals.wilson``).
Worked example: tests/kpis.
"""

from __future__ import annotations

from typing import Any

from metrics.kpis.intervals import all_or_none, percent, wilson
from metrics.kpis.metric import Metric, Params, Unit, one_if


def _rows(t: Any, params: Params) -> Any:
    return t.filter(t.is_complaint.notnull())


def _measures(t: Any, params: Params) -> dict[str, Any]:
    return {"n": one_if(t.is_complaint.notnull()), "complaints": one_if(t.is_complaint)}


COMPLAINT_RATE = Metric(
    id="complaint_rate",
    definition="Complaints per 100 contacts.",
    formula="100 × complaints ÷ contacts",
    source="ISO 10002:2018",
    fact="contacts",
    unit=Unit.PERCENT,
    rows=_rows,
    measures=_measures,
    value=lambda sums: percent(sums, "complaints"),
    interval=lambda sums: wilson(sums, "complaints"),
    constant=lambda sums: all_or_none(sums, "complaints"),
)
