"""Share of contacts invited to a survey.

Definition: share of contacts that were sent a survey invitation, times 100. When it falls while a score rises, the
score may have risen because fewer unhappy customers were asked.
Source: coverage of the sampling frame, Groves et al., "Survey Methodology", 2nd ed., Wiley 2009, chapter 3.
Unit: percent. Scale: none. Interval: Wilson (``intervals.wilson``).
Worked example: tests/kpis.
"""

from __future__ import annotations

from typing import Any

from metrics.kpis.intervals import all_or_none, percent, wilson
from metrics.kpis.metric import Metric, Params, Unit, one_if


def _rows(t: Any, params: Params) -> Any:
    return t.filter(t.invited.notnull())


def _measures(t: Any, params: Params) -> dict[str, Any]:
    return {"n": one_if(t.invited.notnull()), "invited": one_if(t.invited)}


INVITED = Metric(
    id="invited",
    definition="Share of contacts that were invited to a survey.",
    formula="100 × contacts invited ÷ contacts",
    source="Groves et al., Survey Methodology, 2nd ed., 2009",
    fact="contacts",
    unit=Unit.PERCENT,
    rows=_rows,
    measures=_measures,
    value=lambda sums: percent(sums, "invited"),
    interval=lambda sums: wilson(sums, "invited"),
    constant=lambda sums: all_or_none(sums, "invited"),
)
