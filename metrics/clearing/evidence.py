"""Evidence: the sums of the finest cells and who stands behind them, as sparse arrays.

A finest cell is one block (or month) by one value of every dimension that some view cuts. Evidence of a union of
cells follows from theirs: sums add, and rows add person by person, so nothing has to be counted again in the data.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metrics.clearing.rule import Floors, Standing, passes

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Triples = tuple[NDArray[Any], NDArray[Any], NDArray[Any]]
#: Sums of k groups (k rows, one column per measure) -> which groups had the same bounded result in every row.
Constant = Callable[[Floats], NDArray[np.bool_]]


@dataclass(frozen=True)
class Evidence:
    """k cells with m sums each. The three ``staff`` arrays are parallel: so many rows of that cell by that person;
    a cell and person stand in at most one place, and places are sorted by cell. The same for customers, whose weight
    is rows, or money for sums of money. ``rule.UNKNOWN`` numbers the staff who are not known."""

    sums: Floats
    handled: Floats
    staff_cell: Ints
    staff: Ints
    staff_rows: Ints
    customer_cell: Ints
    customer: Ints
    customer_weight: Ints

    @property
    def cells(self) -> int:
        return len(self.handled)


def evidence(
    sums: Floats,
    handled: Floats,
    staff: Triples,
    customers: Triples,
) -> Evidence:
    """Evidence from (cell, person, rows) triples in any order; a pair may stand in several places. Rows and money are
    whole numbers."""
    triples = [tuple(column.astype(np.int64, copy=False) for column in three) for three in (staff, customers)]
    return Evidence(sums, handled, *_added(*triples[0]), *_added(*triples[1]))


def _added(cell: Ints, person: Ints, rows: Ints) -> tuple[Ints, Ints, Ints]:
    """Triples with each (cell, person) once, sorted by cell and then person."""
    if not len(cell):
        return cell, person, rows
    low = int(person.min())
    person_bits = (int(person.max()) - low).bit_length()
    key = cell << person_bits
    key |= person - low
    row_bits = int(rows.max()).bit_length()
    if int(rows.min()) >= 0 and int(key.max()).bit_length() + row_bits < 63:
        # Key and rows in one number: sorting numbers is many times faster than finding the order of pairs.
        key <<= row_bits
        key |= rows
        key.sort()
        rows = key & ((1 << row_bits) - 1)
        key >>= row_bits
    else:
        order = np.argsort(key)
        key, rows = key[order], rows[order]
    start = np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1])))
    if len(start) < len(key):
        key, rows = key[start], np.add.reduceat(rows, start)
    return key >> person_bits, (key & ((1 << person_bits) - 1)) + low, rows


def grouped(e: Evidence, group: Ints, groups: int) -> Evidence:
    """Evidence of ``groups`` unions of cells; ``group`` gives each cell's union, -1 leaves the cell out."""
    kept = group >= 0
    sums = np.zeros((groups, e.sums.shape[1]))
    np.add.at(sums, group[kept], e.sums[kept])
    handled = np.bincount(group[kept], e.handled[kept], groups).astype(float)
    triples = []
    for cell, person, rows in (
        (e.staff_cell, e.staff, e.staff_rows),
        (e.customer_cell, e.customer, e.customer_weight),
    ):
        at = group[cell]
        if not kept.all():
            inside = at >= 0
            at, person, rows = at[inside], person[inside], rows[inside]
        triples.append(_added(at, person, rows))
    return Evidence(sums, handled, *triples[0], *triples[1])


def union(e: Evidence, cells: Sequence[int]) -> Evidence:
    """Evidence of one union of a few cells, as a single cell."""
    chosen = np.asarray(cells, dtype=np.int64)

    def joined(cell: Ints, person: Ints, rows: Ints) -> tuple[Ints, Ints, Ints]:
        left, right = np.searchsorted(cell, chosen), np.searchsorted(cell, chosen, side="right")
        at = np.concatenate([np.arange(a, b) for a, b in zip(left, right)])
        return _added(np.zeros(len(at), dtype=np.int64), person[at], rows[at])

    return Evidence(
        e.sums[chosen].sum(axis=0, keepdims=True),
        e.handled[chosen].sum(keepdims=True),
        *joined(e.staff_cell, e.staff, e.staff_rows),
        *joined(e.customer_cell, e.customer, e.customer_weight),
    )


def _top_two(cell: Ints, rows: Ints, cells: int) -> tuple[Floats, Floats]:
    """The largest and second largest value of each cell (0 where there is none); ``cell`` is sorted."""
    first, second = np.zeros(cells), np.zeros(cells)
    if len(cell):
        order = np.lexsort((-rows, cell))
        present, start, count = np.unique(cell, return_index=True, return_counts=True)
        first[present] = rows[order][start]
        several = count > 1
        second[present[several]] = rows[order][start[several] + 1]
    return first, second


def standing(e: Evidence, constant: Constant) -> Standing:
    """Who and how many stand behind each cell: what the rule is held against."""
    first, second = _top_two(e.staff_cell, e.staff_rows, e.cells)
    # Money can be negative where returns outweigh sales: dominance is a matter of size.
    weight = np.abs(e.customer_weight)
    largest = np.zeros(e.cells)
    if len(weight):
        start = np.flatnonzero(np.concatenate(([True], e.customer_cell[1:] != e.customer_cell[:-1])))
        largest[e.customer_cell[start]] = np.maximum.reduceat(weight, start)
    return Standing(
        handled=e.handled,
        staff=np.bincount(e.staff_cell[e.staff >= 0], minlength=e.cells),
        first=first,
        second=second,
        customers=np.bincount(e.customer_cell, minlength=e.cells),
        weight=np.bincount(e.customer_cell, weight, e.cells).astype(float),
        largest=largest,
        constant=constant(e.sums),
    )


def clear(e: Evidence, floors: Floors, constant: Constant) -> NDArray[np.bool_]:
    """Which cells pass the cell rule."""
    return passes(standing(e, constant), floors)
