"""What a release guarantees by itself: checks on the finished file alone, by somebody who holds no rows.

Who stands behind a number is in no release, so the rule itself cannot be repeated here. But what it implies can: ten
customers have at least ten rows, and five members of staff have handled at least five, which every number says beside
its n. So no number, no remainder of a number after the cells of a view are taken out of it, and no group that the
numbers determine by linear algebra may rest on fewer handled rows, unless on none. Cells of a view must not overlap;
counts must lie within their bounds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from metrics.kpis import BY_ID
from metrics.kpis.metric import HANDLED, Unit
from metrics.periods import WAVE, months_of
from metrics.release import SCHEMA, Dims, Release

FEWEST_STAFF = 5
FEWEST_CUSTOMERS = 10
#: Groups of rows that the linear system of one metric and block is looked at over.
MOST_ATOMS = 3000
RANK = 1e-7
#: Measures that do not count some of the rows.
NO_PART = frozenset({"total", "squares"})


@dataclass(frozen=True)
class Check:
    """One check: ``smallest`` is the least number of rows anything it looked at rests on (None: nothing to look at)."""

    name: str
    says: str
    passed: bool
    looked_at: int
    smallest: int | None = None


@dataclass(frozen=True)
class Told:
    """A number: its cell and its sums."""

    view: str
    dims: Dims
    sums: Mapping[str, float]

    @property
    def n(self) -> float:
        return self.sums["n"]

    @property
    def handled(self) -> float | None:
        """Rows that staff handled; None where nobody handles rows of this kind."""
        return self.sums.get(HANDLED)

    def holds(self, other: Told) -> bool:
        """Whether every row of the other lies in this cell."""
        theirs = dict(other.dims)
        return all(d in theirs and set(theirs[d]) <= set(values) for d, values in self.dims)


def examine(path: Path) -> tuple[Check, ...]:
    """All checks on the release at ``path``. Raises DataError for a file that is no release."""
    release = Release(path)
    try:
        blocks = list(_blocks(release))
        return (
            _tables(release),
            _paths(blocks),
            _numbers(blocks),
            _remainders(blocks),
            _determined(blocks),
            _bounds(blocks),
        )
    finally:
        release.close()


Block = tuple[str, str, list[Told]]


def staffed(path: Path) -> bool:
    """Whether any number of a release rests on rows that staff handled; else only its customers were protected.

    Raises DataError for a file that cannot be read."""
    release = Release(path)
    try:
        return release.staffed
    finally:
        release.close()


def _blocks(release: Release) -> Iterator[Block]:
    """(metric, period, numbers) of every block that has cells or a total."""
    found: dict[tuple[str, str], list[Told]] = {}
    for published in (True, False):
        for metric, view, period, dims, sums in release.told(published):
            if BY_ID[metric.partition("(")[0]].fact != "series" and "n" in sums:
                found.setdefault((metric, period), []).append(Told(view, dims, sums))
    for (metric, period), numbers in sorted(found.items()):
        months = [m for m in months_of(period) if m != period] if period != WAVE else []
        inside = [t for m in months for t in found.get((metric, m), ()) if not t.dims]
        # Months are cells of a block like any other: told by a dimension of their own.
        named = [Told("months", (("month", (m,)),), t.sums) for m, t in zip(months, inside)]
        yield metric, period, [*numbers, *(named if len(inside) == len(months) else [])]


def _tables(release: Release) -> Check:
    empty = [name for name in ("strategy", "meta") if not release.table(name)]
    return Check("tables", "Tables and columns are those of a release.", not empty, len(SCHEMA))


def _paths(blocks: Sequence[Block]) -> Check:
    """Cells of one view and depth do not overlap, and what is cut adds up to its parent."""
    looked, passed = 0, True
    for _, _, numbers in blocks:
        for _, mine in _levels(numbers).items():
            looked += len(mine)
            taken: set[tuple[str, ...]] = set()
            for told in mine:
                corners = set(product(*(values for _, values in told.dims)))
                passed &= not corners & taken
                taken |= corners
    return Check("paths", "Cells of a view do not overlap.", passed, looked)


def _levels(numbers: Sequence[Told]) -> dict[tuple[str, int], list[Told]]:
    found: dict[tuple[str, int], list[Told]] = {}
    for told in numbers:
        if told.dims:
            found.setdefault((told.view, len(told.dims)), []).append(told)
    return found


def _numbers(blocks: Sequence[Block]) -> Check:
    counts = [t.n for _, _, numbers in blocks for t in numbers]
    low = min(counts, default=None)
    return Check(
        "numbers",
        "Every number rests on at least 10 rows.",
        low is None or low >= FEWEST_CUSTOMERS,
        len(counts),
        None if low is None else round(low),
    )


def remainders(numbers: Sequence[Told]) -> Iterator[dict[str, float]]:
    """What is left of every number when the cells of one view and depth that lie inside it are taken away."""
    levels = _levels(numbers)
    for told in numbers:
        for mine in levels.values():
            inside = [t for t in mine if t is not told and told.holds(t)]
            if inside:
                yield {m: told.sums[m] - sum(t.sums[m] for t in inside) for m in told.sums}
            for one in inside:
                yield {m: told.sums[m] - one.sums[m] for m in told.sums}


def _remainders(blocks: Sequence[Block]) -> Check:
    counts = [r[HANDLED] for _, _, numbers in blocks for r in remainders(numbers) if HANDLED in r]
    return _fewest(
        "remainders",
        "What is left of a number after cells inside it are taken away rests on at least 5 handled rows, or on none.",
        counts,
    )


def _determined(blocks: Sequence[Block]) -> Check:
    handled = [[t for t in numbers if t.handled is not None] for _, _, numbers in blocks]
    counts = [c for numbers in handled for part in _connected(numbers) for c in determined(part)]
    return _fewest(
        "rank",
        "Every group of rows that the numbers determine together rests on at least 5 handled rows, or on none.",
        counts,
    )


def _fewest(name: str, says: str, counts: Sequence[float]) -> Check:
    low = min((abs(c) for c in counts if abs(c) > 0.5), default=None)
    passed = low is None or low >= FEWEST_STAFF - 1e-6
    return Check(name, says, passed, len(counts), None if low is None else round(low))


def _connected(numbers: Sequence[Told]) -> list[list[Told]]:
    """Numbers whose dimensions hang together, with the total. Views without a common dimension meet in the total
    alone: no combination of theirs says more than each by itself."""
    groups: list[tuple[set[str], list[Told]]] = []
    for told in numbers:
        dims = {d for d, _ in told.dims}
        if not dims:
            continue
        touching = [g for g in groups if g[0] & dims]
        merged = (dims.union(*(g[0] for g in touching)), [t for g in touching for t in g[1]] + [told])
        groups = [g for g in groups if g not in touching] + [merged]
    total = [t for t in numbers if not t.dims]
    return [[*total, *mine] for _, mine in groups]


def determined(numbers: Sequence[Told]) -> Iterator[float]:
    """Handled rows of the finest groups (one value of every dimension) that the numbers determine.

    A group is determined when its indicator lies in the row space of the numbers over all groups; its count is then
    the same combination of theirs. Systems of more than ``MOST_ATOMS`` groups are looked at by pairs of views
    elsewhere (``remainders``) and left out here."""
    values: dict[str, list[frozenset[str]]] = {}
    for told in numbers:
        for d, inside in told.dims:
            values[d] = _finer(values.get(d, []), frozenset(inside))
    names = sorted(values)
    atoms = list(product(*(range(len(values[d])) for d in names)))
    if not names or len(atoms) > MOST_ATOMS:
        return
    rows = np.ones((len(numbers), len(atoms)))
    for i, told in enumerate(numbers):
        for d, inside in told.dims:
            at = names.index(d)
            fits = np.array([v <= frozenset(inside) for v in values[d]])
            rows[i] *= fits[[atom[at] for atom in atoms]]
    size, turn = np.linalg.eigh(rows @ rows.T)
    real = size > RANK * size[-1]
    basis = (turn[:, real] / np.sqrt(size[real])).T @ rows
    counts = np.array([t.handled or 0.0 for t in numbers])
    weights = (turn[:, real] / size[real]) @ turn[:, real].T @ rows
    for c in np.flatnonzero((basis**2).sum(axis=0) > 1 - 1e-6):
        yield float(counts @ weights[:, c])


def _finer(parts: list[frozenset[str]], inside: frozenset[str]) -> list[frozenset[str]]:
    """The coarsest partition in which every set seen is a union of parts."""
    found = [p for part in parts for p in (part & inside, part - inside) if p]
    rest = inside.difference(*parts) if parts else inside
    return [*found, rest] if rest else found


def _bounds(blocks: Sequence[Block]) -> Check:
    """Counted measures lie between nothing and the rows they are counted in, also in every remainder."""
    looked, passed = 0, True
    for metric, _, numbers in blocks:
        share = BY_ID[metric.partition("(")[0]].unit in (Unit.PERCENT, Unit.POINTS)
        for sums in (*(t.sums for t in numbers), *remainders(numbers)):
            looked += 1
            passed &= not share or all(-1e-6 <= sums[m] <= sums["n"] + 1e-6 for m in set(sums) - NO_PART)
    return Check("bounds", "No part is larger than its whole, also in what is left.", passed, looked)
