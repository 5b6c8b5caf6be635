"""Share of orders after which the customer was invited to answer a question.

Definition: share of orders that an invitation to this question is about, times 100. When it falls while the question's
score rises, the score may have risen because fewer unhappy customers were asked.
Source: coverage of the sampling frame, Groves et al., "Survey Methodology", 2nd ed., Wiley 2009, chapter 3.
Unit: percent. Scale: none. Interval: Wilson (``intervals.wilson``).
Worked example: tests/kpis.
"""

from __future__ import annotations

from typing import Any

from metrics.kpis.intervals import all_or_none, percent, wilson
from metrics.kpis.metric import Metric, Parameter, Params, Unit, one_if


def _rows(t: Any, params: Params) -> Any:
    return t.filter(t.invited_to.notnull())


def _measures(t: Any, params: Params) -> dict[str, Any]:
    return {"n": one_if(t.invited_to.notnull()), "invited": one_if(t.invited_to.contains(params["question"]))}


BUYERS_INVITED = Metric(
    id="buyers_invited",
    definition="Share of orders after which the customer was invited to answer.",
    formula="100 × orders with an invitation ÷ orders",
    source="Groves et al., Survey Methodology, 2nd ed., 2009",
    fact="orders",
    unit=Unit.PERCENT,
    rows=_rows,
    measures=_measures,
    value=lambda sums: percent(sums, "invited"),
    interval=lambda sums: wilson(sums, "invited"),
    constant=lambda sums: all_or_none(sums, "invited"),
    parameters=(Parameter("question", str),),
)
