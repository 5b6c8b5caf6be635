"""Mean score of a question.

Definition: mean of the answers to one question, on the question's own scale.
Source: arithmetic mean of a rating; scales are never mixed, because a KPI reads one question and a question has one
scale (Stevens, "On the Theory of Scales of Measurement", Science 103(2684), 1946, on why it is a convention).
Unit: score. Scale: any. Interval: Student's t (``intervals.student``), not cut at the ends of the scale.
Worked example: tests/kpis.
"""

from __future__ import annotations

from typing import Any

from metrics.kpis.intervals import all_equal, mean, student
from metrics.kpis.metric import Metric, Parameter, Params, Unit, one_if


def _rows(t: Any, params: Params) -> Any:
    return t.filter((t.question == params["question"]) & t.score.notnull())


def _measures(t: Any, params: Params) -> dict[str, Any]:
    return {"n": one_if(t.score.notnull()), "total": t.score, "squares": t.score * t.score}


SCORE_MEAN = Metric(
    id="score_mean",
    definition="Mean score that customers give, on the question's own scale.",
    formula="sum of scores ÷ answers",
    source="Stevens, Science 103(2684), 1946",
    fact="answers",
    unit=Unit.SCORE,
    rows=_rows,
    part_of=("response_rate",),
    measures=_measures,
    value=mean,
    interval=student,
    constant=all_equal,
    parameters=(Parameter("question", str),),
)
