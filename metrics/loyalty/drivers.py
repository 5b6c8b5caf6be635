"""Drivers of loyalty: which experiences go with an outcome, how sure that is, and which cannot be told apart.

Respondent rows are reduced to sums of products by block of customers; everything after that, 1,000 bootstrap
replicates included, is arithmetic on those sums. A block holds whole customers, so one who answered ten times does
not look like ten people who agree. Only results leave this module, to three significant digits: no mean, total or
covariance.

LMG shares say what goes with an outcome, not what would change it: a planted driver without any effect still gets a
few per cent, through what it has in common with the others. Money is never computed from a share, only from effects.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, unique

import numpy as np
from numpy.typing import NDArray

from metrics.errors import Refusal, Refused
from metrics.loyalty.lmg import COLLINEAR, Array, lmg

REPLICATES = 1000
BLOCKS = 200
#: Below this many blocks a cluster bootstrap gives intervals that are too narrow (Cameron, Gelbach and Miller,
#: "Bootstrap-Based Improvements for Inference with Clustered Errors", Review of Economics and Statistics 90(3), 2008).
MIN_BLOCKS = 30
SEED = 20260101


@unique
class Kind(Enum):
    """What the outcome is: something customers did, or something they said."""

    BEHAVIOUR = "behaviour"
    STATED = "stated"


@dataclass(frozen=True)
class Driver:
    """One driver of one outcome. ``share``: percent of explained variance (LMG), with its 95 % interval; ``tier``:
    1 is the strongest, drivers of a tier cannot be told apart; ``effect``: change of the outcome for one scale point
    of the driver, others held fixed, in percentage points of a yes/no outcome, else in its scale points."""

    driver: str
    share: float
    low: float
    high: float
    tier: int
    effect: float
    effect_low: float
    effect_high: float


@dataclass(frozen=True)
class DriverModel:
    """A fitted model, largest share first. ``outcome`` is a KPI id; all floats have three significant digits."""

    outcome: str
    kind: Kind
    n: int
    r2: float
    r2_low: float
    r2_high: float
    rows: tuple[Driver, ...]


def needed(drivers: int) -> int:
    """Respondents below which no model with so many drivers is fitted."""
    return max(10 * drivers, 200)


def round3(value: float) -> float:
    """Three significant digits: what is stored cannot be turned back into sums."""
    return float(f"{value:.3g}") + 0.0


def fit(
    outcome: str,
    kind: Kind,
    names: Sequence[str],
    x: Array,
    y: Array,
    customer: NDArray[np.int64],
    replicates: int = REPLICATES,
) -> DriverModel:
    """LMG shares, effects and their intervals of one outcome.

    ``x`` (n, p) scores of the drivers on their own scales, ``y`` (n,) the outcome, ``customer`` (n,) numbers: rows of
    one number are resampled together. Complete cases only. Intervals are 2.5 and 97.5 percentiles of a cluster
    bootstrap (Efron and Tibshirani, "An Introduction to the Bootstrap", Chapman & Hall 1993, chapter 13).

    Raises Refusal(TOO_FEW) below max(10 p, 200) rows, below 30 blocks of customers, or when so few had the outcome
    that a resample holds none; Refusal(NO_SIGNAL) when no driver varies or nothing at all is explained."""
    n, p = x.shape
    if n < needed(p):
        raise Refusal(Refused.TOO_FEW)
    columns = np.column_stack([np.ones(n), x - x.mean(axis=0), y - y.mean()])
    by_block = block_sums(columns, customer)
    if len(by_block) < MIN_BLOCKS:
        raise Refusal(Refused.TOO_FEW)
    draws = np.random.default_rng(SEED).multinomial(len(by_block), [1 / len(by_block)] * len(by_block), replicates)
    sums = np.concatenate([by_block.sum(axis=0)[None], np.tensordot(draws.astype(float), by_block, axes=1)])
    sums = np.moveaxis(_centred(sums), 0, 2)  # replicate 0 is the data themselves
    if not (sums[-1, -1] > COLLINEAR * sums[-1, -1, 0]).all():
        raise Refusal(Refused.TOO_FEW)
    shares, r2 = _shares(sums, p)
    points = 100.0 if np.isin(y, (0, 1)).all() else 1.0
    effects = points * _effects(sums)
    low, high = np.percentile(shares[:, 1:], [2.5, 97.5], axis=1)
    effect_low, effect_high = np.percentile(effects[:, 1:], [2.5, 97.5], axis=1)
    r2_low, r2_high = np.percentile(r2[1:], [2.5, 97.5])
    order = np.lexsort((np.array(names), -shares[:, 0]))
    figures = np.stack([shares[:, 0], low, high, effects[:, 0], effect_low, effect_high], axis=1)
    rows = []
    for i, tier in zip(order, tiers(shares[order, 1:])):
        share, share_low, share_high, *effect = map(round3, figures[i])
        rows.append(Driver(names[i], share, share_low, share_high, tier, *effect))
    return DriverModel(outcome, kind, n, round3(r2[0]), round3(r2_low), round3(r2_high), tuple(rows))


def block_sums(columns: Array, customer: NDArray[np.int64], blocks: int = BLOCKS) -> Array:
    """Sums of products (blocks that hold anybody, q, q) of columns (n, q). Customers are numbered in sorted order of
    their ids; the remainder spreads neighbours over blocks."""
    block = customer % blocks
    order = np.argsort(block, kind="stable")
    edges = np.flatnonzero(np.diff(block[order])) + 1
    return np.stack([part.T @ part for part in np.split(columns[order], edges)])


def tiers(draws: Array) -> Iterator[int]:
    """Tier of each driver, from replicates of their shares (p, replicates), largest share first: a driver starts a
    new tier when the 95 % interval of its difference to the first of the tier excludes 0."""
    tier, leader = 1, draws[0]
    for share in draws:
        if np.percentile(leader - share, 2.5) > 0:
            tier, leader = tier + 1, share
        yield tier


def _centred(sums: Array) -> Array:
    """Sums (replicates, q+1, q+1) with a leading column of ones -> centred sums (replicates, q, q)."""
    ones = sums[:, 0, 1:]
    out: Array = sums[:, 1:, 1:] - ones[:, :, None] * ones[:, None] / sums[:, 0, 0][:, None, None]
    return out


def _shares(sums: Array, p: int) -> tuple[Array, Array]:
    """Percent of R² by driver (p, replicates), and R² (replicates,). In slices, because 2^p subsets of each
    replicate are held at once."""
    step = max(1, (1 << 22) >> p)
    parts = [lmg(sums[:, :, i : i + step]) for i in range(0, sums.shape[2], step)]
    r2 = np.concatenate([part.r2 for part in parts])
    if not (r2 > COLLINEAR).all():
        raise Refusal(Refused.NO_SIGNAL)
    return 100 * np.concatenate([part.shares for part in parts], axis=1) / r2, r2


def _effects(sums: Array) -> Array:
    """Least squares coefficients (p, replicates). Drivers that say the same share one effect evenly."""
    spread = np.sqrt(np.einsum("iir->ir", sums))
    spread = np.where(spread > 0, spread, 1.0)
    r = np.moveaxis(sums / (spread[:, None] * spread[None]), 2, 0)
    inverse = np.linalg.pinv(r[:, :-1, :-1], rcond=COLLINEAR, hermitian=True)
    beta = np.einsum("rij,rj->ir", inverse, r[:, :-1, -1])
    out: Array = beta * spread[-1] / spread[:-1]
    return out
