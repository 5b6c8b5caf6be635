"""The KPI tree as a picture: what the cards say and how they hang together, as plain data for the browser to lay out.

Every text is already in the reader's language; the component inserts it as text, never as markup."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from metrics.answers import Request, ask
from metrics.change import change
from metrics.charts.layout import thin
from metrics.charts.limits import fields, stretches
from metrics.closeup import latest
from metrics.errors import Refusal, Refused
from metrics.kpis import BY_ID
from metrics.kpis.metric import Unit
from metrics.labels import DIGITS, about_text, change_text, digits_of, scale_top, span_text, target_text, value_parts
from metrics.loyalty.evidence import Base, Evidence
from metrics.loyalty.results import LinkRow
from metrics.periods import WAVE, block_of, first_day, months_of, year_before
from metrics.release import Release
from metrics.standing import KpiStand, Standing, figure
from metrics.strategy.history import dated_events
from metrics.strategy.model import KPI
from metrics.tree import Branch, Tree
from metrics.words import DASH, Words

SPARK = 24
Plain = dict[str, Any]


def evidence_words(w: Words) -> dict[Evidence, tuple[str, str]]:
    """Name of each kind of evidence and what it says of a link."""
    return {
        Evidence.IDENTITY: (w("Identity"), w("by arithmetic")),
        Evidence.TESTED: (w("Tested"), w("an action moved it")),
        Evidence.OBSERVED: (w("Observed"), w("goes with it")),
        Evidence.UNCLEAR: (w("Unclear"), w("data cannot say")),
        Evidence.CONTRADICTED: (w("Contradicted"), w("data say otherwise")),
        Evidence.ASSUMED: (w("Assumed"), w("no data yet")),
    }


def stands_of(release: Release, trees: Sequence[Tree], period: str) -> dict[str, KpiStand]:
    """Where each KPI of these trees stands in a period, or in its last one before."""
    ids = dict.fromkeys(b.kpi.id for t in trees for b in t.branches)
    return {id: latest(release, id, period) for id in ids}


def picture(
    release: Release,
    trees: Sequence[Tree],
    stands: Mapping[str, KpiStand],
    period: str,
    names: Mapping[Standing, str],
    href: Callable[[str], str],
    callouts: Mapping[str, int],
    w: Words,
) -> Plain:
    """Cards and trees as plain data. ``names``: the words of the standings; ``href``: address of a KPI's page;
    ``callouts``: numbers under "To decide now" by KPI."""
    said = evidence_words(w)
    cards = {}
    for id, at in stands.items():
        cards[id] = _card(release, at, period, names, w) | {"href": href(id), "callout": callouts.get(id)}
    return {
        "trees": [_tree(t, cards, said, names, w) for t in trees],
        "cards": cards,
        "evidence": {e.value: {"name": name, "said": text} for e, (name, text) in said.items()},
        "statuses": {s.value: names[s] for s in Standing},
        "words": _words(w),
    }


def _tree(
    tree: Tree,
    cards: Mapping[str, Plain],
    said: Mapping[Evidence, tuple[str, str]],
    names: Mapping[Standing, str],
    w: Words,
) -> Plain:
    """One outcome's tree: branches with what a screen reader says of them, and what a folded branch says."""
    lang = w.lang
    branches = []
    kpis = {b.kpi.id: b.kpi for b in tree.branches}
    for branch in tree.branches:
        id = branch.kpi.id
        below = tree.below(id)
        branches.append(
            {
                "id": id,
                "parent": branch.parent,
                "depth": branch.depth,
                "evidence": branch.evidence.value if branch.evidence else None,
                "also": [{"id": k, "evidence": e.value, "name": kpis[k].name(lang)} for k, e in branch.also],
                "calm": all(cards[b.kpi.id]["status"] != Standing.OFF.value for b in below),
                "folded": _folded(below, cards, names, w),
                "ground": ground_text(branch.ground, w),
                "spoken": _spoken_links(branch, kpis, len(below), said, w),
            }
        )
    present = {b.evidence for b in tree.branches} | {e for b in tree.branches for _, e in b.also}
    return {
        "root": tree.root.id,
        "name": tree.root.name(lang),
        "branches": branches,
        "legend": [e.value for e in Evidence if e in present],
    }


