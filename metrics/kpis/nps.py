"""Net Promoter Score.

Definition: share of answers 9 or 10 minus share of answers 0 to 6, on a 0-10 question, times 100.
Source: Reichheld, "The One Number You Need to Grow", Harvard Business Review 81(12), 2003.
Interval: normal with variance p + d - (p - d)^2 over n; below n = 100 with the adjusted Wald method, which adds
three imaginary answers, 3/4 of one promoter, 3/4 of one detractor and the rest passive (Rocks, "Interval
Estimation for the Net Promoter Score", The American Statistician 70(4), 2016).
Worked example: tests/kpis.
"""

from __future__ import annotations

from math import sqrt
from typing import Any

from metrics.kpis.intervals import Z95
from metrics.kpis.metric import Metric, Parameter, Params, Sums, Unit, one_if


def _rows(t: Any, params: Params) -> Any:
    return t.filter((t.question == params["question"]) & t.score.notnull())


def _measures(t: Any, params: Params) -> dict[str, Any]:
    return {
        "n": one_if(t.score.notnull()),
        "promoters": one_if(t.score >= 9),
        "detractors": one_if(t.score <= 6),
    }


def value(sums: Sums) -> float | None:
    """NPS in points, -100 to 100, from the sums n, promoters, detractors; None without answers."""
    return 100 * (sums["promoters"] - sums["detractors"]) / sums["n"] if sums["n"] else None


def interval(sums: Sums) -> tuple[float, float] | None:
    """95 % interval in points, cut at -100 and 100."""
    n, p, d = sums["n"], sums["promoters"], sums["detractors"]
    if not n:
        return None
    if n < 100:
        n, p, d = n + 3, p + 0.75, d + 0.75
    p, d = p / n, d / n
    half = 100 * Z95 * sqrt(max(p + d - (p - d) ** 2, 0) / n)
    centre = 100 * (p - d)
    return max(-100.0, centre - half), min(100.0, centre + half)


def _scale(low: int, high: int) -> str | None:
    return None if (low, high) == (0, 10) else "NPS needs a question from 0 to 10. For other scales take score_mean."


def _constant(sums: Sums) -> bool:
    passives = sums["n"] - sums["promoters"] - sums["detractors"]
    return max(sums["promoters"], sums["detractors"], passives) == sums["n"]


NPS = Metric(
    id="nps",
    definition="Share of customers who answer 9 or 10 minus share who answer 0 to 6.",
    formula="100 × (promoters − detractors) ÷ answers",
    source="Reichheld, Harvard Business Review 81(12), 2003",
    fact="answers",
    unit=Unit.POINTS,
    rows=_rows,
    part_of=("response_rate",),
    measures=_measures,
    value=value,
    interval=interval,
    constant=_constant,
    parameters=(Parameter("question", str),),
    scale=_scale,
)
