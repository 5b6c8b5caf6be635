"""Low-variance draws: planted rates come out close to their target for any seed.

A coin thrown per row would blur a planted 41 % by two points; these spread the chosen rows evenly over groups.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from metrics.demo.company import Array


def rng_for(seed: int, part: int) -> np.random.Generator:
    """An independent generator for one part of the company, so that a change in one leaves the others alone."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, part])))


def pick(rng: np.random.Generator, p: Array, *keys: Array) -> Array:
    """Systematic sample: row i is chosen with probability ``p[i]``, and the count over any run of the sort order
    ``keys`` is within one of its expectation (Madow, Annals of Mathematical Statistics 20(3), 1949). Boolean mask."""
    order = np.lexsort((rng.random(len(p)), *reversed(keys)))
    ends = np.floor(np.cumsum(p[order]) + rng.random())
    chosen = np.zeros(len(p), dtype=bool)
    chosen[order] = np.diff(ends, prepend=0.0) > 0
    if len(p):
        chosen[order[0]] = ends[0] >= 1
    return chosen


def spread(rng: np.random.Generator, *keys: Array) -> Array:
    """Uniforms in (0, 1), evenly spread within each group of ``keys`` in random order."""
    return ranked(rng, rng.random(len(keys[0])), *keys)


def ranked(rng: np.random.Generator, value: Array, *keys: Array) -> Array:
    """Rank of ``value`` within its group of ``keys``, as an evenly spread uniform in (0, 1)."""
    n = len(value)
    order = np.lexsort((value, *reversed(keys)))
    new = np.zeros(n, dtype=bool)
    if n:
        new[0] = True
    for key in keys:
        k = key[order]
        new[1:] |= k[1:] != k[:-1]
    starts = np.flatnonzero(new)
    sizes = np.diff(np.append(starts, n))
    rank = np.arange(n) - np.repeat(starts, sizes)
    out = np.empty(n)
    out[order] = (rank + rng.random(n)) / np.repeat(sizes, sizes)
    return out


def classes(u: Array, shares: Sequence[float] | Array) -> Array:
    """Class of each uniform: ``shares`` is one row of probabilities for all, or an n x k matrix."""
    cuts = np.cumsum(np.asarray(shares, dtype=float), axis=-1)
    cuts = cuts / cuts[..., -1:]
    if cuts.ndim == 1:
        found: Array = np.asarray(np.searchsorted(cuts, u, side="right"))
    else:
        found = (u[:, None] >= cuts).sum(axis=1)
    return found.clip(max=cuts.shape[-1] - 1)


def whole(expected: Array) -> Array:
    """Whole numbers whose running total stays within one half of the running total of ``expected``."""
    return np.diff(np.round(np.cumsum(expected)), prepend=0.0).astype(int)


def raked(groups: Sequence[tuple[Array, dict[int, float]]], counted: Array, rounds: int = 400) -> Array:
    """Probabilities with main effects on the odds that meet every target mean.

    ``groups``: per factor its level for each row and the wanted mean of some levels; means are taken over ``counted``
    rows (a level none of whose rows count uses all of its rows). Iterative proportional fitting (Deming and Stephan,
    Annals of Mathematical Statistics 11(4), 1940) of a log-linear table: the margins fit, interactions stay nil.
    """
    code = np.zeros(len(counted), dtype=int)
    for level, _ in groups:
        code = code * 16 + level
    code = code * 2 + counted
    cells, back, size = np.unique(code, return_inverse=True, return_counts=True)
    counts = np.where(cells % 2 == 1, size, 0).astype(float)
    levels = []
    rest = cells // 2
    for _ in groups:
        levels.append(rest % 16)
        rest = rest // 16
    levels.reverse()
    logit = np.full(len(cells), -0.5)
    for _ in range(rounds):
        for level, (_, wanted) in zip(levels, groups, strict=True):
            for value, mean in wanted.items():
                here = level == value
                weight = counts[here] if counts[here].sum() else size[here].astype(float)
                if not weight.sum():
                    continue
                now = np.clip((weight / (1 + np.exp(-logit[here]))).sum() / weight.sum(), 1e-6, 1 - 1e-6)
                logit[here] += np.log(mean / (1 - mean)) - np.log(now / (1 - now))
    result: Array = (1 / (1 + np.exp(-logit)))[back]
    return result
