"""The exhaustive auditor: can anything that was published be added and subtracted until fewer than five people are
left? It is granted every row and who handled it, and shares no code with the clearing that it checks.

Of one block of time W is the matrix of published numbers × groups of handled rows that no number tells apart. Adding
and subtracting numbers is a combination of W's rows. It is about the people of S alone where it is zero on every group
that somebody outside S handled, and not zero everywhere. Rows that nobody handled are known to whoever likes, so they
have no column. Rows of unknown staff may be anybody's: they stand in S with everybody and make it no larger.

Looked at: pairs; triples; and every set of fewer than five, by the rank of W's row space inside the set's own groups.
The row space is taken with groups weighted by the root of their rows, so that the squared length of a combination on
some groups is the share of it that these rows carry; the same basis gives what share one person carries at most.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from metrics.periods import months_of
from tests.attacks.captured import Said

UNKNOWN = "?"
FEWEST = 5
WHOLE = 1 - 1e-7
"""A set of groups that carries this share of a combination carries all of it."""
MOST = 0.5 + 1e-6
"""Largest share of a combination that may be one person's."""


@dataclass(frozen=True)
class Leak:
    """A combination of published numbers that is about few people, and how to make it."""

    about: str
    staff: tuple[str, ...]
    rows: float
    terms: tuple[tuple[float, Said], ...]
    how: str

    def __str__(self) -> str:
        made = " ".join(f"{a:+.4g} × {said}" for a, said in self.terms)
        who = ", ".join(self.staff) or "nobody known"
        return f"{self.about}: {self.how} leaves {self.rows:.0f} rows of {len(self.staff)} ({who}):\n    {made}"


@dataclass(frozen=True)
class Space:
    """What was published about some rows. ``w``: numbers × groups of handled rows; ``size``: rows of each group;
    ``known``: bits of the known staff of each group; ``by``: person × group, rows that each handled."""

    about: str
    said: tuple[Said, ...]
    w: np.ndarray
    size: np.ndarray
    known: np.ndarray
    by: np.ndarray
    people: tuple[str, ...]

    def names(self, bits: int) -> tuple[str, ...]:
        return tuple(p for i, p in enumerate(self.people) if p != UNKNOWN and bits >> i & 1)


def space(
    about: str, rows: pd.DataFrame, said: Sequence[Said], counts: Mapping[str, np.ndarray], months: Iterable[str]
) -> Space:
    """The space of what ``said`` says of the rows of these months. ``counts``: metric -> which rows it counts."""
    inside = rows["month"].isin(set(months)).to_numpy()
    here = rows[inside]
    handled = here["who"].notna().to_numpy()
    has = _members(here[handled], said)
    member = np.array([_row_of(s, has, counts[s.metric][inside][handled]) for s in said], dtype=bool)
    member = member.reshape(len(said), int(handled.sum()))
    packed = np.packbits(member, axis=0)
    keys = np.ascontiguousarray(packed.T).view(f"V{packed.shape[0]}").ravel() if len(packed) else np.zeros(0)
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    told = member[:, first].any(axis=0) if len(first) else np.zeros(0, bool)
    who = here["who"][handled].tolist()
    people = tuple(sorted({p for s in who for p in s}))
    if len(people) > 63:
        raise ValueError("the auditor looks at companies of up to 63 staff")
    place = {p: i for i, p in enumerate(people)}
    by = np.zeros((len(people), len(first)))
    for g, s in zip(group.tolist(), who):
        for p in s:
            by[place[p], g] += 1
    bit = np.array([0 if p == UNKNOWN else 1 << i for i, p in enumerate(people)], dtype=np.int64)
    known = ((by > 0) * bit[:, None]).sum(axis=0).astype(np.int64) if len(people) else np.zeros(len(first), np.int64)
    size = np.bincount(group, minlength=len(first)).astype(float)
    w = member[:, first].astype(float)
    return Space(about, tuple(said), w[:, told], size[told], known[told], by[:, told], people)


def _members(rows: pd.DataFrame, said: Iterable[Said]) -> dict[tuple[str, str], np.ndarray]:
    dims = {"month", *(d for s in said for d, _ in s.dims)}
    return {(d, v): (rows[d] == v).to_numpy() for d in dims for v in rows[d].unique()}


def _row_of(said: Said, has: Mapping[tuple[str, str], np.ndarray], counted: np.ndarray) -> np.ndarray:
    found = counted.copy()
    nothing = np.zeros(len(counted), bool)
    for dimension, values in ((("month", months_of(said.period)),) if months_of(said.period) else ()) + said.dims:
        found &= np.any([has.get((dimension, v), nothing) for v in values], axis=0)
    return found


def _few(bits: np.ndarray) -> np.ndarray:
    """How many bits are set in each number."""
    count = np.zeros(len(bits), np.int64)
    rest = bits.astype(np.uint64)
    while rest.any():
        count += (rest & np.uint64(1)).astype(np.int64)
        rest = rest >> np.uint64(1)
    return count


