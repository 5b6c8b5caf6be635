"""Sums of products counted row by row with numpy, and models from them: independent of the engine and of its SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from metrics.loyalty.drivers import DriverModel, Term, fit
from metrics.loyalty.lmg import Array
from metrics.loyalty.resample import Resampling
from metrics.loyalty.sums import BLOCKS, Sums

#: Draws of models that are fitted without a build.
DRAWN = Resampling(b"a test")


def stored(values: Array) -> tuple[Any, float]:
    """Whole steps of the smallest unit out of 1, 1/100 and 1/1,000,000 that keeps the values."""
    for unit in (1.0, 0.01, 1e-6):
        steps = np.round(values / unit)
        if unit == 1e-6 or np.allclose(steps * unit, values, atol=1e-9):
            return steps.astype(np.int64), unit
    raise AssertionError


def sums_of(columns: dict[str, Any], customer: Any, blocks: int = BLOCKS) -> Sums:
    """``Sums`` of whole-number columns by block of customers."""
    whole = np.column_stack([np.ones(len(customer), dtype=np.int64), *columns.values()]).astype(np.int64)
    low = whole.min(axis=0)[1:]
    whole[:, 1:] -= low
    block = np.asarray(customer) % blocks
    present = np.unique(block)
    products = np.stack([whole[block == b].T @ whole[block == b] for b in present])
    return Sums(tuple(columns), low, ("block",), present.astype(object)[:, None], products)


def fitted(
    names: Sequence[str],
    x: Array,
    y: Array,
    customer: Any,
    controls: dict[str, Any] | None = None,
    **more: Any,
) -> DriverModel:
    """The model of rows: scores ``x`` (n, p) of drivers, outcome ``y`` (n,), points where it is yes or no."""
    yes_no = bool(np.isin(y, (0, 1)).all())
    whole = {f"x{i}": stored(x[:, i]) for i in range(x.shape[1])}
    outcome, unit = stored(y)
    columns = {name: steps for name, (steps, _) in whole.items()} | (controls or {}) | {"y": outcome}
    terms = [Term(f"x{i}", whole[f"x{i}"][1], driver=name) for i, name in enumerate(names)]
    end = Term("y", 100.0 if yes_no else unit)
    return fit(sums_of(columns, customer), terms, end, DRAWN, tuple(controls or ()), **more)
