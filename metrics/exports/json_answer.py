"""Answers and driver results as JSON objects: what ``show`` and ``drivers`` print, for other programs to read."""

from __future__ import annotations

from typing import Any

from metrics.answers import Answer
from metrics.drivers import Choice, Estimated, Fitted, WhatIf

DRIVER_FIGURES = (
    "share", "low", "high", "tier", "effect", "effect_low", "effect_high", "rank_low", "rank_high", "vif", "cluster",
    "same_halves", "leak",
)  # fmt: skip


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


def drivers_object(one: Fitted) -> dict[str, Any]:
    """{outcome, outcome_kind, r2, n, rows} of a fitted model, then what it was fitted on and how sure it is; rows with
    the largest share first; percents on 0-100, effects in the outcome's unit."""
    m = one.model
    return {
        "outcome": m.kpi.id,
        "outcome_kind": m.kind.value,
        "r2": m.r2,
        "n": m.n,
        "rows": [_driver_object(d) for d in one.drivers],
        "base": m.base.value,
        "stage": m.stage,
        "segment": list(m.segment) if m.segment else None,
        "period": m.period,
        "r2_low": m.r2_low,
        "r2_high": m.r2_high,
        "r2_controls": m.r2_controls,
        "customers": m.customers,
        "incomplete": m.incomplete,
        "censored": m.censored,
        "intervals": m.method.value,
        "halves": m.halves,
    }


def _driver_object(d: Estimated) -> dict[str, Any]:
    e = d.estimate
    ends = {"penalty": e.penalty, "reward": e.reward}
    return {
        "driver": d.cause.id + (f"={d.cause.value}" if d.cause.value else ""),
        **{name: getattr(e, name) for name in DRIVER_FIGURES},
        "what": d.cause.what.value,
        "shape": e.shape.value,
        **{name: [end.value, end.low, end.high] if end else None for name, end in ends.items()},
    }


def choice_object(c: Choice) -> dict[str, Any]:
    """{kpi, unit, now, low, high, outcome, evidence, n, chain}: what a KPI can be moved between, and its way to the
    outcome."""
    return {
        "kpi": c.kpi.id,
        "unit": c.unit.value,
        "now": c.now.value,
        "low": c.low,
        "high": c.high,
        "outcome": c.outcome.id,
        "evidence": c.evidence.value,
        "n": c.n,
        "chain": [
            {
                "kpi": s.kpi.id,
                "drives": s.to.id,
                "evidence": s.evidence.value,
                "n": s.n,
                "reach": s.reach,
                "effect": s.effect.value,
                "low": s.effect.low,
                "high": s.effect.high,
            }
            for s in c.chain
        ],
    }


def what_if_object(found: WhatIf) -> dict[str, Any]:
    """{kpi, from, to, outcome, change, change_low, change_high, whole, nothing, evidence, n, money, chain}: ``change``
    among the customers whom the move reaches, ``whole`` of the company; ``nothing`` says that the interval holds zero;
    ``money`` a month in ``currency`` where the release tells it."""
    c, m = found.choice, found.money
    return {
        "kpi": c.kpi.id,
        "from": c.now.value,
        "to": found.to,
        "outcome": c.outcome.id,
        "change": found.change.value,
        "change_low": found.change.low,
        "change_high": found.change.high,
        "whole": [found.whole.value, found.whole.low, found.whole.high] if found.whole else None,
        "nothing": found.nothing,
        "evidence": c.evidence.value,
        "n": c.n,
        "money": None
        if m is None
        else {
            "currency": m.currency,
            "customers": [m.customers.value, m.customers.low, m.customers.high],
            "amount": [m.amount.value, m.amount.low, m.amount.high],
        },
        "chain": choice_object(c)["chain"],
    }
