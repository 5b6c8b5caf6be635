"""Customer Effort Score 2.0.

Definition: mean agreement with "the company made it easy for me to handle my issue", 1 strongly disagree to 7
strongly agree. CEB also quotes the share of 5, 6 and 7; it is kept as the measure ``easy``.
Source: CEB (now Gartner), Customer Effort Score 2.0, in Dixon, Toman and DeLisi, "The Effortless Experience",
Portfolio 2013, chapter 6.
Unit: score, higher is easier. Scale: 1-7 only. Interval: Student's t (``intervals.student``), cut at 1 and 7.
Worked example: tests/kpis.
"""

from __future__ import annotations

from typing import Any

from metrics.kpis.intervals import all_equal, mean, student
from metrics.kpis.metric import Metric, Parameter, Params, Sums, Unit, one_if


def _rows(t: Any, params: Params) -> Any:
    return t.filter((t.question == params["question"]) & t.score.notnull())


def _measures(t: Any, params: Params) -> dict[str, Any]:
    return {
        "n": one_if(t.score.notnull()),
        "total": t.score,
        "squares": t.score * t.score,
        "easy": one_if(t.score >= 5),
    }


def interval(sums: Sums) -> tuple[float, float] | None:
    """95 % interval of the mean, cut at the ends of the scale."""
    ends = student(sums)
    return (max(1.0, ends[0]), min(7.0, ends[1])) if ends else None


def _scale(low: int, high: int) -> str | None:
    return None if (low, high) == (1, 7) else "CES needs a question from 1 to 7. For other scales take score_mean."


CES = Metric(
    id="ces",
    definition="Mean agreement that it was easy, on a scale of 1 to 7.",
    formula="sum of scores ÷ answers",
    source="Dixon, Toman and DeLisi, The Effortless Experience, 2013",
    fact="answers",
    unit=Unit.SCORE,
    rows=_rows,
    part_of=("response_rate",),
    measures=_measures,
    value=mean,
    interval=interval,
    constant=all_equal,
    parameters=(Parameter("question", str),),
    scale=_scale,
)
