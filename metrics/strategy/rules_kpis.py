"""Rules about KPIs: purpose, metric, owner, levers, links, names."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from math import isfinite

from metrics.kpis import BY_ID
from metrics.kpis.metric import Metric, Parameter
from metrics.strategy.finding import Hits, Now, Path, hit
from metrics.strategy.model import KPI, Local, Strategy
from metrics.strategy.rules_goals import named

SHORT, SHORTER = 28, 20
"""Letters of a KPI's name and of an owner that fit on a card in both languages."""

#: Metrics a business can lift at its customers' cost.
SALES = ("revenue", "new_customers")


def kpis_of(s: Strategy) -> Iterator[tuple[Path, KPI]]:
    return ((("kpis", i), kpi) for i, kpi in enumerate(s.kpis))


def metrics_of(s: Strategy) -> Iterator[tuple[Path, KPI, Metric]]:
    return ((path, kpi, BY_ID[kpi.metric]) for path, kpi in kpis_of(s) if kpi.metric in BY_ID)


def number(kpi: KPI) -> Hashable:
    """What number a KPI is, whatever its name: its metric with its parameters, and its scope."""
    where = tuple(sorted((d, tuple(sorted(v))) for d, v in kpi.scope.where.items())) if kpi.scope else ()
    return BY_ID[kpi.metric].key(kpi.of), where


def kpi_without_goal(s: Strategy, now: Now) -> Hits:
    """No goal, no number: every KPI serves a declared goal."""
    for path, kpi in kpis_of(s):
        if not (kpi.goal or "").strip():
            what, mend = "The KPI “{kpi}” serves no goal.", "Add “goal:” with a declared goal, or drop the KPI."
            yield hit((*path, "id"), what, mend, kpi=kpi.id)


def unknown_goal(s: Strategy, now: Now) -> Hits:
    """The goal a KPI serves is declared."""
    for path, kpi in kpis_of(s):
        if (kpi.goal or "").strip():
            yield from named((*path, "goal"), str(kpi.goal), [g.id for g in s.goals], "There is no goal “{name}”.")


def unknown_metric(s: Strategy, now: Now) -> Hits:
    """The metric is one the product has a formula for."""
    for path, kpi in kpis_of(s):
        yield from named((*path, "metric"), kpi.metric, list(BY_ID), "There is no metric “{name}”.")


def parameters(s: Strategy, now: Now) -> Hits:
    """A KPI gives its metric the parameters it needs, and no others."""
    for path, kpi, metric in metrics_of(s):
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


def parameter_question(s: Strategy, now: Now) -> Hits:
    """The question a KPI reads is declared."""
    for path, kpi, metric in metrics_of(s):
        if any(p.name == "question" for p in metric.parameters) and isinstance(kpi.of.get("question"), str):
            known = [q.id for q in s.questions]
            yield from named(
                (*path, "of", "question"), str(kpi.of["question"]), known, "There is no question “{name}”."
            )


def scale_of(s: Strategy, kpi: KPI) -> tuple[int, int] | None:
    return next((q.scale for q in s.questions if q.id == kpi.of.get("question")), None)


def scale(s: Strategy, now: Now) -> Hits:
    """A scale is part of a metric: a question from 1 to 5 is never an NPS."""
    for path, kpi, metric in metrics_of(s):
        found = scale_of(s, kpi)
        wrong = metric.scale(*found) if found else None
        if wrong:
            yield hit((*path, "of", "question"), wrong, "Take another metric or another question.")


def unknown_stage(s: Strategy, now: Now) -> Hits:
    """The stage a KPI stands at is declared."""
    for path, kpi in kpis_of(s):
        if kpi.stage:
            yield from named((*path, "stage"), kpi.stage, [x.id for x in s.journey], "There is no stage “{name}”.")


def kpi_without_owner(s: Strategy, now: Now) -> Hits:
    """Somebody's function answers for each KPI."""
    for path, kpi in kpis_of(s):
        if kpi.owner is None:
            what, mend = "Nobody owns the KPI “{kpi}”.", "Add “owner:” with a function or role."
            yield hit((*path, "id"), what, mend, kpi=kpi.id)


def kpi_without_lever(s: Strategy, now: Now) -> Hits:
    """A KPI has a lever: a policy, a process or a way of acting that moves it."""
    for path, kpi in kpis_of(s):
        if not kpi.levers:
            what = "“{kpi}” is a number without a handle: nothing that moves it is named."
            yield hit((*path, "id"), what, "Add “levers:”, or stop watching it.", kpi=kpi.id)


def lever_without_owner(s: Strategy, now: Now) -> Hits:
    """A lever has a function or role that can pull it; else everybody waits for somebody."""
    for path, kpi in kpis_of(s):
        for i, lever in enumerate(kpi.levers):
            if lever.owner is None:
                what, mend = "Nobody owns this lever of “{kpi}”.", "Add “owner:” with a function or role."
                yield hit((*path, "levers", i), what, mend, kpi=kpi.id)


def kpi_without_reading(s: Strategy, now: Now) -> Hits:
    """What a poor and a good result lead to is agreed before the result is known."""
    for path, kpi in kpis_of(s):
        if kpi.reading is None:
            what = "Nobody has said what is done when “{kpi}” is low or high."
            yield hit((*path, "id"), what, "Add “reading:” with low and high.", kpi=kpi.id)


