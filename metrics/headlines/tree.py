"""The KPI tree in sentences: where loyalty breaks, how it moved, what needs a decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from metrics.change import change
from metrics.decisions import Decision
from metrics.errors import Refusal
from metrics.headlines.sentence import lower, quoted
from metrics.kpis import BY_ID
from metrics.labels import change_text, join_names, row_text
from metrics.loyalty.evidence import Evidence
from metrics.periods import WAVE, year_before
from metrics.release import Release
from metrics.standing import KpiStand, Standing, figure
from metrics.strategy.model import Strategy
from metrics.tree import Tree
from metrics.words import Words


def headline(tree: Tree, stands: Mapping[str, KpiStand], open_ones: Sequence[Decision], w: Words) -> str:
    """What carries the outcome, and where it breaks: the KPIs below it that are furthest off, nearest places first."""
    root = stands[tree.root.id]
    told = {"outcome": tree.root.name(w.lang)}
    inside = {b.kpi.id: b for b in tree.branches}
    broken = join_names([quoted(inside[id].kpi.name(w.lang)) for id in places(tree, stands, open_ones)[:2]], w)
    if root.row is None or root.row.value is None:
        if broken:
            return w("{outcome} has no figure in this period; furthest off below it: {broken}.", **told, broken=broken)
        return w("{outcome} has no figure in this period, and nothing below it is off course.", **told)
    if root.standing is Standing.OFF and broken:
        return w("{outcome} is off course; below it the path breaks at {broken}.", **told, broken=broken)
    if root.standing is Standing.OFF:
        return w("{outcome} is off course, yet nothing below it is: the tree misses what carries it.", **told)
    if root.standing is Standing.UNSURE and broken:
        return w(
            "We cannot tell yet whether {outcome} is on course; furthest off below it: {broken}.", **told, broken=broken
        )
    if root.standing is Standing.UNSURE:
        return w("We cannot tell yet whether {outcome} is on course; nothing below it is off.", **told)
    if broken:
        return w("{outcome} is on course, but not what carries it: {broken}.", **told, broken=broken)
    return w("{outcome} is on course, and nothing below it is off.", **told)


def places(tree: Tree, stands: Mapping[str, KpiStand], open_ones: Sequence[Decision]) -> list[str]:
    """KPIs below the outcome that are off course: those next to it first, by urgency. Where one that a KPI is computed
    from is more urgent still, that one is named: it says where."""
    urgent = [d.about for d in open_ones]
    off = [b for b in tree.branches[1:] if stands[b.kpi.id].standing is Standing.OFF]

    def rank(id: str) -> int:
        return urgent.index(id) if id in urgent else len(urgent)

    named: list[str] = []
    for branch in sorted(off, key=lambda b: (b.depth, rank(b.kpi.id))):
        inner = [b.kpi.id for b in tree.below(branch.kpi.id) if b in off and b.evidence is Evidence.IDENTITY]
        place = min([branch.kpi.id, *inner], key=rank)
        family = {branch.kpi.id, *(b.kpi.id for b in tree.below(branch.kpi.id))}
        if place not in named and not (branch.depth > 1 and any(n in family for n in named)):
            named.append(place)
    return named


def evidence(tree: Tree, stands: Mapping[str, KpiStand], release: Release, w: Words) -> str:
    """How the outcome moved in a year, how many KPIs are off, and how much of the tree is only believed."""
    parts = []
    root = stands[tree.root.id]
    if root.row is not None and root.row.value is not None:
        parts.append(_moved(root, release, w))
    counts = {s: sum(stands[b.kpi.id].standing is s for b in tree.branches) for s in Standing}
    parts.append(
        w(
            "Of the {all} KPIs here {off} are off course and {on} on course.",
            all=len(tree.branches),
            off=counts[Standing.OFF],
            on=counts[Standing.ON],
        )
    )
    parts.append(_served(tree, release.strategy, w))
    links = [b.evidence for b in tree.branches[1:]]
    assumed = sum(e is Evidence.ASSUMED for e in links)
    seen = sum(e is Evidence.OBSERVED for e in links)
    if links and assumed == len(links):
        parts.append(w("All its links are believed, none is tested yet."))
    elif links and seen:
        text = "{seen} of its {all} links are seen in the data; none of them says what brings what about."
        parts.append(w(text, seen=seen, all=len(links)))
    elif assumed:
        parts.append(w("{n} of its {all} links are believed, not tested yet.", n=assumed, all=len(links)))
    return " ".join(p for p in parts if p)


def _served(tree: Tree, strategy: Strategy, w: Words) -> str:
    """Why the tree counts other KPIs than the card of the outcome's goal: one counts what carries it, the other
    what serves the goal. Empty where both are the same."""
    goal = next((g for g in strategy.goals if g.id == tree.root.goal), None)
    if goal is None:
        return ""
    here = {b.kpi.id for b in tree.branches}
    mine = {k.id for k in strategy.kpis if k.goal == goal.id}
    told = {"goal": goal.name(w.lang), "others": len(here - mine), "elsewhere": len(mine - here), "all": len(mine)}
    if here == mine:
        return ""
    if mine <= here:
        return w(
            "The goal “{goal}” has {all}: the other {others} serve another goal but carry this outcome too.", **told
        )
    if here <= mine:
        return w("The goal “{goal}” has {all}: {elsewhere} of them carry something else.", **told)
    return w(
        "The goal “{goal}” has {all}: {elsewhere} of them are not here, and {others} here serve another goal.", **told
    )


def _moved(at: KpiStand, release: Release, w: Words) -> str:
    row = at.row
    assert row is not None
    unit = BY_ID[at.kpi.metric].unit_of(at.kpi.of)
    currency = release.strategy.organisation.currency
    told = {
        "kpi": at.kpi.name(w.lang),
        "value": row_text(row, unit, w, currency),
        "period": w.period(row.period),
    }
    before = None
    if at.period and at.period != WAVE and at.doubt is None:
        try:
            before = figure(release, at.kpi.id, year_before(at.period))
        except Refusal:
            before = None
    moved = change(before, row) if before else None
    if moved is None:
        return w("{kpi} stands at {value} in {period}.", **told)
    size = change_text(moved.value, unit, w, currency, signed=False)
    if not moved.sure:
        return w("{kpi} stands at {value} in {period}, no clear change in a year.", **told)
    if moved.value > 0:
        return w("{kpi} rose by {change} in a year, to {value} in {period}.", change=size, **told)
    return w("{kpi} fell by {change} in a year, to {value} in {period}.", change=size, **told)


def decisions(
    tree: Tree, stands: Mapping[str, KpiStand], open_ones: Sequence[Decision], w: Words
) -> list[tuple[str, str, str]]:
    """At most three as (KPI or stage, what, who and by when), in the order of the places the headline names."""
    order = places(tree, stands, open_ones)
    about = {d.about: d for d in open_ones if d.text}
    mine = [about[id] for id in order if id in about]
    silent = [d for d in open_ones if d.stage]
    rows = []
    for d in [*mine[: 3 - min(1, len(silent))], *silent][:3]:
        who = [d.owner(w.lang)] if d.owner else []
        by = " · ".join([*who, w("by {day}", day=w.day(d.by))])
        if d.stage:
            rows.append((d.about, w("Place a listening post at {stage}.", stage=lower(d.stage.name(w.lang))), by))
        elif d.text and d.stand:
            text = w("{kpi}: {what}", kpi=d.stand.kpi.name(w.lang), what=d.text(w.lang))
            rows.append((d.about, text, by))
    return rows
