"""Rules about KPIs: purpose, metric, owner, targets, levers, links, names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from math import isfinite

from metrics.kpis import BY_ID
from metrics.kpis.metric import Metric, Parameter, Unit
from metrics.strategy.finding import Hits, Path, hit
from metrics.strategy.model import KPI, Local, Strategy
from metrics.strategy.rules_goals import named

SHORT, SHORTER = 28, 20
"""Letters of a KPI's name and of an owner that fit on a card in both languages."""
GRACE = timedelta(days=92)
"""A quarter in which an aim may be overdue before the KPI counts as having none."""

#: Metrics that are good when high and good when low, whatever the strategy. Others may be aimed either way.
GOOD_HIGH = ("nps", "csat", "ces", "ladder", "on_time", "promise_kept", "fcr", "repurchase", "retention")
GOOD_LOW = ("repeat_contact", "reopened")
#: Metrics a business can lift at its customers' cost.
SALES = ("revenue", "new_customers")


def _kpis(s: Strategy) -> Iterator[tuple[Path, KPI]]:
    return ((("kpis", i), kpi) for i, kpi in enumerate(s.kpis))


def _metrics(s: Strategy) -> Iterator[tuple[Path, KPI, Metric]]:
    return ((path, kpi, BY_ID[kpi.metric]) for path, kpi in _kpis(s) if kpi.metric in BY_ID)


def kpi_without_goal(s: Strategy, today: date | None) -> Hits:
    """No goal, no number: every KPI serves a declared goal."""
    for path, kpi in _kpis(s):
        if not (kpi.goal or "").strip():
            what, mend = "The KPI “{kpi}” serves no goal.", "Add “goal:” with a declared goal, or drop the KPI."
            yield hit((*path, "id"), what, mend, kpi=kpi.id)


def unknown_goal(s: Strategy, today: date | None) -> Hits:
    """The goal a KPI serves is declared."""
    for path, kpi in _kpis(s):
        if (kpi.goal or "").strip():
            yield from named((*path, "goal"), str(kpi.goal), [g.id for g in s.goals], "There is no goal “{name}”.")


def unknown_metric(s: Strategy, today: date | None) -> Hits:
    """The metric is one the product has a formula for."""
    for path, kpi in _kpis(s):
        yield from named((*path, "metric"), kpi.metric, list(BY_ID), "There is no metric “{name}”.")


def parameters(s: Strategy, today: date | None) -> Hits:
    """A KPI gives its metric the parameters it needs, and no others."""
    for path, kpi, metric in _metrics(s):
        known = {p.name: p for p in metric.parameters}
        for name, value in kpi.of.items():
            if name not in known:
                what = "The metric does not take “{name}”."
                yield from (found.by_key() for found in named((*path, "of", name), name, list(known), what))
            elif not _fits(value, known[name]):
                what, mend = "“{name}” cannot have this value.", "Write {kind}."
                yield hit((*path, "of", name), what, mend, name=name, kind=_kind(known[name]))
        for p in metric.parameters:
            if p.default is None and p.name not in kpi.of:
                what, mend = "The metric “{metric}” needs “{name}”.", "Add it: “of: {{{name}: ...}}”."
                yield hit((*path, "metric"), what, mend, metric=metric.id, name=p.name)


def _fits(value: str | int | float, p: Parameter) -> bool:
    if p.type is str:
        return isinstance(value, str) and not set(value) & set("(),=") and (not p.choices or value in p.choices)
    if isinstance(value, (str, bool)) or (p.type is int and not isinstance(value, int)):
        return False
    return isfinite(value) and 0 < value <= 100_000


def _kind(p: Parameter) -> str:
    return ", ".join(p.choices) if p.choices else {str: "abc", int: "1, 2, 3 …"}.get(p.type, "0.5, 2, 24 …")


def parameter_question(s: Strategy, today: date | None) -> Hits:
    """The question a KPI reads is declared."""
    for path, kpi, metric in _metrics(s):
        if any(p.name == "question" for p in metric.parameters) and isinstance(kpi.of.get("question"), str):
            known = [q.id for q in s.questions]
            yield from named(
                (*path, "of", "question"), str(kpi.of["question"]), known, "There is no question “{name}”."
            )


def _scale(s: Strategy, kpi: KPI) -> tuple[int, int] | None:
    return next((q.scale for q in s.questions if q.id == kpi.of.get("question")), None)


def scale(s: Strategy, today: date | None) -> Hits:
    """A scale is part of a metric: a question from 1 to 5 is never an NPS."""
    for path, kpi, metric in _metrics(s):
        found = _scale(s, kpi)
        wrong = metric.scale(*found) if found else None
        if wrong:
            yield hit((*path, "of", "question"), wrong, "Take another metric or another question.")


