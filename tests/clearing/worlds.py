"""Random groups of rows and numbers about them, and the joint test by brute force: slow, obvious, independent."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from metrics.clearing.joint import Groups
from metrics.clearing.rule import UNKNOWN


def groups_of(handlers: list[dict[int, int]]) -> Groups:
    """Groups from rows by person; each row has one handler."""
    rows = np.array([float(sum(h.values())) for h in handlers])
    triples = [(g, p, n) for g, h in enumerate(handlers) for p, n in sorted(h.items())]
    columns = np.array(triples, dtype=np.int64).reshape(-1, 3)
    return Groups(rows, columns[:, 0], columns[:, 1], columns[:, 2].astype(float))


def random_world(seed: int, staff: int = 9, groups: int = 24, numbers: int = 12) -> tuple[np.ndarray, Groups]:
    """W (numbers × groups, 0 and 1: cells of a few random partitions) and the groups' handlers."""
    rng = np.random.default_rng(seed)
    handlers = []
    for _ in range(groups):
        size = int(rng.choice([1, 1, 2, 3, 5, 6]))
        people = rng.choice(staff, min(size, staff), replace=False).tolist()
        if rng.random() < 0.1:
            people.append(UNKNOWN)
        handlers.append({int(p): int(rng.integers(1, 5)) for p in people})
    rows: list[np.ndarray] = [np.ones(groups, bool)]
    while len(rows) < numbers:
        cells = rng.integers(0, rng.integers(2, 6), groups)
        rows += [cells == c for c in np.unique(cells)]
    return np.array(rows[:numbers]), groups_of(handlers)


def isolable_sets(w: np.ndarray, g: Groups, size: int = 4) -> list[tuple[int, ...]]:
    """Every set of at most ``size`` known staff such that some combination of the rows of ``w`` is zero on all groups
    in which somebody else had a hand: taking those groups away lowers the rank."""
    members = [set(g.staff[g.group == c].tolist()) - {UNKNOWN} for c in range(len(g.rows))]
    everybody = sorted(set().union(*members))
    whole = np.linalg.matrix_rank(w.astype(float))
    found = []
    for k in range(size + 1):
        for people in combinations(everybody, k):
            others = [c for c, m in enumerate(members) if not m <= set(people)]
            if np.linalg.matrix_rank(w[:, others].astype(float)) < whole:
                found.append(people)
    return found


def largest_part(w: np.ndarray, g: Groups, person: int) -> float:
    """The largest part of the squared length (in rows) of a combination that rests on one person, by generalised
    eigenvalues on an orthonormal basis from the singular value decomposition."""
    scaled = w * np.sqrt(g.rows)
    _, s, v = np.linalg.svd(scaled, full_matrices=False)
    basis = v[s > 1e-9 * s[0]]
    mine = g.staff == person
    share = np.zeros(len(g.rows))
    share[g.group[mine]] = g.staff_rows[mine] / g.rows[g.group[mine]]
    return float(np.linalg.eigvalsh((basis * share) @ basis.T)[-1])