def _folded(below: Sequence[Branch], cards: Mapping[str, Plain], names: Mapping[Standing, str], w: Words) -> str:
    """What the row says that stands for a folded branch."""
    if not below:
        return ""
    counts = {s: sum(cards[b.kpi.id]["status"] == s.value for b in below) for s in Standing}
    if counts[Standing.ON] == len(below):
        return w("{n} more below, all on course", n=len(below))
    listed = ", ".join(f"{n} {names[s].lower()}" for s, n in counts.items() if n)
    return w("{n} more below: {listed}", n=len(below), listed=listed)


def _spoken_links(
    branch: Branch, kpis: Mapping[str, KPI], below: int, said: Mapping[Evidence, tuple[str, str]], w: Words
) -> str:
    parts = []
    links = [(branch.parent, branch.evidence), *branch.also]
    for parent, evidence in links:
        if parent is not None and evidence is not None:
            name, text = said[evidence]
            other = kpis[parent].name(w.lang)
            parts.append(w("Linked to {kpi}: {evidence}, {said}.", kpi=other, evidence=name.lower(), said=text))
    ground = ground_text(branch.ground, w)
    if ground:
        parts.append(f"{ground}.")
    if below:
        parts.append(w("{n} KPIs below.", n=below))
    return " ".join(parts)


def ground_text(found: LinkRow | None, w: Words) -> str:
    """What the evidence of a link stands on: n, the lag, and how far the data go."""
    if found is None or found.n is None or found.data_to is None:
        return ""
    of = w("n = {n} months", n=found.n) if found.base is Base.MONTHS else w("n = {n}", n=about_text(found.n, w))
    lag = w("{days} days later", days=found.lag_days) if found.lag_days else w("right after it")
    return " · ".join([of, lag, w("data to {day}", day=w.day(found.data_to))])


def _card(release: Release, at: KpiStand, period: str, names: Mapping[Standing, str], w: Words) -> Plain:
    kpi, row = at.kpi, at.row
    unit = BY_ID[kpi.metric].unit_of(kpi.of)
    own = at.period or period
    top = scale_top(release.strategy, kpi)
    currency = release.strategy.organisation.currency
    value, small = value_parts(row, unit, w, top, currency)
    span = span_text(row.low, row.high, unit, w) if row else ""
    if row and at.period not in (None, period, WAVE):
        span = f"{span} · {w.period(str(at.period), short=True)}"
    owner = kpi.owner(w.lang) if kpi.owner else ""
    status = names[at.standing]
    target = _target(at, unit, w, currency)
    lines = {"target": target} | {
        key: _moved(release, at, other, unit, w)
        for key, other in (("previous", _previous(own)), ("year", _year_before(own)))
    }
    doubt = ""
    if at.doubt is not None:
        doubt = w(
            "Measured in another way since {day}: {event}.", day=w.day(at.doubt.date), event=at.doubt.name(w.lang)
        )
    gap = ""
    digits = digits_of(unit, row.low, row.high) if row else None
    if at.gap is not None and at.gap > 0:
        if unit in (Unit.PERCENT, Unit.POINTS):
            gap = w("{n} points to go", n=w.number(at.gap, DIGITS[unit]))
        else:
            gap = w("{gap} to go", gap=change_text(at.gap, unit, w, currency, signed=False, digits=digits))
    none = _why_none(at, w) if row is None or row.value is None else ""
    n = w("n = {n}", n=w.number(row.n)) if row and row.n is not None else ""
    when = w.period(at.period) if at.period else ""
    handle = at.has_lever or at.standing not in (Standing.OFF, Standing.UNSURE)
    spoken = [
        f"{kpi.name(w.lang)}: {value}{small}, {when}." if not none else f"{kpi.name(w.lang)}: {none}.",
        w("95% interval {span}.", span=span) if span else "",
        f"{target}." if target else "",
        f"{status}." + ("" if handle else f" {names[Standing.NO_HANDLE]}."),
        f"{gap}." if gap else "",
        doubt,
        w("Owner: {owner}.", owner=owner) if owner else "",
    ]
    return {
        "name": kpi.name(w.lang),
        "value": value,
        "small": small,
        "none": none,
        "span": span,
        "lines": lines,
        "status": at.standing.value,
        "word": status,
        "handle": handle,
        "doubt": doubt,
        "owner": owner,
        "gap": gap,
        "note": " · ".join(x for x in (when, n) if x),
        "indicative": w("indicative") if row and thin(row) else "",
        "spark": _spark(release, kpi),
        "spoken": " ".join(s for s in spoken if s),
    }