def unknown_stage(s: Strategy, today: date | None) -> Hits:
    """The stage a KPI stands at is declared."""
    for path, kpi in _kpis(s):
        if kpi.stage:
            yield from named((*path, "stage"), kpi.stage, [x.id for x in s.journey], "There is no stage “{name}”.")


def kpi_without_owner(s: Strategy, today: date | None) -> Hits:
    """Somebody's function answers for each KPI."""
    for path, kpi in _kpis(s):
        if kpi.owner is None:
            what, mend = "Nobody owns the KPI “{kpi}”.", "Add “owner:” with a function or role."
            yield hit((*path, "id"), what, mend, kpi=kpi.id)


def kpi_without_lever(s: Strategy, today: date | None) -> Hits:
    """A KPI has a lever: a policy, a process or a way of acting that moves it."""
    for path, kpi in _kpis(s):
        if not kpi.levers:
            what = "“{kpi}” is a number without a handle: nothing that moves it is named."
            yield hit((*path, "id"), what, "Add “levers:”, or stop watching it.", kpi=kpi.id)


def kpi_without_reading(s: Strategy, today: date | None) -> Hits:
    """What a poor and a good result lead to is agreed before the result is known."""
    for path, kpi in _kpis(s):
        if kpi.reading is None:
            what = "Nobody has said what is done when “{kpi}” is low or high."
            yield hit((*path, "id"), what, "Add “reading:” with low and high.", kpi=kpi.id)


def kpi_without_target(s: Strategy, today: date | None) -> Hits:
    """A KPI has a dated target."""
    for path, kpi in _kpis(s):
        if not kpi.targets:
            what, mend = "“{kpi}” has no target.", "Add “targets: [{{by: 2026-12-31, value: ...}}]”."
            yield hit((*path, "id"), what, mend, kpi=kpi.id)


def target_dates(s: Strategy, today: date | None) -> Hits:
    """Targets stand in the order of their dates, one per date."""
    for path, kpi in _kpis(s):
        for i, (one, two) in enumerate(zip(kpi.targets, kpi.targets[1:]), start=1):
            if two.by <= one.by:
                yield hit((*path, "targets", i, "by"), "This target is not later than the one before.", "Sort by date.")


def target_direction(s: Strategy, today: date | None) -> Hits:
    """Targets move the way the KPI should move."""
    for path, kpi in _kpis(s):
        for i, (one, two) in enumerate(zip(kpi.targets, kpi.targets[1:]), start=1):
            wrong = two.value < one.value if kpi.direction == "up" else two.value > one.value
            if wrong:
                what = "This target moves the wrong way: the direction is “{direction}”."
                mend = "Mend the value or the direction."
                yield hit((*path, "targets", i, "value"), what, mend, direction=kpi.direction)


def direction_of_metric(s: Strategy, today: date | None) -> Hits:
    """Some metrics are good only one way: nobody aims at fewer promises kept."""
    for path, kpi, metric in _metrics(s):
        against = metric.id in (GOOD_HIGH if kpi.direction == "down" else GOOD_LOW)
        if against:
            what, mend = "The metric “{metric}” is not better this way.", "Turn “direction:” round, and the targets."
            yield hit((*path, "direction"), what, mend, metric=metric.id)


def target_possible(s: Strategy, today: date | None) -> Hits:
    """A target is a value the metric can have."""
    for path, kpi, metric in _metrics(s):
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
    question = _scale(s, kpi)
    if unit is Unit.SCORE and question:
        return float(question[0]), float(question[1])
    ends = {Unit.PERCENT: (0.0, 100.0), Unit.POINTS: (-100.0, 100.0)}
    return ends.get(unit, (0.0, float("inf")))


def target_overdue(s: Strategy, today: date | None) -> Hits:
    """The last target has just passed: the next one is a decision."""
    for path, kpi in _kpis(s):
        if today and kpi.targets and today - GRACE <= max(t.by for t in kpi.targets) < today:
            what = "The last target of “{kpi}” has passed."
            yield hit((*path, "targets"), what, "Decide on the next one.", kpi=kpi.id)


def no_target_ahead(s: Strategy, today: date | None) -> Hits:
    """The last target passed more than a quarter ago: the KPI aims at nothing."""
    for path, kpi in _kpis(s):
        if today and kpi.targets and max(t.by for t in kpi.targets) < today - GRACE:
            what = "All targets of “{kpi}” lie in the past."
            yield hit((*path, "targets"), what, "Add a target with a date ahead, or drop the KPI.", kpi=kpi.id)


