"""The ladder of six service levels.

Definition: share of answers at level 4 or higher, times 100. Levels: 1 criminal (breaks a promise), 2 basic,
3 expected, 4 desired (what customers hope for), 5 surprising, 6 unbelievable. The measures ``l1`` to ``l6`` count the
answers at each level.
Source: Kaufman, "Uplifting Service", Evolve 2012, "The Six Levels of Service".
Unit: percent. Scale: 1-6 only. Interval: Wilson (``intervals.wilson``).
Worked example: tests/kpis.
"""

from __future__ import annotations

from typing import Any

from metrics.kpis.intervals import percent, wilson
from metrics.kpis.metric import Metric, Parameter, Params, Sums, Unit, one_if

LEVELS = ("l1", "l2", "l3", "l4", "l5", "l6")


def _rows(t: Any, params: Params) -> Any:
    return t.filter((t.question == params["question"]) & t.score.notnull())


def _measures(t: Any, params: Params) -> dict[str, Any]:
    levels = {name: one_if(t.score == level) for level, name in enumerate(LEVELS, start=1)}
    return {"n": one_if(t.score.notnull()), **levels}


def _high(sums: Sums) -> dict[str, float]:
    return {"n": sums["n"], "high": sums["l4"] + sums["l5"] + sums["l6"]}


def _scale(low: int, high: int) -> str | None:
    return (
        None if (low, high) == (1, 6) else "The ladder needs a question from 1 to 6. For other scales take score_mean."
    )


LADDER = Metric(
    id="ladder",
    definition="Share of customers who put the service at level 4 of 6 or higher.",
    formula="100 × answers 4, 5 or 6 ÷ answers",
    source="Kaufman, Uplifting Service, 2012",
    fact="answers",
    unit=Unit.PERCENT,
    rows=_rows,
    part_of=("response_rate",),
    measures=_measures,
    value=lambda sums: percent(_high(sums), "high"),
    interval=lambda sums: wilson(_high(sums), "high"),
    constant=lambda sums: max(sums[level] for level in LEVELS) == sums["n"],
    parameters=(Parameter("question", str),),
    scale=_scale,
)
