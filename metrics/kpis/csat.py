"""Customer satisfaction, top-2 box.

Definition: share of answers 4 or 5 on a 1-5 question, times 100.
Source: the top-two-box percentage of the 1-5 satisfaction scale (1 very dissatisfied to 5 very satisfied), Farris,
Bendle, Pfeifer and Reibstein, "Marketing Metrics", 2nd ed., Pearson 2010, section "Customer Satisfaction".
Unit: percent. Scale: 1-5 only; the top two of seven or ten steps are a harder test and never compared with it.
Interval: Wilson (``intervals.wilson``).
Worked example: tests/kpis.
"""

from __future__ import annotations

from typing import Any

from metrics.kpis.intervals import all_or_none, percent, wilson
from metrics.kpis.metric import Metric, Parameter, Params, Unit, one_if


def _rows(t: Any, params: Params) -> Any:
    return t.filter((t.question == params["question"]) & t.score.notnull())


def _measures(t: Any, params: Params) -> dict[str, Any]:
    return {"n": one_if(t.score.notnull()), "satisfied": one_if(t.score >= 4)}


def _scale(low: int, high: int) -> str | None:
    return None if (low, high) == (1, 5) else "CSAT needs a question from 1 to 5. For other scales take score_mean."


CSAT = Metric(
    id="csat",
    definition="Share of customers who answer 4 or 5 on a scale of 1 to 5.",
    formula="100 × answers 4 or 5 ÷ answers",
    source="Farris, Bendle, Pfeifer and Reibstein, Marketing Metrics, 2nd ed., 2010",
    fact="answers",
    unit=Unit.PERCENT,
    rows=_rows,
    part_of=("response_rate",),
    measures=_measures,
    value=lambda sums: percent(sums, "satisfied"),
    interval=lambda sums: wilson(sums, "satisfied"),
    constant=lambda sums: all_or_none(sums, "satisfied"),
    parameters=(Parameter("question", str),),
    scale=_scale,
)