def same_number_twice(s: Strategy, today: date | None) -> Hits:
    """One number has one KPI: two names for it will be read as two results."""
    seen: dict[object, str] = {}
    for path, kpi, metric in _metrics(s):
        where = tuple(sorted((d, tuple(sorted(v))) for d, v in kpi.scope.where.items())) if kpi.scope else ()
        first = seen.setdefault((metric.key(kpi.of), where), kpi.id)
        if first != kpi.id:
            what = "“{kpi}” is the same number as “{first}”."
            yield hit((*path, "id"), what, "Keep one of them.", kpi=kpi.id, first=first)


def counter(s: Strategy, today: date | None) -> Hits:
    """The counter-KPI is another declared KPI."""
    for path, kpi in _kpis(s):
        if kpi.counter == kpi.id:
            what = "“{kpi}” cannot watch over itself."
            yield hit((*path, "counter"), what, "Take the KPI that would show the harm.", kpi=kpi.id)
        elif kpi.counter:
            known = [k.id for k in s.kpis]
            yield from named((*path, "counter"), kpi.counter, known, "There is no KPI “{name}”.")


def sales_without_counter(s: Strategy, today: date | None) -> Hits:
    """What can be lifted at customers' cost has a counter-KPI that would show it."""
    for path, kpi in _kpis(s):
        if kpi.metric in SALES and not kpi.counter:
            what = "“{kpi}” can be lifted at the customers' cost, and nothing would show it."
            yield hit((*path, "id"), what, "Add “counter:” with a KPI of what customers get.", kpi=kpi.id)


def links(s: Strategy, today: date | None) -> Hits:
    """A link leads to another declared KPI."""
    known = [k.id for k in s.kpis]
    for path, kpi in _kpis(s):
        for i, link in enumerate(kpi.drives):
            at: Path = (*path, "drives", i, "kpi")
            if link.kpi == kpi.id:
                yield hit(at, "“{kpi}” cannot drive itself.", "Name the KPI it drives, or drop the link.", kpi=kpi.id)
            else:
                yield from named(at, link.kpi, known, "There is no KPI “{name}”.")


def link_without_reason(s: Strategy, today: date | None) -> Hits:
    """A link that is not arithmetic is a belief, and says why it is held."""
    for path, kpi in _kpis(s):
        for i, link in enumerate(kpi.drives):
            if not link.identity and link.reason is None:
                what = "Nobody says why “{kpi}” should move “{other}”."
                mend = "Add “reason:”, or “identity: true” if it is arithmetic."
                yield hit((*path, "drives", i), what, mend, kpi=kpi.id, other=link.kpi)


def link_past_review(s: Strategy, today: date | None) -> Hits:
    """A belief is looked at again on its date."""
    for path, kpi in _kpis(s):
        for i, link in enumerate(kpi.drives):
            if today and link.review and link.review < today:
                what = "The link from “{kpi}” to “{other}” is past its review date."
                mend = "Look at its evidence, then set a new date or drop it."
                yield hit((*path, "drives", i, "review"), what, mend, kpi=kpi.id, other=link.kpi)


def cycle(s: Strategy, today: date | None) -> Hits:
    """Links lead from cause to outcome; a circle has neither."""
    index = {kpi.id: i for i, kpi in enumerate(s.kpis)}
    done: set[str] = set()
    for start in index:
        trail: list[tuple[str, int]] = [(start, 0)] if start not in done else []
        while trail:
            id, j = trail.pop()
            drives = s.kpis[index[id]].drives
            if j == len(drives):
                done.add(id)
                continue
            trail.append((id, j + 1))
            target = drives[j].kpi
            way = [name for name, _ in trail]
            if target in way and target != id:
                what, mend = "These links run in a circle: {way}.", "Drop the link that leads from outcome to cause."
                round_ = way[way.index(target) :]
                circle = " → ".join([*(round_ if len(round_) < 9 else [*round_[:4], "…", *round_[-3:]]), target])
                yield hit(("kpis", index[id], "drives", j, "kpi"), what, mend, way=circle)
            elif target in index and target not in done and target != id:
                trail.append((target, 0))


def long_names(s: Strategy, today: date | None) -> Hits:
    """Names fit on a card in both languages."""
    short: list[tuple[Path, Local | None, int]] = [((*path, "name"), kpi.name, SHORT) for path, kpi in _kpis(s)]
    short += [((*path, "owner"), kpi.owner, SHORTER) for path, kpi in _kpis(s)]
    short += [(("questions", i, "name"), question.name, SHORT) for i, question in enumerate(s.questions)]
    for path, text, most in short:
        longest = max(len(text.en), len(text.vi)) if text else 0
        if longest > most:
            what, mend = "This name has {longest} letters; {most} fit on a card.", "Shorten it."
            yield hit(path, what, mend, longest=longest, most=most)
