"""Evidence from plain rows (cell, staff, customer[, weight]): slow, obvious, and independent of the build."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from metrics.clearing.evidence import Evidence, evidence
from metrics.clearing.rule import UNKNOWN

#: Staff of a row that nobody handled.
NOBODY = None


def from_rows(rows: Iterable[Sequence[object]], cells: int) -> Evidence:
    """Rows (cell, staff or tuple of staff or None, customer, optional result 0/1). Sums are n and the results."""
    sums = np.zeros((cells, 2))
    handled = np.zeros(cells)
    staff: list[tuple[int, int]] = []
    customers: list[tuple[int, int]] = []
    for cell, who, customer, *result in rows:
        sums[cell] += (1, result[0] if result else 0)
        people = who if isinstance(who, tuple) else (() if who is NOBODY else (who,))
        handled[cell] += bool(people)
        staff += [(cell, p) for p in people]
        customers.append((cell, customer))

    def triple(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        found = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        return found[:, 0], found[:, 1], np.ones(len(found))

    return evidence(sums, handled, triple(staff), triple(customers))


def never_constant(sums: np.ndarray) -> np.ndarray:
    return np.zeros(len(sums), dtype=bool)


def same_result(sums: np.ndarray) -> np.ndarray:
    """Every row had result 0, or every row had 1."""
    return (sums[:, 1] == 0) | (sums[:, 1] == sums[:, 0])


def spread(cell: int, counts: Sequence[int], customers: int = 20, first_staff: int = 0) -> list[tuple[int, int, int]]:
    """Rows of one cell: ``counts[i]`` by staff i, customers taken in turn."""
    people = [first_staff + i for i, count in enumerate(counts) for _ in range(count)]
    return [(cell, person, i % customers) for i, person in enumerate(people)]


__all__ = ["NOBODY", "UNKNOWN", "from_rows", "never_constant", "same_result", "spread"]
