"""Is there a combination that rests on the rows of fewer than five people? An exact search over all sets at once.

Trying every set of four is out of the question (8 million for 120 staff). But a set of four leaves at least one of
any five groups of staff untouched. So the staff are parted into five; a combination that rests on four people alone
must vanish on everything that one of the five parts had a hand in. For each part, the combinations that do so form a
linear space: nearly always only zero, and the matter is settled by five ranks. Where something is left, the others are
parted again, within what is left, until nothing is left or four people are. No combination can escape, since at every
step at least one branch holds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.linalg import eigh

from metrics.clearing.evidence import Floats

#: Branches looked at before the search gives up and what is left is taken to be isolable.
PATIENCE = 4000


@dataclass(frozen=True)
class Search:
    """``columns``: r × k, of the groups of rows that few handled; ``members``: the known staff behind each; ``size``:
    the largest set looked for; ``most``: how many finds are enough; ``slack``: what counts as zero."""

    columns: Floats
    members: Sequence[frozenset[int]]
    size: int
    most: int
    slack: float


def isolable(search: Search) -> list[Floats]:
    """Combinations (vectors of length r) that rest on the rows of at most ``size`` people; none: there is none.

    When the search gives up, what it had not yet ruled out is among them."""
    staff = sorted(frozenset().union(*search.members))
    place = {person: i for i, person in enumerate(staff)}
    touches = np.zeros((len(staff), len(search.members)), dtype=bool)
    for c, who in enumerate(search.members):
        touches[[place[p] for p in who], c] = True
    # The busiest in turn, so that each part has its share of them.
    order = np.argsort(-(touches @ (search.columns**2).sum(axis=0)), kind="stable")
    found: list[Floats] = []
    seen: set[frozenset[int]] = set()
    spent = 0
    everything = np.arange(len(search.members))
    stack = [(order, np.eye(len(search.columns)), search.columns, everything)]
    while stack and len(found) < search.most:
        people, left, columns, at = stack.pop()
        if len(people) <= search.size or spent > PATIENCE:
            found += [left[:, i] for i in range(left.shape[1])][: search.most - len(found)]
            continue
        for part in range(search.size + 1):
            out = people[part :: search.size + 1]
            rest = np.delete(people, np.s_[part :: search.size + 1])
            key = frozenset(rest.tolist())
            if not len(out) or key in seen:
                continue
            seen.add(key)
            spent += 1
            gone = touches[out][:, at].any(axis=0)
            zero = _vanishing(columns[:, gone], search.slack)
            if zero.shape[1]:
                # What is left has few dimensions: everything below is small.
                stack.append((rest, left @ zero, zero.T @ columns[:, ~gone], at[~gone]))
    return found


def _vanishing(inside: Floats, slack: float) -> Floats:
    """Orthonormal combinations of the rows that are zero on all columns."""
    if not inside.shape[1]:
        return np.eye(len(inside))
    size, turn = eigh(inside @ inside.T)
    kept: Floats = turn[:, size < slack]
    return kept
