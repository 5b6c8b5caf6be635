"""Complaints resolved within so many hours.

Definition: share of complaints resolved within ``hours`` after they were made, times 100. A complaint that is still
open (infinite hours) counts and was late; one for which the source tells no time does not count.
Source: ISO 10002:2018, clause 8 (maintenance and improvement: time taken to resolve complaints).
Unit: percent. Scale: none. Interval: Wilson (``intervals.wilson``). Closes when the last complaint had its hours.
Worked example: tests/kpis.
"""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from typing import Any

from metrics.kpis.intervals import all_or_none, percent, wilson
from metrics.kpis.metric import Metric, Parameter, Params, Unit, month_end, one_if


def _rows(t: Any, params: Params) -> Any:
    return t.filter(t.is_complaint & t.resolved_hours.notnull())


def _measures(t: Any, params: Params) -> dict[str, Any]:
    return {"n": one_if(t.resolved_hours.notnull()), "within": one_if(t.resolved_hours <= params["hours"])}


RESOLVED_WITHIN = Metric(
    id="resolved_within",
    definition="Share of complaints resolved within the hours given.",
    formula="100 × complaints resolved in time ÷ complaints",
    source="ISO 10002:2018",
    fact="contacts",
    unit=Unit.PERCENT,
    rows=_rows,
    part_of=("complaint_rate",),
    measures=_measures,
    value=lambda sums: percent(sums, "within"),
    interval=lambda sums: wilson(sums, "within"),
    constant=lambda sums: all_or_none(sums, "within"),
    closes=lambda month, params: month_end(month) + timedelta(days=ceil(float(params["hours"]) / 24)),
    parameters=(Parameter("hours", float),),
)
