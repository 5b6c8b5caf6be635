"""Answers and driver results as JSON objects: what ``show`` and ``drivers`` print, for other programs to read."""

from __future__ import annotations

from typing import Any

from metrics.answers import Answer
from metrics.release import Release


def answer_object(answer: Answer) -> dict[str, Any]:
    """{kpi, goal, unit, as_of, grain, draft, coverage, rows}: percent KPIs on 0-100, unrounded; a dims value is
    always a list; withheld rows have nulls."""
    return {
        "kpi": answer.kpi,
        "goal": answer.goal,
        "unit": answer.unit.value,
        "as_of": answer.as_of,
        "grain": answer.grain,
        "draft": answer.draft,
        "coverage": answer.coverage,
        "rows": [
            {
                "period": row.period,
                "dims": {dimension: list(values) for dimension, values in row.dims},
                "value": row.value,
                "low": row.low,
                "high": row.high,
                "n": row.n,
                "status": row.status.value,
                "pooled": row.pooled,
            }
            for row in answer.rows
        ],
    }


def drivers_object(release: Release, outcome: str) -> dict[str, Any]:
    """{outcome, outcome_kind, r2, n, as_of, draft, rows} of a fitted model, largest share first. Raises KeyError
    without one."""
    kind, n, r2, _low, _high = release.driver_models[outcome]
    names = ("driver", "share", "low", "high", "tier", "effect", "effect_low", "effect_high")
    rows = [dict(zip(names, row)) for row in release.drivers(outcome)]
    told = {"outcome": outcome, "outcome_kind": kind, "r2": r2, "n": n}
    return {**told, "as_of": release.as_of, "draft": release.draft, "rows": rows}
