"""Answers: the one place that turns released sums into numbers for pages, exports and the command line.

Only this module builds an ``Answer``; charts and exports accept nothing else. An answer is post-processing of
cleared sums, so it cannot say more than the release.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, unique
from itertools import product

from metrics.errors import Refusal, Refused
from metrics.joining import Dims, Piece, join
from metrics.kpis import BY_ID
from metrics.kpis.metric import Metric, Unit
from metrics.periods import WAVE, block_of, months_of, within
from metrics.release import Release
from metrics.strategy.model import KPI, View
from metrics.strategy.workforce import is_workforce

FIRM_FROM = 30


@unique
class Grain(Enum):
    BLOCK = "block"
    """As published: months for totals, blocks for views."""
    QUARTER = "quarter"
    """Whole calendar quarters."""
    YEAR = "year"
    """Whole calendar years."""
    ALL = "all"


@unique
class Status(Enum):
    FIRM = "firm"
    """n of 30 or more."""
    INDICATIVE = "indicative"
    WITHHELD = "withheld"


@dataclass(frozen=True)
class Request:
    """What is asked of the release. ``by``: the first dimensions of a declared view (after the KPI's scope).
    ``within``: a value for each of the first of these dimensions, for example one segment.
    ``start`` and ``end``: months YYYY-MM, both included; ``blocks``: totals by block instead of by month."""

    kpi: str
    by: tuple[str, ...] = ()
    within: tuple[tuple[str, str], ...] = ()
    start: str | None = None
    end: str | None = None
    grain: Grain = Grain.BLOCK
    blocks: bool = False


@dataclass(frozen=True)
class Row:
    """One figure. ``value``, ``low``, ``high`` and ``n`` are None when withheld; ``low`` and ``high`` also when the
    metric has no interval. A status that is none is withheld, and a withheld row holds no number."""

    period: str
    dims: Dims
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    status: Status
    pooled: bool
    sums: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        if self.status not in (Status.FIRM, Status.INDICATIVE):
            for name in ("value", "low", "high", "n"):
                object.__setattr__(self, name, None)
            object.__setattr__(self, "status", Status.WITHHELD)
            object.__setattr__(self, "sums", ())

    def values(self, dimension: str) -> tuple[str, ...]:
        """Values of a cut dimension that stand in this row."""
        return dict(self.dims).get(dimension, ())


@dataclass(frozen=True)
class Answer:
    """Rows in order of period, then declared order of the values. ``coverage``: share of the KPI's rows in these
    periods that the breakdown shows, 0..1 (None when nothing stands). ``draft``: unknown counts as draft."""

    kpi: str
    goal: str
    metric: Metric
    unit: Unit
    request: Request
    as_of: str
    grain: str
    draft: bool
    coverage: float | None
    rows: tuple[Row, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "draft", self.draft is not False)

    @property
    def last(self) -> Row | None:
        """The latest row that stands."""
        return next((r for r in reversed(self.rows) if r.value is not None), None)


def ask(release: Release, request: Request) -> Answer:
    """The answer to a request.

    Raises Refusal(PERSON) for a staff, team or other workforce dimension, Refusal(SAMPLED | NO_SIGNAL | ...) when the
    build refused the KPI, and Refusal(NOT_CLEARED) for everything else that cannot be said: a KPI, view, dimension or
    value that nobody declared, and one that is declared and not cleared. It is one refusal, so it tells nothing."""
    declared = {k.id for k in release.strategy.kpis}
    words = (*request.by, *(d for d, _ in request.within), *(() if request.kpi in declared else (request.kpi,)))
    if any(is_workforce(word) for word in words):
        raise Refusal(Refused.PERSON)
    if not isinstance(request.grain, Grain):
        raise Refusal(Refused.NOT_CLEARED)
    kpi = _kpi(release, request.kpi)
    if kpi.id in release.refused:
        raise Refusal(release.refused[kpi.id])
    metric = BY_ID[kpi.metric]
    dims, view = _path(release, kpi, request)
    pieces = _pieces(release, kpi, metric, view, len(dims), request)
    rows, shown = _rows(release, kpi, metric, dims, pieces, request)
    total = _total(release, kpi, metric, view, dims, pieces) if dims else shown
    return Answer(
        kpi=kpi.id,
        goal=kpi.goal or "",
        metric=metric,
        unit=metric.unit_of(kpi.of),
        request=request,
        as_of=release.as_of,
        grain=request.grain.value,
        draft=release.draft,
        coverage=min(1.0, shown / total) if total else None,
        rows=rows,
    )


def block_periods(release: Release, kpi: str) -> tuple[str, ...]:
    """Blocks for which this KPI's metric has a company total, in order: what a period filter may offer.

    Raises Refusal(NOT_CLEARED) for a KPI the strategy does not declare."""
    found = _kpi(release, kpi)
    totals = release.numbers(BY_ID[found.metric].key(found.of), "", 0)
    return _blocks([period for period, _, _ in totals])


def views_of(release: Release, kpi: str) -> tuple[tuple[View, tuple[str, ...]], ...]:
    """Views this KPI can be cut by, most important first, each with the dimensions that may be asked (the view's
    dimensions after the KPI's scope)."""
    found = _kpi(release, kpi)
    key = BY_ID[found.metric].key(found.of)
    views = sorted(release.strategy.views, key=lambda v: v.priority)
    if found.scope:
        views = [v for v in views if v.id == found.scope.view]
    skip = len(found.scope.where) if found.scope else 0
    # A question about the whole relation has a region but no channel: its view ends early.
    told = {
        v.id: max((d for d in range(len(v.dimensions) + 1) if release.numbers(key, v.id, d)), default=0) for v in views
    }
    return tuple((v, v.dimensions[skip : told[v.id]]) for v in views if told[v.id] > skip)


def _kpi(release: Release, id: str) -> KPI:
    found = next((k for k in release.strategy.kpis if k.id == id), None)
    if found is None:
        raise Refusal(Refused.NOT_CLEARED)
    return found


def _path(release: Release, kpi: KPI, request: Request) -> tuple[tuple[str, ...], str]:
    """Dimensions from the top of the view down to what is asked, and the view's id ('' for company totals)."""
    scoped = tuple(kpi.scope.where) if kpi.scope else ()
    dims = (*scoped, *request.by)
    if request.by[: len(request.within)] != tuple(d for d, _ in request.within):
        raise Refusal(Refused.NOT_CLEARED)
    if not dims:
        return (), ""
    key = BY_ID[kpi.metric].key(kpi.of)
    views = sorted(release.strategy.views, key=lambda v: v.priority)
    for view in views:
        if kpi.scope and view.id != kpi.scope.view:
            continue
        if view.dimensions[: len(dims)] == dims and (kpi.scope or release.numbers(key, view.id, len(dims))):
            return dims, view.id
    raise Refusal(Refused.NOT_CLEARED)


def _blocks(periods: Iterable[str]) -> tuple[str, ...]:
    """Of month and block totals, the blocks: the longest periods there are."""
    found = sorted(set(periods), key=lambda p: (months_of(p)[:1], -len(months_of(p))))
    longest = max((len(months_of(p)) for p in found), default=0)
    if WAVE in found:
        return (WAVE,)
    return tuple(p for p in found if len(months_of(p)) == longest)


def _pieces(release: Release, kpi: KPI, metric: Metric, view: str, depth: int, request: Request) -> list[Piece]:
    """Released sums of the asked depth: inside the months asked for, the scope and the filter."""
    key = metric.key(kpi.of)
    found = release.numbers(key, view, depth)
    if depth == 0:
        keep = _cover([p for p, _, _ in found], request)
        found = [f for f in found if f[0] in keep]
    pieces = [
        Piece(period, release.cells[cell].dims, sums)
        for period, cell, sums in found
        if within(period, request.start, request.end)
    ]
    where = {**(kpi.scope.where if kpi.scope else {}), **{d: (v,) for d, v in request.within}}
    asked = {release.cells[cell].dims for _, cell, _ in found} if request.within else set()
    if request.within and not any(all(v in dict(dims).get(d, ()) for d, v in request.within) for dims in asked):
        raise Refusal(Refused.NOT_CLEARED)
    return _holding(pieces, where, request.grain) if where else pieces


def _holding(pieces: list[Piece], where: Mapping[str, tuple[str, ...]], grain: Grain) -> list[Piece]:
    """Pieces that hold a value of ``where``, and those that another block of the same row pools with one of them: a
    row named store + mail must have mail in every block, also where mail stands alone."""
    kept: set[int] = set()
    groups: dict[str, list[int]] = {}
    for i, piece in enumerate(pieces):
        groups.setdefault(_label(piece, grain), []).append(i)
    for group in groups.values():
        corners = {i: set(product(*(values for _, values in pieces[i].dims))) for i in group}
        more = {i for i in group if all(set(pieces[i].values(d)) & set(values) for d, values in where.items())}
        while more:
            kept |= more
            reached = set().union(*(corners[i] for i in more))
            more = {i for i in group if i not in kept and corners[i] & reached}
    return [piece for i, piece in enumerate(pieces) if i in kept]


def _cover(periods: list[str], request: Request) -> set[str]:
    """Which of the month and block totals to use, none twice: months for a trend, else blocks, and months only
    where the months asked for cut a block in two."""
    blocks = set(_blocks(periods))
    if request.grain is Grain.BLOCK:
        return blocks if request.blocks else ({p for p in periods if len(months_of(p)) == 1} or blocks)
    inside = {b for b in blocks if within(b, request.start, request.end)}
    if WAVE in inside:
        return {WAVE}
    covered = {m for b in inside for m in months_of(b)}
    return inside | {p for p in periods if len(months_of(p)) == 1 and p not in covered}


def _rows(
    release: Release, kpi: KPI, metric: Metric, dims: tuple[str, ...], pieces: list[Piece], request: Request
) -> tuple[tuple[Row, ...], float]:
    """Rows, and the number of the KPI's rows that they show as a breakdown."""
    where = dict(kpi.scope.where) if kpi.scope else {}
    order = {d: _order(release, d) for d in dims}
    rows: list[Row] = []
    shown = 0.0
    for label, group in _groups(pieces, request.grain).items():
        asked = dims[len(where) :]
        months = len(_months(group)) or 1
        for piece in join(group, label, where=tuple(where), order=order):
            whole = any(_unsplit(order[d], piece.values(d)) for d in dims if d in piece.names)
            outside = any(not set(piece.values(d)) <= set(values) for d, values in where.items())
            pooled = outside or any(len(piece.values(d)) > 1 for d in asked)
            if whole and where and any(_unsplit(order[d], piece.values(d)) for d in where):
                rows.append(_withheld(label, piece.dims))
                continue
            if not whole:
                shown += piece.sums.get("n", 0.0)
            rows.append(_row(metric, label, piece.dims, piece.sums, pooled, months))
    if not dims:
        missing = {p for m, v, p in release.withheld if m == metric.key(kpi.of) and v == ""} - {r.period for r in rows}
        if request.grain is Grain.BLOCK:
            monthly = not request.blocks
            rows += [
                _withheld(p, ())
                for p in missing
                if within(p, request.start, request.end) and (len(months_of(p)) == 1) == monthly
            ]
    rows.sort(key=lambda r: (months_of(r.period)[:1], [_place(order[d], r.values(d)) for d in dims]))
    return tuple(rows), shown


def _groups(pieces: list[Piece], grain: Grain) -> Mapping[str, list[Piece]]:
    """Pieces by the period of the row they end in."""
    groups: dict[str, list[Piece]] = {}
    for piece in pieces:
        groups.setdefault(_label(piece, grain), []).append(piece)
    if grain in (Grain.QUARTER, Grain.YEAR):
        return {y: g for y, g in groups.items() if y == WAVE or _months(g) == set(months_of(y))}
    return groups


def _label(piece: Piece, grain: Grain) -> str:
    if grain is Grain.BLOCK:
        return piece.period
    if grain is Grain.ALL or piece.period == WAVE:
        return WAVE
    return block_of(months_of(piece.period)[0], grain.value)


def _months(pieces: list[Piece]) -> set[str]:
    return {m for p in pieces for m in months_of(p.period)}


def _row(metric: Metric, period: str, dims: Dims, sums: Mapping[str, float], pooled: bool, months: int) -> Row:
    value = metric.value(sums)
    if value is None:
        return _withheld(period, dims)
    low, high = metric.interval(sums) or (None, None)
    if metric.per_month:
        value, low, high = (None if x is None else x / months for x in (value, low, high))
    n = round(sums["n"])
    status = Status.FIRM if n >= FIRM_FROM else Status.INDICATIVE
    return Row(period, dims, value, low, high, n, status, pooled, tuple(sorted(sums.items())))


def _withheld(period: str, dims: Dims) -> Row:
    return Row(period, dims, None, None, None, None, Status.WITHHELD, False)


def _order(release: Release, dimension: str) -> tuple[str, ...]:
    return (*(v for v, _ in release.strategy.values(dimension)), "other")


def _place(order: tuple[str, ...], values: tuple[str, ...]) -> int:
    return min((order.index(v) for v in values if v in order), default=len(order))


def _unsplit(order: tuple[str, ...], values: tuple[str, ...]) -> bool:
    """A node that could not be split: its cell holds every declared value."""
    return set(order) - {"other"} <= set(values)


def _total(release: Release, kpi: KPI, metric: Metric, view: str, dims: tuple[str, ...], pieces: list[Piece]) -> float:
    """Rows behind the company total (or the scope's cell) in the blocks that the pieces come from."""
    periods = {p.period for p in pieces}
    depth = len(kpi.scope.where) if kpi.scope else 0
    if not depth:
        return sum(sums["n"] for period, _, sums in release.numbers(metric.key(kpi.of), "", 0) if period in periods)
    if depth == len(dims):
        return sum(p.sums["n"] for p in pieces)
    where = kpi.scope.where if kpi.scope else {}
    return sum(
        sums["n"]
        for period, cell, sums in release.numbers(metric.key(kpi.of), view, depth)
        if period in periods and all(set(dict(release.cells[cell].dims).get(d, ())) & set(v) for d, v in where.items())
    )