# ── Pairs and triples: what somebody with a pocket calculator finds ──


def subtractions(s: Space) -> list[Leak]:
    """Single numbers, differences of two, and sums and differences of three that fewer than five known staff are
    behind. For triples the people are counted first: whoever is not in the result has as many rows taken as given."""
    found: dict[tuple[str, ...], Leak] = {}
    persons = np.array([i for i, p in enumerate(s.people) if p != UNKNOWN], dtype=int)
    rows_of = s.by[persons] @ s.w.T if len(persons) else np.zeros((0, len(s.said)))

    def look(places: tuple[int, ...], signs: tuple[int, ...]) -> None:
        left = sum(sign * s.w[i] for sign, i in zip(signs, places))
        on = np.abs(left) > 0
        if not on.any():
            return
        bits = int(np.bitwise_or.reduce(s.known[on]))
        if bits.bit_count() < FEWEST:
            terms = tuple((float(sign), s.said[i]) for sign, i in zip(signs, places))
            how = ("", "one number", "two numbers", "three numbers")[len(places)]
            leak = Leak(s.about, s.names(bits), float(s.size[on].sum()), terms, how)
            found.setdefault(leak.staff, leak)

    n = len(s.said)
    for i in range(n):
        look((i,), (1,))
    for i in range(n):
        close = (np.abs(rows_of[:, i : i + 1] - rows_of) > 0).sum(axis=0) < FEWEST
        for j in np.flatnonzero(close).tolist():
            if j > i:
                look((i, j), (1, -1))
    for i in range(n):
        for signs in ((1, -1, -1), (1, 1, -1)):
            start = rows_of[:, i][:, None] + signs[1] * rows_of
            for j in range(n):
                if j == i or (signs[1] == 1 and j < i):
                    continue
                close = np.flatnonzero((np.abs(start[:, j : j + 1] - rows_of) > 0).sum(axis=0) < FEWEST)
                for k in close.tolist():
                    if k not in (i, j) and (signs[1] == 1 or k > j):
                        look((i, j, k), signs)
    return list(found.values())


# ── Rank: every combination of any length ──


def basis(s: Space) -> np.ndarray:
    """Orthonormal basis of the row space, groups weighted by the root of their rows: rank × groups."""
    if not s.w.size:
        return np.zeros((0, s.w.shape[1]))
    _, size, turned = np.linalg.svd(s.w * np.sqrt(s.size), full_matrices=False)
    return turned[size > 1e-9 * size[0]]


def isolable(s: Space, v: np.ndarray, most: int = 5) -> list[Leak]:
    """Sets of fewer than five known staff (with the unknown) that a combination of numbers is about, up to ``most``;
    of sets that hold one another, one.

    Sets of four hold all smaller ones. A set is looked at closely only where its groups carry enough: the squared
    lengths of all basis vectors there add up to at least the largest share, so below 1 nothing is carried whole."""
    small = np.flatnonzero(_few(s.known) < FEWEST)
    if not len(small) or not len(v):
        return []
    at = sorted({i for bits in s.known[small].tolist() for i in range(bits.bit_length()) if bits >> i & 1})
    sets = [sum(1 << i for i in c) for c in combinations(at, FEWEST - 1)] if len(at) >= FEWEST else [
        sum(1 << i for i in at)
    ]  # fmt: skip
    carried = (v[:, small] ** 2).sum(axis=0)
    found: dict[tuple[str, ...], Leak] = {}
    for start in range(0, len(sets), 2000):
        chunk = np.array(sets[start : start + 2000], dtype=np.int64)
        inside = (s.known[small][None, :] & ~chunk[:, None]) == 0
        for place in np.flatnonzero(inside @ carried > WHOLE - 1e-9).tolist():
            if any(set(staff) <= set(s.names(int(chunk[place]))) for staff in found):
                continue
            groups = small[inside[place]]
            part = v[:, groups]
            square = part.T @ part if part.shape[1] < part.shape[0] else part @ part.T
            if np.linalg.eigvalsh(square)[-1] < WHOLE:
                continue
            leak = recipe(s, v, groups)
            found.setdefault(leak.staff, leak)
            if len(found) >= most:
                return list(found.values())
    return list(found.values())


def recipe(s: Space, v: np.ndarray, groups: np.ndarray) -> Leak:
    """The fewest published numbers, and how often each is added, that leave rows of these groups alone."""
    part = v[:, groups]
    _, turned = np.linalg.eigh(part.T @ part)
    wanted = int(groups[np.argmax(np.abs(turned[:, -1]))])
    outside = np.setdiff1d(np.arange(s.w.shape[1]), groups)
    equal = np.unique(s.w[:, outside].T, axis=0)
    n = len(s.said)
    rows = np.vstack([np.hstack([m, -m]) for m in (equal, s.w[:, [wanted]].T)])
    solved = linprog(np.ones(2 * n), A_eq=rows, b_eq=np.append(np.zeros(len(equal)), 1.0), method="highs")
    if solved.status != 0:
        raise AssertionError("the rank test found a combination that cannot be made: the auditor is wrong")
    a = solved.x[:n] - solved.x[n:]
    left = a @ s.w
    on = np.abs(left) > 1e-7
    if not on.any() or not np.isin(np.flatnonzero(on), groups).all():
        raise AssertionError("the recipe does not leave what the rank test promised: the auditor is wrong")
    bits = int(np.bitwise_or.reduce(s.known[on]))
    terms = tuple((float(x), said) for x, said in zip(a, s.said) if abs(x) > 1e-7)
    return Leak(s.about, s.names(bits), float(s.size[on].sum()), terms, f"a sum of {len(terms)} numbers")


