"""Rules about loyalty: outcomes, drivers and the customer panel."""

from __future__ import annotations

from metrics.kpis import BY_ID
from metrics.strategy.finding import Hits, Now, Path, hit
from metrics.strategy.model import DIMENSIONS, KPI, Strategy
from metrics.strategy.rules_goals import named


def loyalty_declared(s: Strategy, now: Now) -> Hits:
    """The strategy says what loyalty is here: something customers do."""
    if s.loyalty.outcome is None:
        what = "The strategy does not say what loyalty is here."
        yield hit(("loyalty",), what, "Add “loyalty:” with an outcome that customers do, such as buying again.")


def loyalty_outcome(s: Strategy, now: Now) -> Hits:
    """The loyalty outcome is a declared KPI."""
    if s.loyalty.outcome is not None:
        known = [k.id for k in s.kpis]
        yield from named(("loyalty", "outcome"), s.loyalty.outcome, known, "There is no KPI “{name}”.")


def loyalty_is_behaviour(s: Strategy, now: Now) -> Hits:
    """The loyalty outcome is behaviour: a score can rise while customers leave."""
    kpi = _kpi(s, s.loyalty.outcome)
    metric = BY_ID.get(kpi.metric) if kpi else None
    if kpi and metric and not metric.behaviour:
        what = "The loyalty outcome “{kpi}” is something customers say, not something they do."
        mend = "Take a KPI of buying again or staying; keep the score under “stated:”."
        yield hit(("loyalty", "outcome"), what, mend, kpi=kpi.id)


def loyalty_stated(s: Strategy, now: Now) -> Hits:
    """The stated outcome is a declared KPI."""
    if s.loyalty.stated:
        known = [k.id for k in s.kpis]
        yield from named(("loyalty", "stated"), s.loyalty.stated, known, "There is no KPI “{name}”.")


def driver_items(s: Strategy, now: Now) -> Hits:
    """Driver items are declared questions at declared stages."""
    questions, stages = [q.id for q in s.questions], [stage.id for stage in s.journey]
    for i, item in enumerate(s.loyalty.drivers.items if s.loyalty.drivers else ()):
        path: Path = ("loyalty", "drivers", "items", i)
        yield from named((*path, "question"), item.question, questions, "There is no question “{name}”.")
        if item.stage:
            yield from named((*path, "stage"), item.stage, stages, "There is no stage “{name}”.")


def driver_outcomes(s: Strategy, now: Now) -> Hits:
    """Drivers are held against buying again, or against the score of a question: nothing else is known per customer."""
    for i, outcome in enumerate(s.loyalty.drivers.outcomes if s.loyalty.drivers else ()):
        path: Path = ("loyalty", "drivers", "outcomes", i, "kpi")
        yield from named(path, outcome.kpi, [k.id for k in s.kpis], "There is no KPI “{name}”.")
        kpi = _kpi(s, outcome.kpi)
        if kpi and kpi.metric in BY_ID and kpi.metric != "repurchase" and "question" not in kpi.of:
            what = "“{kpi}” is no outcome that one customer has."
            yield hit(path, what, "Take a KPI of buying again, or of the score of a question.", kpi=kpi.id)


def _kpi(s: Strategy, id: str | None) -> KPI | None:
    return next((k for k in s.kpis if k.id == id), None)


def panel_cuts(s: Strategy, now: Now) -> Hits:
    """Models are fitted by dimensions that have declared values."""
    for i, name in enumerate(s.loyalty.panel.by):
        if not s.values(name):
            what = "The dimension “{name}” has no values."
            mend = "List them under “dimensions:”, in the order pages show them."
            yield hit(("loyalty", "panel", "by", i), what, mend, name=name)


def panel_controls(s: Strategy, now: Now) -> Hits:
    """What is held constant is a declared dimension or question."""
    known = [*(name for name in DIMENSIONS if s.values(name)), *(q.id for q in s.questions)]
    for i, name in enumerate(s.loyalty.panel.controls):
        what = "There is no dimension and no question “{name}”."
        yield from named(("loyalty", "panel", "controls", i), name, known, what)
