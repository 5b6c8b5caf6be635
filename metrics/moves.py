"""Why a KPI shows another number than in an earlier release: what its new definition did, and what reality did.

With old and new definition D, D' and old and new period t, t', the visible change D'(t') - D(t) is split at a number
that both definitions or both periods share, so that the two parts add up to it exactly:

    D'(t') - D(t)  =  [D'(t) - D(t)]   the definition, over the same rows
                    + [D'(t') - D'(t)]  reality, under one definition

or, where the newer release has no D'(t), through D(t'). The order of the two steps matters only when both changed;
this is the step-by-step decomposition of a sequential standardisation (Kitagawa, "Components of a difference between
two rates", JASA 50(272), 1955, without its interaction term, which stays in the second step).

Nothing is guessed: where a number on the way is withheld, not published, or not about the same customers, the parts
are not told, and ``Lack`` says why.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, unique

from metrics.answers import Row
from metrics.change import Change, change
from metrics.errors import Refusal
from metrics.kpis import BY_ID
from metrics.periods import WAVE, first_day, last_day
from metrics.release import Release
from metrics.standing import figure, last_period
from metrics.strategy.diff import Comparison, formula
from metrics.strategy.model import KPI, Event, Strategy


@unique
class Lack(Enum):
    """Why parts are not told."""

    GONE = "gone"
    """The newer strategy has no such KPI."""
    NEW = "new"
    """The older strategy had no such KPI."""
    NO_FIGURE = "no_figure"
    """One of the two releases shows no figure: withheld, refused or not closed yet."""
    UNIT = "unit"
    """The two figures have different units."""
    MEASUREMENT = "measurement"
    """It was measured in another way in between (a changed question, a declared change of the survey), and nothing was
    measured both ways."""
    GROUP = "group"
    """The figures are not about the same groups of customers: pools differ."""
    NO_BRIDGE = "no_bridge"
    """Neither release has a figure of one definition for both periods."""


@unique
class Bridge(Enum):
    """The number through which a change was split, from the best to the least."""

    SAME = "same"
    """The definition did not change."""
    BOTH_NOW = "both_now"
    """Old and new definition for the old period, both from the newer release: over the very same rows."""
    BOTH_THEN = "both_then"
    """The same, both from the older release."""
    ACROSS = "across"
    """The old period under the new definition from the newer release, against the older release's own figure: rows that
    came late to the old period are then in the definition's part."""
    LATER = "later"
    """Old and new definition for the new period, both from the newer release."""


@dataclass(frozen=True)
class Move:
    """A KPI in two releases. ``visible`` = ``definition`` + ``reality``, in the unit of the KPI; all three are None
    where ``lack`` says why (``visible`` stands where both figures do and have one unit). ``over``: reality's part with
    its interval. ``late``: how many more rows stand behind the old period now than then; None where that cannot be
    told."""

    was: KPI | None
    now: KPI | None
    before: Row | None
    after: Row | None
    visible: float | None = None
    definition: float | None = None
    reality: float | None = None
    over: Change | None = None
    bridge: Bridge | None = None
    late: int | None = None
    lack: Lack | None = None

    @property
    def redefined(self) -> bool:
        return self.bridge not in (None, Bridge.SAME)


def moves(before: Release, after: Release, compared: Comparison) -> tuple[Move, ...]:
    """Every KPI of two releases, each in its own last period, in the order of the newer strategy.

    ``compared`` is the comparison of their strategies (``strategy.diff.compare``)."""
    return tuple(_move(before, after, was, now, compared) for was, now in compared.pairs())


def _move(before: Release, after: Release, was: KPI | None, now: KPI | None, compared: Comparison) -> Move:
    if was is None or now is None:
        lack = Lack.NEW if was is None else Lack.GONE
        return Move(was, now, _last(before, was), _last(after, now), lack=lack)
    old, new = _last(before, was), _last(after, now)
    if old is None or new is None or old.value is None or new.value is None:
        return Move(was, now, old, new, lack=Lack.NO_FIGURE)
    if BY_ID[was.metric].unit_of(was.of) is not BY_ID[now.metric].unit_of(now.of):
        return Move(was, now, old, new, lack=Lack.UNIT)
    visible = new.value - old.value
    if _remeasured(was, now, old, new, compared):
        return Move(was, now, old, new, visible, lack=Lack.MEASUREMENT)
    again = under(after, now, old.period)
    if not defined_anew(was, now, compared.before, compared.after):
        if old.dims != new.dims:
            return Move(was, now, old, new, visible, lack=Lack.GROUP)
        return Move(was, now, old, new, visible, 0.0, visible, change(old, new), Bridge.SAME, _late(old, again))
    rows = under(after, was, old.period) or (again if _same_rows(was, now) else None)
    pooled = False
    for bridge, start, middle, ends in _steps(before, after, was, now, old, new):
        if start is None or middle is None or start.value is None or middle.value is None:
            continue
        if ends[0].dims != ends[1].dims:
            pooled = True
            continue
        definition = middle.value - start.value
        reality = visible - definition
        return Move(was, now, old, new, visible, definition, reality, _moved(*ends, reality), bridge, _late(old, rows))
    return Move(was, now, old, new, visible, lack=Lack.GROUP if pooled else Lack.NO_BRIDGE)


