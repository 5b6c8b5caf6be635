"""Rules about the brand: promises, who serves and measures them, core competence and target segments."""

from __future__ import annotations

from metrics.strategy.finding import Hits, Now, hit
from metrics.strategy.model import Strategy
from metrics.strategy.rules_goals import named


def no_promise(s: Strategy, now: Now) -> Hits:
    """Goals come from what the brand promises its customers; without a promise they come from habit."""
    if not s.brand.promises:
        what, mend = "The strategy names no brand promise.", "Add “brand:” with “promises:” in the customer's words."
        yield hit(("brand",), what, mend)


def promise_not_measured(s: Strategy, now: Now) -> Hits:
    """A promise that no KPI measures may be broken every day unseen."""
    for i, promise in enumerate(s.brand.promises):
        if not any(k.promise == promise.id for k in s.kpis):
            what = "No KPI measures the promise “{promise}”."
            mend = "Give one KPI “promise: {promise}”, or drop the promise."
            yield hit(("brand", "promises", i, "id"), what, mend, promise=promise.id)


def promise_not_served(s: Strategy, now: Now) -> Hits:
    """A promise that no goal serves gets no money and no sponsor."""
    for i, promise in enumerate(s.brand.promises):
        if not any(g.promise == promise.id for g in s.goals):
            what = "No goal serves the promise “{promise}”."
            mend = "Give one goal “promise: {promise}”, or drop the promise."
            yield hit(("brand", "promises", i, "id"), what, mend, promise=promise.id)


def goal_without_promise(s: Strategy, now: Now) -> Hits:
    """A goal says which brand promise it serves; else customers have no part in it."""
    for i, goal in enumerate(s.goals):
        if s.brand.promises and goal.promise is None:
            what = "The goal “{goal}” serves no brand promise."
            yield hit(("goals", i, "id"), what, "Add “promise:” with one of the brand's promises.", goal=goal.id)


def unknown_promise(s: Strategy, now: Now) -> Hits:
    """The promise that a goal serves or a KPI measures is declared under “brand:”."""
    known = [p.id for p in s.brand.promises]
    for i, goal in enumerate(s.goals):
        if goal.promise:
            yield from named(("goals", i, "promise"), goal.promise, known, "There is no promise “{name}”.")
    for i, kpi in enumerate(s.kpis):
        if kpi.promise:
            yield from named(("kpis", i, "promise"), kpi.promise, known, "There is no promise “{name}”.")


def no_core_competence(s: Strategy, now: Now) -> Hits:
    """What the company does better than others says which promises it can keep."""
    if s.brand.promises and s.brand.core_competence is None:
        what = "The brand does not say what the company does better than others."
        yield hit(("brand",), what, "Add “core_competence:”.")


def target_segments(s: Strategy, now: Now) -> Hits:
    """A target segment is a value of the dimension segment, so that its numbers can be seen."""
    known = [value for value, _ in s.values("segment")]
    for i, target in enumerate(s.brand.segments):
        path = ("brand", "segments", i, "segment")
        yield from named(path, target.segment, known, "There is no segment “{name}”.")
