"""Rules about targets: dated, in order, possible, moving the good way, within reach."""

from __future__ import annotations

from datetime import timedelta
from math import isfinite

from metrics.kpis import BY_ID
from metrics.kpis.metric import Metric, Unit
from metrics.strategy.finding import Hits, Now, Point, hit
from metrics.strategy.model import KPI, Strategy
from metrics.strategy.rules_kpis import kpis_of, metrics_of, number, scale_of

GRACE = timedelta(days=92)
"""A quarter in which an aim may be overdue before the KPI counts as having none."""
LEAST_HISTORY = 4
"""Blocks of a KPI from which one can tell how fast it ever moved."""

#: Metrics that are good when high and good when low, whatever the strategy. Others may be aimed either way.
GOOD_HIGH = ("nps", "csat", "ces", "ladder", "on_time", "promise_kept", "fcr", "repurchase", "retention")
GOOD_LOW = ("repeat_contact", "reopened")


def kpi_without_target(s: Strategy, now: Now) -> Hits:
    """A KPI has a dated target."""
    for path, kpi in kpis_of(s):
        if not kpi.targets:
            what, mend = "“{kpi}” has no target.", "Add “targets: [{{by: 2026-12-31, value: ...}}]”."
            yield hit((*path, "id"), what, mend, kpi=kpi.id)


def target_dates(s: Strategy, now: Now) -> Hits:
    """Targets stand in the order of their dates, one per date."""
    for path, kpi in kpis_of(s):
        for i, (one, two) in enumerate(zip(kpi.targets, kpi.targets[1:]), start=1):
            if two.by <= one.by:
                yield hit((*path, "targets", i, "by"), "This target is not later than the one before.", "Sort by date.")


def target_direction(s: Strategy, now: Now) -> Hits:
    """Targets move the way the KPI should move."""
    for path, kpi in kpis_of(s):
        for i, (one, two) in enumerate(zip(kpi.targets, kpi.targets[1:]), start=1):
            wrong = two.value < one.value if kpi.direction == "up" else two.value > one.value
            if wrong:
                what = "This target moves the wrong way: the direction is “{direction}”."
                mend = "Mend the value or the direction."
                yield hit((*path, "targets", i, "value"), what, mend, direction=kpi.direction)


def direction_of_metric(s: Strategy, now: Now) -> Hits:
    """Some metrics are good only one way: nobody aims at fewer promises kept."""
    for path, kpi, metric in metrics_of(s):
        against = metric.id in (GOOD_HIGH if kpi.direction == "down" else GOOD_LOW)
        if against:
            what, mend = "The metric “{metric}” is not better this way.", "Turn “direction:” round, and the targets."
            yield hit((*path, "direction"), what, mend, metric=metric.id)


def target_possible(s: Strategy, now: Now) -> Hits:
    """A target is a value the metric can have."""
    for path, kpi, metric in metrics_of(s):
        low, high = _range(s, kpi, metric)
        for i, target in enumerate(kpi.targets):
            if not (isfinite(target.value) and low <= target.value <= high):
                what, mend = "The metric can never be {value}.", "Write a value in its unit: percent run from 0 to 100."
                yield hit((*path, "targets", i, "value"), what, mend, value=f"{target.value:g}")


def _range(s: Strategy, kpi: KPI, metric: Metric) -> tuple[float, float]:
    try:
        unit = metric.unit_of(kpi.of)
    except ValueError:
        return float("-inf"), float("inf")
    question = scale_of(s, kpi)
    if unit is Unit.SCORE and question:
        return float(question[0]), float(question[1])
    ends = {Unit.PERCENT: (0.0, 100.0), Unit.POINTS: (-100.0, 100.0)}
    return ends.get(unit, (0.0, float("inf")))


def target_overdue(s: Strategy, now: Now) -> Hits:
    """The last target has just passed: the next one is a decision."""
    for path, kpi in kpis_of(s):
        if now.today and kpi.targets and now.today - GRACE <= max(t.by for t in kpi.targets) < now.today:
            what = "The last target of “{kpi}” has passed."
            yield hit((*path, "targets"), what, "Decide on the next one.", kpi=kpi.id)


def no_target_ahead(s: Strategy, now: Now) -> Hits:
    """The last target passed more than a quarter ago: the KPI aims at nothing."""
    for path, kpi in kpis_of(s):
        if now.today and kpi.targets and max(t.by for t in kpi.targets) < now.today - GRACE:
            what = "All targets of “{kpi}” lie in the past."
            yield hit((*path, "targets"), what, "Add a target with a date ahead, or drop the KPI.", kpi=kpi.id)


def target_out_of_reach(s: Strategy, now: Now) -> Hits:
    """A target is a plan, not a wish: it asks for no more change than these data ever showed in so much time. Needs a
    release (``check --release``). A KPI without any figure there cannot be seen to reach anything."""
    for path, kpi in kpis_of(s):
        if now.history is None or kpi.metric not in BY_ID or number(kpi) not in now.history:
            continue
        points = now.history[number(kpi)]
        if not points and kpi.targets:
            what = "The release holds no figure for “{kpi}”: nobody can see whether this target is met."
            yield hit((*path, "targets"), what, "Widen its scope, or feed its source.", kpi=kpi.id)
        if len(points) < LEAST_HISTORY:
            continue
        up = 1 if kpi.direction == "up" else -1
        last = points[-1]
        half = (last.high - last.low) / 2 if last.high is not None and last.low is not None else 0.0
        for i, target in enumerate(kpi.targets):
            days = (target.by - last.day).days
            need = up * (target.value - last.value)
            most = _most_moved(points, days, up)
            if days > 0 and need - half > most:
                what = (
                    "“{kpi}” would have to move {need} in {days} days, and never moved more than {most} in that time."
                )
                mend = "Take a later day or a nearer value, or name the lever that makes the difference."
                said = {"kpi": kpi.id, "need": f"{need:.3g}", "most": f"{most:.3g}"}
                yield hit((*path, "targets", i, "value"), what, mend, days=days, **said)


def _most_moved(points: tuple[Point, ...], days: int, up: int) -> float:
    """The largest good change between two blocks at most so many days apart; 0 when it only fell."""
    pairs = ((a, b) for i, a in enumerate(points) for b in points[i + 1 :] if (b.day - a.day).days <= days)
    return max((up * (b.value - a.value) for a, b in pairs), default=0.0)