def dominated(s: Space, v: np.ndarray) -> list[tuple[str, float]]:
    """People who carry more than half of some combination, the unknown counted as one; with the share."""
    found = []
    for i, person in enumerate(s.people):
        share = s.by[i] / s.size
        if len(v) and (top := float(np.linalg.eigvalsh((v * share) @ v.T)[-1])) > MOST:
            found.append((person, top))
    return found


# ── Everything together ──


def blocks_of(said: Iterable[Said]) -> list[tuple[str, ...]]:
    """Months that some published period joins, as disjoint sets in order: what is published of one shares no row with
    another. A period without months joins all."""
    whole = list(said)
    months = sorted({m for s in whole for m in months_of(s.period)})
    if any(not months_of(s.period) for s in whole):
        return [tuple(months)]
    root = {m: m for m in months}
    for s in whole:
        first, *rest = months_of(s.period)
        for m in rest:
            old, new = root[m], root[first]
            root = {k: new if r == old else r for k, r in root.items()}
    return [tuple(m for m in months if root[m] == r) for r in dict.fromkeys(root.values())]


@dataclass(frozen=True)
class Found:
    """What an audit found, and how much it looked at."""

    leaks: tuple[Leak, ...]
    dominated: tuple[tuple[str, str, float], ...]
    numbers: int
    spaces: int

    def __str__(self) -> str:
        lines = [str(leak) for leak in self.leaks[:6]]
        lines += [f"{about}: {person} carries {share:.3f} of a combination" for about, person, share in self.dominated]
        return "\n".join(lines) or "nothing"


def audit(
    said: Sequence[Said],
    rows: pd.DataFrame,
    counts: Mapping[str, np.ndarray],
    same: Sequence[Sequence[tuple[str, str]]] = (),
    calculator: bool = True,
    most: int = 5,
) -> Found:
    """Look at everything published of one family of rows, block by block: each metric by itself, all metrics together
    with rows split by which metrics count them, and measures of two metrics that add the ``same`` thing (metric,
    measure) over the rows that either counts. ``calculator``: pairs and triples, too."""
    if wrong := disagreements(said, rows, counts, {(metric, "n"): mask for metric, mask in counts.items()}):
        raise AssertionError(f"the auditor looks at other rows than were published: {wrong[:3]}")
    leaks: list[Leak] = []
    heavy: list[tuple[str, str, float]] = []
    spaces = 0
    for months in blocks_of(said):
        inside = [s for s in said if set(months_of(s.period)) <= set(months)]
        label = f"{months[0]}..{months[-1]}" if months else "all"
        tries: list[tuple[str, list[Said], Mapping[str, np.ndarray]]] = []
        for metric in dict.fromkeys(s.metric for s in inside):
            tries.append((metric, [s for s in inside if s.metric == metric], counts))
        tries.append(("all KPIs together", inside, counts))
        for kinds in same:
            either = np.any([counts[metric] for metric, _ in kinds], axis=0)
            alike = [s for s in inside if s.metric in {metric for metric, _ in kinds}]
            tries.append((f"counted twice: {' and '.join(m for m, _ in kinds)}", alike, {m: either for m, _ in kinds}))
        for about, numbers, counted in tries:
            if not numbers:
                continue
            spaces += 1
            s = space(f"{about}, {label}", rows, numbers, counted, months)
            v = basis(s)
            leaks += isolable(s, v, most)
            if calculator:
                leaks += subtractions(s)
            heavy += [(s.about, person, share) for person, share in dominated(s, v)]
    return Found(tuple(leaks), tuple(heavy), len(said), spaces)


def disagreements(
    said: Iterable[Said],
    rows: pd.DataFrame,
    counts: Mapping[str, np.ndarray],
    adds: Mapping[tuple[str, str], np.ndarray],
) -> list[str]:
    """Published sums that are not the sum over the rows this auditor thinks stand behind them: then it looks at the
    wrong rows, and finding nothing means nothing."""
    has, found = _members(rows, said), []
    for s in said:
        behind = _row_of(s, has, counts[s.metric])
        for measure, value in s.sums.items():
            mine = adds.get((s.metric, measure))
            if mine is not None and abs(float(mine[behind].sum()) - value) > 1e-6:
                found.append(f"{s} {measure}: published {value:g}, counted {mine[behind].sum():g}")
    return found