def _target(at: KpiStand, unit: Unit, w: Words, currency: str) -> str:
    if at.target is None:
        return w("no target")
    sign = "≤\u00a0" if at.kpi.direction == "down" else ""
    return w("target {value}", value=sign + target_text(at.target, unit, w, currency))


def _why_none(at: KpiStand, w: Words) -> str:
    """Why a card has no figure, short enough for its small line."""
    if at.refused is Refused.NO_SIGNAL:
        return w("No signal yet")
    if at.refused is Refused.SAMPLED:
        return w("Orders are a sample")
    if at.standing is Standing.WITHHELD:
        return w("Not cleared")
    return w("No figure yet")


def _moved(release: Release, at: KpiStand, other: str | None, unit: Unit, w: Words) -> str:
    """The change against another period, only told when its interval leaves zero out."""
    row, kpi = at.row, at.kpi
    if row is None or row.value is None or other is None or row.period == WAVE:
        return w("nothing to compare")
    if at.doubt is not None and at.doubt.date > first_day(other):
        return w("measured anew")
    try:
        before = figure(release, kpi.id, other)
    except Refusal:
        before = None
    moved = change(before, row) if before else None
    if moved is None:
        return w("nothing to compare")
    if not moved.sure:
        return w("no clear change")
    if unit is Unit.MONEY:
        share = 100 * moved.value / before.value if before and before.value else 0.0
        return w("{change} since {period}", change=w.signed(share, 0) + "%", period=w.period(other, short=True))
    size = w.signed(moved.value, 0 if unit in (Unit.POINTS, Unit.COUNT) else 1)
    return w("{change} since {period}", change=size, period=w.period(other, short=True))


def _year_before(period: str) -> str | None:
    return None if period == WAVE else year_before(period)


def _previous(period: str) -> str | None:
    """The period of the same length just before."""
    months = months_of(period)
    if not months:
        return None
    year, month = (int(x) for x in months[0].split("-"))
    before = f"{year - 1}-12" if month == 1 else f"{year}-{month - 1:02d}"
    return block_of(before, {1: "month", 3: "quarter", 6: "half", 12: "year"}[len(months)])


def _spark(release: Release, kpi: KPI) -> Plain | None:
    """The last 24 figures between 0 and 1, cut where the measurement changed, with the limits of the last stretch."""
    try:
        rows = [r for r in ask(release, Request(kpi.id)).rows if r.period != WAVE][-SPARK:]
    except Refusal:
        return None
    values = [r.value for r in rows if r.value is not None]
    if len(values) < 3:
        return None
    events = [e for e in dated_events(release.strategy) if not e.kpis or kpi.id in e.kpis]
    runs = stretches(rows, events)
    parts = fields(runs[-1], events)
    field = parts[-1].limits if parts else None
    low, high = min(values), max(values)
    if field:
        low, high = min(low, field.low), max(high, field.high)
    width = high - low or 1.0

    def place(value: float | None) -> float | None:
        return None if value is None else round((value - low) / width, 3)

    return {
        "runs": [[place(r.value) for r in run] for run in runs],
        "limits": [place(field.low), place(field.high)] if field else None,
        "since": len(runs[-1]) - len(parts[-1].rows) if parts else 0,
    }


def _words(w: Words) -> dict[str, str]:
    """Words of the controls."""
    return {
        "tree": w("KPI tree"),
        "outcome": w("Outcome"),
        "loyalty": w("Loyalty outcome"),
        "compare": w("Compared with"),
        "target": w("target"),
        "previous": w("the period before"),
        "year": w("same period last year"),
        "search": w("Search"),
        "none_found": w("No KPI of that name"),
        "found": w("{n} found", n="{n}"),
        "fit": w("Fit"),
        "smaller": w("Smaller"),
        "larger": w("Larger"),
        "list": w("List"),
        "picture": w("Picture"),
        "fold": w("Fold these {n}", n="{n}"),
        "also": w("also: {kpi}", kpi="{kpi}"),
        "column1": w("What customers meet"),
        "column2": w("What makes it so"),
        "column3": w("Where it can be moved"),
        "keys": w("Arrow keys follow the links, Enter opens a KPI."),
        "foot": w("Small range beside a value: 95% interval. Grey band in a small chart: control limits."),
        "dash": DASH,
    }