def _steps(
    before: Release, after: Release, was: KPI, now: KPI, old: Row, new: Row
) -> Iterator[tuple[Bridge, Row | None, Row | None, tuple[Row, Row]]]:
    """Ways to take the definition's step, best first: the old definition's figure, the new one's beside it, and the two
    figures of one definition between which reality moved."""
    anew = under(after, now, old.period)
    yield Bridge.BOTH_NOW, under(after, was, old.period), anew, (anew or new, new)
    then = under(before, now, old.period)
    yield Bridge.BOTH_THEN, old, then, (then or new, new)
    yield Bridge.ACROSS, old, anew, (anew or new, new)
    later = under(after, was, new.period)
    yield Bridge.LATER, later, new, (old, later or old)


def _moved(start: Row, end: Row, reality: float) -> Change | None:
    """Reality's part with the interval of the two figures it lies between, moved to where late rows put it."""
    over = change(start, end)
    if over is None or over.low is None or over.high is None:
        return over and Change(reality, None, None)
    shift = reality - over.value
    return Change(reality, over.low + shift, over.high + shift)


def under(release: Release, kpi: KPI, period: str) -> Row | None:
    """The figure a release has for a KPI as another version of the strategy defines it; None where it has none.

    Only what is in the release can be read: a metric that no KPI of its strategy used is not there, and neither is a
    scope of a view it does not have."""
    alien = kpi.model_copy(update={"id": "as_it_was"})
    strategy = release.strategy.model_copy(update={"kpis": (*release.strategy.kpis, alien)})
    try:
        row = figure(release.reading(strategy), alien.id, period)
    except Refusal:
        return None
    return row if row and row.value is not None else None


def _last(release: Release, kpi: KPI | None) -> Row | None:
    """The KPI's figure in its own last period."""
    if kpi is None or kpi.id in release.refused or not any(k.id == kpi.id for k in release.strategy.kpis):
        return None
    period = last_period(release, kpi.id)
    try:
        return figure(release, kpi.id, period) if period else None
    except Refusal:
        return None


def defined_anew(was: KPI, now: KPI, before: Strategy, after: Strategy) -> bool:
    """Whether two versions of a KPI count or cut differently: metric, parameters, scope, or the values of a dimension
    that its scope names."""
    if formula(was.model_copy(update={"id": now.id})) != formula(now):
        return True
    dimensions = tuple(now.scope.where) if now.scope else ()
    return any(_values(before, d) != _values(after, d) for d in dimensions)


def _values(strategy: Strategy, dimension: str) -> object:
    """The values of a dimension and what the sources call them: what decides which rows stand where."""
    declared = next((d for d in strategy.dimensions if d.id == dimension), None)
    spelled = {v.id: frozenset(v.matches) for v in declared.values} if declared else {}
    return (
        tuple((v, spelled.get(v)) for v, _ in strategy.values(dimension)),
        declared.over_hours if declared else None,
    )


def _remeasured(was: KPI, now: KPI, old: Row, new: Row, compared: Comparison) -> bool:
    """Whether what customers were asked, or how, changed between the two figures, by the declared events, the wording
    or scale of the question, or a recorded change that is not the one of the formula."""
    question = now.of.get("question")
    if question is not None and question == was.of.get("question"):
        asked = [next((q for q in s.questions if q.id == question), None) for s in (compared.before, compared.after)]
        if asked[0] and asked[1] and (asked[0].text, asked[0].scale) != (asked[1].text, asked[1].scale):
            return True
    events = [e for e in compared.after.events if e.redefines and (not e.kpis or now.id in e.kpis)]
    recorded = {c.date for c in was.history}
    if not defined_anew(was, now, compared.before, compared.after):
        recorded |= {c.date for c in now.history}
    own = [Event(date=c.date, name=c.what, redefines=True) for c in now.history if c.redefines and c.date in recorded]
    return any(_between(e, old.period, new.period) for e in (*events, *own))


def _between(event: Event, old: str, new: str) -> bool:
    if WAVE in (old, new) or old == new:
        return False
    return first_day(old) < event.date <= last_day(new)


def _same_rows(was: KPI, now: KPI) -> bool:
    """Whether the two definitions count the same rows, so that their n can be compared: one metric and scope, and no
    parameter that names something."""
    named = [{k: v for k, v in kpi.of.items() if isinstance(v, str)} for kpi in (was, now)]
    return was.metric == now.metric and was.scope == now.scope and named[0] == named[1]


def _late(then: Row, again: Row | None) -> int | None:
    return again.n - then.n if again and again.n is not None and then.n is not None else None
