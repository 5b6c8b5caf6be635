"""Everything a reader can take away: each released number, and each row of each answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from metrics.answers import Grain, Request, ask, views_of
from metrics.errors import Refusal
from metrics.kpis import BY_ID
from metrics.periods import months_of
from metrics.release import Release

Dims = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Said:
    """One published group of rows: a metric, a period, the values that stand together on each cut dimension (``()`` is
    the whole company), and its sums by measure."""

    metric: str
    period: str
    dims: Dims
    sums: Mapping[str, float] = field(compare=False)

    def __str__(self) -> str:
        cut = ", ".join(f"{d} {'+'.join(values)}" for d, values in self.dims) or "total"
        return f"{self.metric} [{self.period} {cut}]"


def released(release: Release) -> list[Said]:
    """Every number of the release: totals, months and each level of each view; what two views say alike, once."""
    found: dict[tuple[Said, tuple[tuple[str, float], ...]], Said] = {}
    for kpi in release.strategy.kpis:
        key = BY_ID[kpi.metric].key(kpi.of)
        for view, depth in [("", 0), *((v.id, d) for v in release.strategy.views for d in range(1, 9))]:
            for period, cell, sums in release.numbers(key, view, depth):
                said = Said(key, period, release.cells[cell].dims if cell else (), sums)
                found[said, tuple(sorted(sums.items()))] = said
    return list(found.values())


def requests(release: Release, kpi: str, months: tuple[str, ...] = ()) -> Iterator[Request]:
    """What may be asked about one KPI: views, levels, filters by each value, grains, blocks, and nested periods."""
    spans: list[tuple[str | None, str | None]] = [(None, None)]
    spans += [(a, b) for i, a in enumerate(months) for b in months[i:]]
    for (start, end), grain, blocks in product(spans, Grain, (False, True)):
        yield Request(kpi, start=start, end=end, grain=grain, blocks=blocks)
        for _, dims in views_of(release, kpi):
            for depth in range(1, len(dims) + 1):
                by = dims[:depth]
                yield Request(kpi, by=by, start=start, end=end, grain=grain, blocks=blocks)
                first = [*(v for v, _ in release.strategy.values(by[0])), "other"]
                for value in first:
                    yield Request(kpi, by, ((by[0], value),), start, end, grain, blocks)


def answered(release: Release, months: tuple[str, ...] = ()) -> list[tuple[Request, Said]]:
    """Every row of every answer to every request, with the request it came from.

    A row over "all" is about the released periods between the months asked for: they stand among its dims."""
    found, told = [], _told(released(release))
    for kpi in release.strategy.kpis:
        key = BY_ID[kpi.metric].key(kpi.of)
        for request in requests(release, kpi.id, months):
            try:
                rows = ask(release, request).rows
            except Refusal:
                continue
            for row in rows:
                if row.sums:
                    dims = row.dims
                    if row.period == "all":
                        names = tuple(d for d, _ in dims)
                        dims = (*dims, ("month", _covered(told[key, names], request)))
                    found.append((request, Said(key, row.period, dims, dict(row.sums))))
    return found


def _told(said: list[Said]) -> dict[tuple[str, tuple[str, ...]], set[str]]:
    """(metric, names of the dimensions cut) -> periods that something was published of."""
    found: dict[tuple[str, tuple[str, ...]], set[str]] = {}
    for s in said:
        found.setdefault((s.metric, tuple(d for d, _ in s.dims)), set()).add(s.period)
    return found


def _covered(periods: set[str], request: Request) -> tuple[str, ...]:
    """Months of the published periods that lie whole between the months asked for."""
    inside = [months_of(p) for p in periods]
    start, end = request.start or "", request.end or "9"
    return tuple(sorted({m for months in inside if start <= months[0] and months[-1] <= end for m in months}))
