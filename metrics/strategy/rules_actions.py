"""Rules about actions: a lever pulled on a date, with what it should do, and when somebody looks."""

from __future__ import annotations

from collections.abc import Iterator

from metrics.strategy.finding import Hits, Now, Path, hit
from metrics.strategy.model import Action, Strategy
from metrics.strategy.rules_goals import named


def _actions(s: Strategy) -> Iterator[tuple[Path, Action]]:
    return ((("actions", i), action) for i, action in enumerate(s.actions))


def action_without_kpi(s: Strategy, now: Now) -> Hits:
    """An action says which KPI it should move; else nobody will know whether it worked."""
    for path, action in _actions(s):
        if action.kpi is None:
            what, mend = "The action “{action}” moves no KPI.", "Add “kpi:” with the KPI it should move."
            yield hit((*path, "id"), what, mend, action=action.id)


def action_without_effect(s: Strategy, now: Now) -> Hits:
    """What an action should do is written down before it starts; afterwards everything looks expected."""
    for path, action in _actions(s):
        if action.expected is None:
            what = "The action “{action}” does not say by how much it should move its KPI."
            yield hit((*path, "id"), what, "Add “expected:” in the KPI's unit, minus for a fall.", action=action.id)


def action_without_review(s: Strategy, now: Now) -> Hits:
    """An action has a day on which its effect is looked at."""
    for path, action in _actions(s):
        if action.review is None:
            what, mend = "Nobody has said when the action “{action}” is looked at.", "Add “review:” with a day."
            yield hit((*path, "id"), what, mend, action=action.id)


def action_without_owner(s: Strategy, now: Now) -> Hits:
    """An action has a function or role that carries it out."""
    for path, action in _actions(s):
        if action.owner is None:
            what, mend = "Nobody carries out the action “{action}”.", "Add “owner:” with a function or role."
            yield hit((*path, "id"), what, mend, action=action.id)


def action_without_lever(s: Strategy, now: Now) -> Hits:
    """An action pulls a declared lever: a policy, a behaviour or a process."""
    for path, action in _actions(s):
        if action.lever is None:
            what = "The action “{action}” pulls no lever."
            yield hit((*path, "id"), what, "Add “lever:” with the id of a lever of its KPI.", action=action.id)


def action_names(s: Strategy, now: Now) -> Hits:
    """The lever, KPI and stage of an action are declared."""
    levers = [lever.id for k in s.kpis for lever in k.levers if lever.id]
    for path, action in _actions(s):
        if action.lever:
            yield from named((*path, "lever"), action.lever, levers, "There is no lever “{name}”.")
        if action.kpi:
            yield from named((*path, "kpi"), action.kpi, [k.id for k in s.kpis], "There is no KPI “{name}”.")
        if action.stage:
            yield from named((*path, "stage"), action.stage, [x.id for x in s.journey], "There is no stage “{name}”.")


def lever_of_another_kpi(s: Strategy, now: Now) -> Hits:
    """The lever of an action is one that its KPI names."""
    of = {lever.id: k.id for k in s.kpis for lever in k.levers if lever.id}
    for path, action in _actions(s):
        if action.lever in of and action.kpi and of[action.lever] != action.kpi:
            what = "The lever “{lever}” stands under the KPI “{kpi}”, not under the one this action should move."
            mend = "Take a lever of that KPI, or the KPI of that lever."
            yield hit((*path, "lever"), what, mend, lever=action.lever, kpi=of[action.lever])


def effect_the_wrong_way(s: Strategy, now: Now) -> Hits:
    """An action is expected to move its KPI the good way."""
    ways = {k.id: k.direction for k in s.kpis}
    for path, action in _actions(s):
        way = ways.get(action.kpi or "")
        if way and action.expected is not None and not (action.expected > 0 if way == "up" else action.expected < 0):
            what = "This action would not move its KPI the good way, which is “{direction}”."
            yield hit((*path, "expected"), what, "Mend the sign or the KPI; minus is a fall.", direction=way)


def review_before_start(s: Strategy, now: Now) -> Hits:
    """An action is looked at after it has started."""
    for path, action in _actions(s):
        if action.review and action.review <= action.start:
            what = "This action is looked at before it has done anything."
            yield hit((*path, "review"), what, "Write a day after “start:”.")


def action_past_review(s: Strategy, now: Now) -> Hits:
    """On its review day an action is kept, changed or dropped."""
    for path, action in _actions(s):
        if now.today and action.review and action.review < now.today:
            what = "The action “{action}” is past its review date."
            mend = "Look at its effect; then keep it, change it or drop it, and set the next day."
            yield hit((*path, "review"), what, mend, action=action.id)
