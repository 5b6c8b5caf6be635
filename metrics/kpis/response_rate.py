"""Response rate of a survey question.

Definition: share of invitations that were answered, times 100.
Source: AAPOR, "Standard Definitions: Final Dispositions of Case Codes and Outcome Rates for Surveys", RR1 (completed
answers over all that were invited; here everybody invited is eligible). Whoever answered was invited, also where the
invitation is not in the sources.
Unit: percent. Scale: none. Interval: Wilson (``intervals.wilson``).
Worked example: tests/kpis.
"""

from __future__ import annotations

from typing import Any

from metrics.kpis.intervals import all_or_none, percent, wilson
from metrics.kpis.metric import Metric, Parameter, Params, Unit, one_if


def _rows(t: Any, params: Params) -> Any:
    return t.filter((t.question == params["question"]) & t.answered.notnull())


def _measures(t: Any, params: Params) -> dict[str, Any]:
    return {"n": one_if(t.answered.notnull()), "answered": one_if(t.answered)}


RESPONSE_RATE = Metric(
    id="response_rate",
    definition="Share of invited customers who answered.",
    formula="100 × answers ÷ invitations",
    source="AAPOR, Standard Definitions, RR1",
    fact="invitations",
    unit=Unit.PERCENT,
    rows=_rows,
    part_of=("invited",),
    measures=_measures,
    value=lambda sums: percent(sums, "answered"),
    interval=lambda sums: wilson(sums, "answered"),
    constant=lambda sums: all_or_none(sums, "answered"),
    parameters=(Parameter("question", str),),
)
