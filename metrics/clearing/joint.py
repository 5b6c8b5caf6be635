"""The joint test: what everything published about a block says together.

A threshold on each number is no protection. Each published number is a sum over known groups of rows, so whoever
holds several can add and subtract them: Denning, Denning and Schwartz, "The tracker: a threat to statistical database
security", ACM TODS 4 (1979), show that such combinations reach single people through any threshold. Tools for official
tables therefore look at the linear system of all published cells (sdcTable's attack, the Gaussian elimination of
Langsrud's GaussSuppression); ACRO leaves the question to a human checker. Here it is answered exactly, over all views
and metrics of a family at once.

Let W have a row for each published number and a column for each finest group of rows (of a family, in one block) that
no published number tells apart, 1 where the number counts the group. Columns are scaled by the root of their rows, so
that the length of a combination is measured in rows. V is an orthonormal basis of the row space of W, v_c its column c.
A unit vector u of that space is a combination of published numbers; (u . v_c)^2 is the part of it that rests on
group c.

* One person. With s_c the person's share of the rows of group c, the top eigenvalue of the sum of s_c v_c v_c' is the
  largest part of any combination that rests on that person's rows: their *isolation index*, at most 0.5. Unknown staff
  count as one person here.
* A few. A set S of staff is *isolable* when some combination rests on rows of S alone: the top eigenvalue of the sum
  of v_c v_c' over the groups that only S handled is 1. No set smaller than five may be. Rows of unknown staff may be
  anybody's, so they stand on the side of every S and add nobody to it.

Rows that nobody handled have no column: who knows the self-service rows can take them away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import eigh

from metrics.clearing.evidence import Floats, Ints
from metrics.clearing.isolation import Search, isolable
from metrics.clearing.rule import UNKNOWN

MAX_INDEX = 0.5
#: Largest part of a combination below which it is taken to rest on others too. Rounding is far smaller; what lies
#: between fails, on the safe side.
WHOLE = 1 - 1e-6
RANK = 1e-9
#: Numbers of V that are kept at once (400 MB).
DENSE = 50_000_000


@dataclass(frozen=True)
class Groups:
    """k finest groups of handled rows: their ``rows``, and who handled so many of them (parallel arrays sorted by
    group; a row that several handled counts for each)."""

    rows: Floats
    group: Ints
    staff: Ints
    staff_rows: Floats


@dataclass(frozen=True)
class Weak:
    """A combination that may not stand: the weight of each published number in it (of length 1 at most)."""

    weights: Floats


@dataclass(frozen=True)
class Space:
    """The row space of W. ``basis`` turns numbers (rows of W, n of them) into an orthonormal basis of r vectors."""

    numbers: Any
    """W scaled, sparse n × k."""
    basis: Floats
    """n × r: columns of V are ``basis.T @ numbers``."""

    @property
    def rank(self) -> int:
        return int(self.basis.shape[1])

    @cached_property
    def _dense(self) -> Floats | None:
        """All of V, where it is small enough to keep."""
        if self.rank * self.numbers.shape[1] > DENSE:
            return None
        found: Floats = np.asarray((self.numbers.T @ self.basis).T)
        return found

    def columns(self, groups: Ints) -> Floats:
        """v_c of some groups, r × len(groups)."""
        if self._dense is not None:
            return self._dense[:, groups]
        found: Floats = np.asarray((self.numbers[:, groups].T @ self.basis).T)
        return found


def space(numbers: Any, rows: Floats) -> Space:
    """The row space of published numbers (sparse, n × k, 0 and 1) over groups with so many rows."""
    scaled = sparse.csr_matrix(numbers, dtype=float) @ sparse.diags(np.sqrt(rows))
    square = (scaled @ scaled.T).toarray()
    if not len(square):
        return Space(scaled.tocsc(), np.zeros((0, 0)))
    size, turn = eigh(square)
    real = size > RANK * max(float(size[-1]), RANK)
    return Space(scaled.tocsc(), turn[:, real] / np.sqrt(size[real]))


def index(s: Space, g: Groups) -> list[tuple[int, float, Floats]]:
    """(person, isolation index, combination) of everybody whose index lies above what is allowed, highest first; the
    combination as weights of the numbers. A person can be named several times, by combinations at right angles."""
    found = []
    order = np.argsort(g.staff, kind="stable")
    people, start = np.unique(g.staff[order], return_index=True)
    for person, at in zip(people.tolist(), np.split(order, start[1:])):
        share = g.staff_rows[at] / g.rows[g.group[at]]
        part = s.columns(g.group[at]) * np.sqrt(share)
        if (part**2).sum() <= MAX_INDEX:
            continue
        for value, vector in _above(part, MAX_INDEX):
            found.append((person, value, s.basis @ vector))
    return sorted(found, key=lambda f: -f[1])


def _above(part: Floats, limit: float) -> list[tuple[float, Floats]]:
    """Eigenvalues of part @ part.T above a limit, with their vectors."""
    wide = part.shape[1] >= part.shape[0]
    size, turn = eigh(part @ part.T if wide else part.T @ part, subset_by_value=(limit * (1 + RANK), np.inf))
    vectors = turn if wide else part @ turn / np.sqrt(size)
    return [(float(v), vectors[:, i]) for i, v in enumerate(size)]


def weak(numbers: Any, g: Groups, min_staff: int, most: int = 40) -> list[Weak]:
    """Combinations of the published numbers that may not stand, at most ``most``; none: everything may.

    A search that cannot finish names what it was looking at: that fails, too."""
    s = space(numbers, g.rows)
    found = [Weak(weights) for _, _, weights in index(s, g)[:most]]
    return found or [Weak(s.basis @ u) for u in isolated(s, g, min_staff, most)]


def isolated(s: Space, g: Groups, min_staff: int, most: int) -> list[Floats]:
    """Combinations (vectors of length r) that rest on the rows of fewer than ``min_staff`` known people."""
    known = g.staff != UNKNOWN
    count = np.bincount(g.group[known], minlength=len(g.rows))
    many = np.flatnonzero(count >= min_staff)
    far = s.columns(many)
    size, turn = eigh(far @ far.T) if len(many) else (np.zeros(s.rank), np.eye(s.rank))
    left = turn[:, size < 1 - WHOLE]
    if not left.shape[1]:
        return []
    few = np.flatnonzero((count < min_staff) & (g.rows > 0))
    members = members_of(g, few)
    search = Search(left.T @ s.columns(few), members, min_staff - 1, most, 1 - WHOLE)
    return [left @ u for u in isolable(search)]


def members_of(g: Groups, groups: Ints) -> list[frozenset[int]]:
    """Known staff behind each of some groups."""
    place = np.full(len(g.rows), -1, dtype=np.int64)
    place[groups] = np.arange(len(groups))
    found: list[set[int]] = [set() for _ in range(len(groups))]
    for at, person in zip(place[g.group].tolist(), g.staff.tolist()):
        if at >= 0 and person != UNKNOWN:
            found[at].add(person)
    return [frozenset(f) for f in found]


def matrix(rows: Sequence[NDArray[np.bool_]]) -> Any:
    """W from the membership of every group in every number."""
    return sparse.csr_matrix(np.asarray(rows, dtype=float))
