"""Rules about purpose: what the file is used for, goals, languages and events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from metrics.strategy.finding import Hits, Now, Path, hit, suggestion
from metrics.strategy.model import KPI, Local, Strategy


def named(path: Path, name: str, known: list[str], what: str) -> Hits:
    """One hit when ``name`` is not among ``known``; ``what`` is a sentence with the place {name}."""
    if name not in known:
        mend, values = suggestion(name, known)
        yield hit(path, what, mend, name=name, **values)


def used_for(s: Strategy, now: Now) -> Hits:
    """The file serves the strategy and nothing else. Numbers used for pay or ranking are bent by those they judge."""
    if s.used_for.strip().casefold() != "strategy":
        yield hit(
            ("used_for",),
            "These numbers serve the strategy only: used for pay, ranking or appraisal they turn false.",
            "Write “used_for: strategy”. For pay and development take what people do, seen together with them.",
        )


def goal_without_kpi(s: Strategy, now: Now) -> Hits:
    """Each goal has at least one KPI, else nobody sees whether it comes nearer."""
    for i, goal in enumerate(s.goals):
        if not any(k.goal == goal.id for k in s.kpis):
            what, mend = "No KPI serves the goal “{goal}”.", "Give one KPI “goal: {goal}”, or drop the goal."
            yield hit(("goals", i, "id"), what, mend, goal=goal.id)


def goal_without_customer_outcome(s: Strategy, now: Now) -> Hits:
    """A goal says what customers get."""
    for i, goal in enumerate(s.goals):
        if goal.customer_outcome is None:
            what = "The goal “{goal}” does not say what customers get."
            yield hit(("goals", i), what, "Add “customer_outcome:” in the customer's words.", goal=goal.id)


def goal_without_business_outcome(s: Strategy, now: Now) -> Hits:
    """A goal says what the business gets."""
    for i, goal in enumerate(s.goals):
        if goal.business_outcome is None:
            what = "The goal “{goal}” does not say what the business gets."
            yield hit(("goals", i), what, "Add “business_outcome:” with a figure.", goal=goal.id)


def goal_kpi(s: Strategy, now: Now) -> Hits:
    """The KPI on a goal's card exists and serves this goal."""
    for i, goal in enumerate(s.goals):
        if goal.kpi is None:
            continue
        path: Path = ("goals", i, "kpi")
        found = next((k for k in s.kpis if k.id == goal.kpi), None)
        yield from named(path, goal.kpi, [k.id for k in s.kpis], "There is no KPI “{name}”.")
        if found and found.goal != goal.id:
            what = "The KPI “{kpi}” on this goal's card serves another goal."
            yield hit(path, what, "Take one of this goal's own KPIs.", kpi=goal.kpi)


def goal_without_horizon(s: Strategy, now: Now) -> Hits:
    """A goal has a day by which it is reached or decided anew."""
    for i, goal in enumerate(s.goals):
        if goal.horizon is None:
            what, mend = "The goal “{goal}” has no horizon.", "Add “horizon:” with a day, years ahead if need be."
            yield hit(("goals", i, "id"), what, mend, goal=goal.id)


def goal_without_leading_kpi(s: Strategy, now: Now) -> Hits:
    """A goal has a leading KPI: one that is believed to drive another. With results alone, what goes wrong is seen when
    customers have left."""
    for i, goal in enumerate(s.goals):
        mine = [k for k in s.kpis if k.goal == goal.id]
        if mine and not any(_drives(k) for k in mine):
            what = "No KPI of the goal “{goal}” is leading: none is believed to drive another."
            yield hit(("goals", i, "id"), what, "Give one of its KPIs “drives:”, or add one that does.", goal=goal.id)


def goal_without_lagging_kpi(s: Strategy, now: Now) -> Hits:
    """A goal has a lagging KPI: a result that drives nothing further. With drivers alone, nobody sees whether it was
    worth it."""
    for i, goal in enumerate(s.goals):
        mine = [k for k in s.kpis if k.goal == goal.id]
        if mine and all(_drives(k) for k in mine):
            what = "No KPI of the goal “{goal}” is lagging: all of them only drive others."
            yield hit(("goals", i, "id"), what, "Add the KPI of its result.", goal=goal.id)


def _drives(kpi: KPI) -> bool:
    """Parts of a whole (identity links) are neither leading nor lagging by themselves."""
    return any(not link.identity for link in kpi.drives)


def goal_past_horizon(s: Strategy, now: Now) -> Hits:
    """A goal whose horizon has passed waits for a decision."""
    for i, goal in enumerate(s.goals):
        if now.today and goal.horizon and goal.horizon < now.today:
            what = "The horizon of the goal “{goal}” has passed."
            yield hit(("goals", i, "horizon"), what, "Decide: reached, dropped, or a new date.", goal=goal.id)


def written_once(s: Strategy, now: Now) -> Hits:
    """Where two languages are offered, every text is written in both; one plain text counts for both."""
    if len(set(s.organisation.languages)) < 2:
        return
    once = [path for path, text in locals_of(s) if text.en == text.vi and len(text.en.split()) > 3]
    if once:
        what = "Texts that are written in one language only: {count}. The first stands here."
        yield hit(once[0], what, "Write {{en: …, vi: …}}, or offer one language.", count=len(once))


def locals_of(node: Any, path: Path = ()) -> Iterator[tuple[Path, Local]]:
    """Every text of the file that a person reads, with its place."""
    if isinstance(node, Local):
        yield path, node
    elif isinstance(node, tuple):
        for i, child in enumerate(node):
            yield from locals_of(child, (*path, i))
    else:
        for name in getattr(type(node), "model_fields", {}):
            yield from locals_of(getattr(node, name), (*path, name))


def events(s: Strategy, now: Now) -> Hits:
    """Events are drawn on declared KPIs."""
    for i, event in enumerate(s.events):
        for j, kpi in enumerate(event.kpis):
            yield from named(("events", i, "kpis", j), kpi, [k.id for k in s.kpis], "There is no KPI “{name}”.")


def languages(s: Strategy, now: Now) -> Hits:
    """Both languages are offered."""
    if len(set(s.organisation.languages)) < 2:
        what, mend = "Fewer than two languages are offered.", "Write “languages: [vi, en]” if readers need both."
        yield hit(("organisation", "languages"), what, mend)