def same_number_twice(s: Strategy, now: Now) -> Hits:
    """One number has one KPI: two names for it will be read as two results."""
    seen: dict[Hashable, str] = {}
    for path, kpi, _ in metrics_of(s):
        first = seen.setdefault(number(kpi), kpi.id)
        if first != kpi.id:
            what = "“{kpi}” is the same number as “{first}”."
            yield hit((*path, "id"), what, "Keep one of them.", kpi=kpi.id, first=first)


def counter(s: Strategy, now: Now) -> Hits:
    """The counter-KPI is another declared KPI."""
    for path, kpi in kpis_of(s):
        if kpi.counter == kpi.id:
            what = "“{kpi}” cannot watch over itself."
            yield hit((*path, "counter"), what, "Take the KPI that would show the harm.", kpi=kpi.id)
        elif kpi.counter:
            known = [k.id for k in s.kpis]
            yield from named((*path, "counter"), kpi.counter, known, "There is no KPI “{name}”.")


def sales_without_counter(s: Strategy, now: Now) -> Hits:
    """What can be lifted at customers' cost has a counter-KPI that would show it."""
    for path, kpi in kpis_of(s):
        other = next((k for k in s.kpis if k.id == kpi.counter), None)
        if kpi.metric in SALES and other and other.id != kpi.id and other.metric in SALES:
            what = "“{counter}” can be lifted at the customers' cost just as “{kpi}” can."
            mend = "Take a KPI of what customers get, such as buying again."
            yield hit((*path, "counter"), what, mend, kpi=kpi.id, counter=other.id)
        if kpi.metric in SALES and not kpi.counter:
            what = "“{kpi}” can be lifted at the customers' cost, and nothing would show it."
            yield hit((*path, "id"), what, "Add “counter:” with a KPI of what customers get.", kpi=kpi.id)


def links(s: Strategy, now: Now) -> Hits:
    """A link leads to another declared KPI."""
    known = [k.id for k in s.kpis]
    for path, kpi in kpis_of(s):
        for i, link in enumerate(kpi.drives):
            at: Path = (*path, "drives", i, "kpi")
            if link.kpi == kpi.id:
                yield hit(at, "“{kpi}” cannot drive itself.", "Name the KPI it drives, or drop the link.", kpi=kpi.id)
            else:
                yield from named(at, link.kpi, known, "There is no KPI “{name}”.")


def link_without_reason(s: Strategy, now: Now) -> Hits:
    """A link that is not arithmetic is a belief, and says why it is held."""
    for path, kpi in kpis_of(s):
        for i, link in enumerate(kpi.drives):
            if not link.identity and link.reason is None:
                what = "Nobody says why “{kpi}” should move “{other}”."
                mend = "Add “reason:”, or “identity: true” if it is arithmetic."
                yield hit((*path, "drives", i), what, mend, kpi=kpi.id, other=link.kpi)


def link_without_review(s: Strategy, now: Now) -> Hits:
    """A belief has a day on which its evidence is looked at; else it is held for ever."""
    for path, kpi in kpis_of(s):
        for i, link in enumerate(kpi.drives):
            if not link.identity and link.review is None:
                what = "Nobody has said when the link from “{kpi}” to “{other}” is looked at again."
                yield hit((*path, "drives", i), what, "Add “review:” with a day.", kpi=kpi.id, other=link.kpi)


def link_past_review(s: Strategy, now: Now) -> Hits:
    """A belief is looked at again on its date."""
    for path, kpi in kpis_of(s):
        for i, link in enumerate(kpi.drives):
            if now.today and link.review and link.review < now.today:
                what = "The link from “{kpi}” to “{other}” is past its review date."
                mend = "Look at its evidence, then set a new date or drop it."
                yield hit((*path, "drives", i, "review"), what, mend, kpi=kpi.id, other=link.kpi)


def cycle(s: Strategy, now: Now) -> Hits:
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


def same_name_twice(s: Strategy, now: Now) -> Hits:
    """Two numbers do not bear one name: readers would take one for the other."""
    for lang in ("en", "vi"):
        seen: dict[str, str] = {}
        for path, kpi in kpis_of(s):
            first = seen.setdefault(kpi.name(lang).casefold(), kpi.id)
            if first != kpi.id:
                what = "“{kpi}” has the same name as “{first}”."
                yield hit((*path, "name"), what, "Give one of them another name.", kpi=kpi.id, first=first)


def long_names(s: Strategy, now: Now) -> Hits:
    """Names fit on a card in both languages."""
    short: list[tuple[Path, Local | None, int]] = [((*path, "name"), kpi.name, SHORT) for path, kpi in kpis_of(s)]
    short += [((*path, "owner"), kpi.owner, SHORTER) for path, kpi in kpis_of(s)]
    short += [(("questions", i, "name"), question.name, SHORT) for i, question in enumerate(s.questions)]
    for path, text, most in short:
        longest = max(len(text.en), len(text.vi)) if text else 0
        if longest > most:
            what, mend = "This name has {longest} letters; {most} fit on a card.", "Shorten it."
            yield hit(path, what, mend, longest=longest, most=most)
