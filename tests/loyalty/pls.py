"""Partial least squares path modelling, as far as it makes scores: only for tests, to reach published coefficients.

Source: Tenenhaus, Esposito Vinzi, Chatelin and Lauro, "PLS Path Modeling", Computational Statistics & Data Analysis
48(1), 2005; mode A (reflective), centroid and path weighting. The coefficients between scores are not made here: they
are the product's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from metrics.loyalty.lmg import Array

#: Change of the outer weights at which the iteration ends.
STILL = 1e-12


def standard(columns: Array) -> Array:
    """Columns with mean 0 and standard deviation 1 (n - 1)."""
    found: Array = (columns - columns.mean(axis=0)) / columns.std(axis=0, ddof=1)
    return found


def scores(
    items: Mapping[str, Array], paths: Sequence[tuple[str, str]], by_paths: bool = False, scaled: bool = True
) -> dict[str, Array]:
    """Standardised score (n,) of each latent variable from its ``items`` (n, k). ``paths``: (from, to).

    Neighbours weigh with the sign of their correlation, or ``by_paths`` with their regression coefficient where they
    lead to the variable and with their correlation where it leads to them. ``scaled``: items are standardised first,
    else centred only."""
    names = list(items)
    x = {name: standard(c) if scaled else c - c.mean(axis=0) for name, c in items.items()}
    weights = {name: np.ones(columns.shape[1]) for name, columns in x.items()}
    for _ in range(1000):
        outer = standard(np.column_stack([x[name] @ weights[name] for name in names]))
        r = np.corrcoef(outer.T)
        inner = np.zeros_like(r)
        for name in names:
            i = names.index(name)
            before = [names.index(a) for a, b in paths if b == name]
            after = [names.index(b) for a, b in paths if a == name]
            if by_paths:
                inner[i, before] = np.linalg.solve(r[np.ix_(before, before)], r[before, i]) if before else 0
                inner[i, after] = r[i, after]
            else:
                near = [*before, *after]
                inner[i, near] = np.sign(r[i, near])
        felt = standard(outer @ inner.T)
        new = {name: x[name].T @ felt[:, i] for i, name in enumerate(names)}
        new = {name: w / np.linalg.norm(w) for name, w in new.items()}
        moved = max(float(np.abs(new[name] - weights[name]).max()) for name in names)
        weights = new
        if moved < STILL:
            return {name: standard(x[name] @ weights[name]) for name in names}
    raise ArithmeticError("the weights do not settle")
