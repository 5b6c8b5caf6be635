"""A declared monthly series: followers, costs, headcount, anything counted elsewhere and never by staff.

Definition: mean over the months of the value the source gives for each month.
Source: the company's own books; the source file is named on the page.
Unit: ``unit`` of the KPI, a count unless told otherwise. Scale: none. Interval: none, for there is no sample.
Worked example: tests/kpis.
"""

from __future__ import annotations

from typing import Any

from metrics.kpis.intervals import mean
from metrics.kpis.metric import Metric, Parameter, Params, Unit, one_if


def _rows(t: Any, params: Params) -> Any:
    return t.filter((t.name == params["name"]) & t.value.notnull())


def _measures(t: Any, params: Params) -> dict[str, Any]:
    return {"n": one_if(t.value.notnull()), "total": t.value}


SERIES = Metric(
    id="series",
    definition="Figure the company records each month; over several months their mean.",
    formula="sum of monthly figures ÷ months",
    source="The company's own records",
    fact="series",
    unit=Unit.COUNT,
    rows=_rows,
    measures=_measures,
    value=mean,
    interval=lambda sums: None,
    parameters=(Parameter("name", str), Parameter("unit", str, "count", tuple(u.value for u in Unit))),
)
