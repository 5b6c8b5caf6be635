"""Drivers of loyalty: which experiences go with an outcome, how sure that is, and which cannot be told apart.

Everything here is arithmetic on sums of products by block of customers (``sums``), 1,000 bootstrap replicates
included. A block holds whole customers, so one who answered ten times does not look like ten people who agree. Which
blocks are drawn is known to the build alone (``resample``). Only results leave this module, to three significant
digits: no mean, total or covariance.

LMG shares say what goes with an outcome, not what would change it: a planted driver without any effect still gets a
few per cent, through what it has in common with the others. Money is never computed from a share, only from effects.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from metrics.errors import Refusal, Refused
from metrics.loyalty.evidence import Method, What
from metrics.loyalty.lmg import COLLINEAR, Array, lmg
from metrics.loyalty.resample import Resampling
from metrics.loyalty.results import Figures
from metrics.loyalty.sums import Sums

REPLICATES = 1000
#: Below this many blocks a cluster bootstrap gives intervals that are too narrow (Cameron, Gelbach and Miller,
#: "Bootstrap-Based Improvements for Inference with Clustered Errors", Review of Economics and Statistics 90(3), 2008).
MIN_BLOCKS = 30
#: Drivers above which the intervals of shares come from the delta method: 2^p subsets times 1,000 replicates.
MANY = 12
#: Groups of blocks that the delta method moves one at a time, and how far.
GROUPS, STEP = 100, 1e-4
#: Subsets of replicates that are held at once: what fits into a processor's own memory is several times faster.
SLICE = 1 << 16
#: Random splits into halves.
SPLITS = 20
#: Variance inflation above which a driver is read together with those that say nearly the same.
INFLATED = 5.0
MOST_INFLATED = 999.0


@dataclass(frozen=True)
class Term:
    """A column of the sums: what it means, and the value of one stored step (0.01 where hundredths are stored)."""

    column: str
    unit: float = 1.0
    what: What = What.QUESTION
    driver: str = ""
    value: str = ""


@dataclass(frozen=True)
class Driver(Figures):
    """One driver of one outcome."""

    term: Term


@dataclass(frozen=True)
class DriverModel:
    """A fitted model, largest share first. ``draws``: replicates of the effects (drivers in the order of ``rows``,
    replicates); ``halves``: mean rank correlation of the shares between random halves of the blocks."""

    n: int
    r2: float
    r2_low: float
    r2_high: float
    r2_controls: float
    method: Method
    halves: float
    rows: tuple[Driver, ...]
    draws: Array = field(compare=False, repr=False)


def needed(columns: int) -> int:
    """Rows below which no model with so many drivers and controls is fitted."""
    return max(10 * columns, 200)


def round3(value: float) -> float:
    """Three significant digits: an effect is known to two at best."""
    return float(f"{value:.3g}") + 0.0


def fit(
    sums: Sums,
    drivers: Sequence[Term],
    outcome: Term,
    drawn: Resampling,
    controls: Sequence[str] = (),
    method: Method | None = None,
    replicates: int = REPLICATES,
) -> DriverModel:
    """LMG shares and effects of one outcome with their 95 % intervals.

    ``sums`` by block, holding the columns of the drivers, the controls (partialled out of everything) and the outcome;
    ``drawn``: how the blocks are resampled.
    Intervals are 2.5 and 97.5 percentiles of a cluster bootstrap (Efron and Tibshirani, "An Introduction to the
    Bootstrap", Chapman & Hall 1993, chapter 13); with more than 12 drivers those of the shares are its first-order
    approximation (the infinitesimal jackknife, ibid. chapter 21), unless ``method`` says otherwise. Checked against
    relaimpo, statsmodels and a bootstrap of rows (tests/loyalty).

    Raises Refusal: TOO_FEW below max(10 p, 200) rows, below 30 blocks of customers, or when so few had the outcome
    that a resample holds none; NO_SIGNAL when no driver varies or nothing at all is explained."""
    by_block = sums.of([*controls, *(d.column for d in drivers), outcome.column]).by_block().astype(float)
    n, c, p = round(by_block[:, 0, 0].sum()), len(controls), len(drivers)
    if n < needed(p + c) or (by_block[:, 0, 0] > 0).sum() < MIN_BLOCKS:
        raise Refusal(Refused.TOO_FEW)
    method = method or (Method.DELTA if p > MANY else Method.BOOTSTRAP)
    resampled = centred(np.tensordot(drawn.weights(replicates), by_block, axes=1))  # replicate 0 is the data themselves
    if not (resampled[-1, -1] > COLLINEAR * resampled[-1, -1, 0]).all():
        raise Refusal(Refused.TOO_FEW)
    shares, r2, alone = explained(resampled[:, :, :1] if method is Method.DELTA else resampled, c)
    if method is Method.DELTA:
        shares, r2 = _first_order(by_block, c, shares, drawn.weights(replicates, GROUPS)), r2_of(resampled)
    unit = outcome.unit / np.array([d.unit for d in drivers])
    effects = slopes(resampled)[c:] * unit[:, None]
    halves = _halves(by_block)
    low, high = np.percentile(shares[:, 1:], [2.5, 97.5], axis=1)
    effect_low, effect_high = np.percentile(effects[:, 1:], [2.5, 97.5], axis=1)
    r2_low, r2_high = np.percentile(r2[1:], [2.5, 97.5])
    order = np.lexsort((np.array([d.driver + d.value for d in drivers]), -shares[:, 0]))
    places = np.argsort(np.argsort(-shares[:, 1:], axis=0), axis=0) + 1
    rank_low = np.percentile(places, 2.5, axis=1, method="lower")
    rank_high = np.percentile(places, 97.5, axis=1, method="higher")
    vif, cluster = collinear(resampled[:, :, 0], c)
    together = _together(resampled, c, cluster)
    same = _same_sign(halves, c, effects[:, 0])
    rows = []
    for i, tier in zip(order, tiers(shares[order, 1:])):
        share, share_low, share_high = map(round3, (shares[i, 0], low[i], high[i]))
        group = together.get(int(cluster[i]), (None, None, None))
        rows.append(
            Driver(
                term=drivers[i],
                share=share,
                low=share_low,
                high=share_high,
                tier=tier,
                rank_low=int(rank_low[i]),
                rank_high=int(rank_high[i]),
                effect=round3(effects[i, 0]),
                effect_low=round3(effect_low[i]),
                effect_high=round3(effect_high[i]),
                vif=round3(min(vif[i], MOST_INFLATED)),
                cluster=int(cluster[i]),
                cluster_share=group[0],
                cluster_low=group[1],
                cluster_high=group[2],
                same_halves=bool(same[i]),
            )
        )
    agreement = round3(_agreement(by_block, c, drawn)) if p > 1 else 1.0
    told_r2 = (round3(r2[0]), round3(r2_low), round3(r2_high), round3(alone[0]))
    return DriverModel(n, *told_r2, method, agreement, tuple(rows), effects[order, 1:])


def centred(sums: Array) -> Array:
    """Sums (replicates, q+1, q+1) with a leading column of ones -> centred sums (q, q, replicates)."""
    ones = sums[:, 0, 1:]
    out = sums[:, 1:, 1:] - ones[:, :, None] * ones[:, None] / np.maximum(sums[:, 0, 0], 1)[:, None, None]
    return np.moveaxis(out, 0, 2)


def explained(a: Array, controls: int) -> tuple[Array, Array, Array]:
    """Percent of what the drivers explain by driver (p, replicates); R² of all, and of controls alone (replicates,).
    In slices, because 2^p subsets of each replicate are held at once. The first ``controls`` columns are controls.

    Where a replicate explains nothing at all, its shares are even. Raises Refusal(NO_SIGNAL) where no driver varies, or
    where several together explain nothing of the first replicate, so that there is nothing to divide."""
    p = len(a) - 1 - controls
    step = max(1, SLICE >> p)
    parts = [lmg(a[:, :, i : i + step], controls=range(controls)) for i in range(0, a.shape[2], step)]
    r2 = np.concatenate([part.r2 for part in parts])
    alone = np.concatenate([part.r2_controls for part in parts])
    gain = r2 - alone
    something = gain > COLLINEAR
    varied = np.einsum("iir->ir", a[controls:-1, controls:-1])[:, 0] > 0
    if not varied.any() or (p > 1 and not something[0]):
        raise Refusal(Refused.NO_SIGNAL)
    shares = np.concatenate([part.shares for part in parts], axis=1)
    return np.where(something, 100 * shares / np.where(something, gain, 1.0), 100 / p), r2, alone


def slopes(a: Array) -> Array:
    """Least squares coefficients (q-1, replicates) from centred sums. Columns that say the same share one evenly."""
    r, spread = _scaled(a)
    inverse = np.linalg.pinv(r[:, :-1, :-1], rcond=COLLINEAR, hermitian=True)
    out: Array = np.einsum("rij,rj->ir", inverse, r[:, :-1, -1]) * spread[-1] / spread[:-1]
    return out


def r2_of(a: Array) -> Array:
    """R² (replicates,) of the last column on all others."""
    out: Array = np.einsum("ir,ir->r", slopes(a), a[:-1, -1]) / a[-1, -1]
    return out


def tiers(draws: Array) -> Iterator[int]:
    """Tier of each driver, from replicates of their shares (p, replicates), largest share first: a driver starts a
    new tier when the 95 % interval of its difference to the first of the tier excludes 0."""
    tier, leader = 1, draws[0]
    for share in draws:
        if np.percentile(leader - share, 2.5) > 0:
            tier, leader = tier + 1, share
        yield tier


def collinear(a: Array, controls: int = 0) -> tuple[Array, NDArray[np.int64]]:
    """Variance inflation of each driver (p,), and the group it belongs to (0: none): drivers above 5 that go with
    each other at |r| of 0.7 or more are one group, and one that stands alone joins its nearest neighbour."""
    r, _ = _scaled(a[:, :, None])
    x = r[0, :-1, :-1]
    p = len(x) - controls
    inverse = np.diag(np.linalg.pinv(x + 1e-9 * np.eye(len(x)), hermitian=True))[controls:]
    vif = np.maximum(inverse * np.diag(x)[controls:], 1.0)
    near = np.abs(x[controls:, controls:]) * (1 - np.eye(p))
    group = np.zeros(p, dtype=np.int64)
    for i in np.flatnonzero(vif > INFLATED):
        friends = {i, *np.flatnonzero((near[i] >= 0.7) & (vif > INFLATED))}
        if len(friends) == 1 and p > 1:
            friends.add(int(near[i].argmax()))
        members = sorted(friends)
        known = sorted(set(group[members]) - {0})
        number = known[0] if known else group.max() + 1
        group[np.isin(group, known) & (group > 0)] = number
        group[members] = number
    names = {old: new for new, old in enumerate(dict.fromkeys(g for g in group if g), start=1)}
    return vif, np.array([names.get(g, 0) for g in group], dtype=np.int64)


def _scaled(a: Array) -> tuple[Array, Array]:
    """Correlations (replicates, q, q) and root sums of squares (q, replicates)."""
    spread = np.sqrt(np.maximum(np.einsum("iir->ir", a), 0.0))
    spread = np.where(spread > 0, spread, 1.0)
    return np.moveaxis(a / (spread[:, None] * spread[None]), 2, 0), spread


def _first_order(by_block: Array, controls: int, at: Array, weights: Array) -> Array:
    """Shares (p, 1 + replicates) of the linearised bootstrap: how each share moves when one group of blocks weighs a
    little more, times how often that group is drawn."""
    group = np.arange(len(by_block)) % GROUPS
    by_group = np.stack([by_block[group == g].sum(axis=0) for g in range(GROUPS)])
    moved = by_block.sum(axis=0)[None] + STEP * by_group
    slope = (explained(centred(moved), controls)[0] - at) / STEP
    out: Array = at + slope @ (weights - 1).T
    return out


def _halves(by_block: Array) -> Array:
    """Centred sums (q, q, 2) of the customers with even and with odd block numbers."""
    return centred(np.stack([by_block[0::2].sum(axis=0), by_block[1::2].sum(axis=0)]))


def _same_sign(halves: Array, controls: int, effects: Array) -> NDArray[np.bool_]:
    out: NDArray[np.bool_] = (np.sign(slopes(halves)[controls:]) == np.sign(effects)[:, None]).all(axis=1)
    return out


def _agreement(by_block: Array, controls: int, drawn: Resampling) -> float:
    """Mean rank correlation of the shares between random halves; 0 where a half explains nothing."""
    p = by_block.shape[1] - 2 - controls
    splits = 1 if p > MANY else SPLITS
    rng = drawn.rng("halves")
    picked = np.stack([rng.permutation(len(by_block)) < len(by_block) // 2 for _ in range(splits)])
    both = np.tensordot(np.concatenate([picked, ~picked]).astype(float), by_block, axes=1)
    try:
        shares = explained(centred(both), controls)[0]
    except (Refusal, ValueError):
        return 0.0
    ranks = np.argsort(np.argsort(shares, axis=0), axis=0)
    pairs = [np.corrcoef(ranks[:, i], ranks[:, i + splits])[0, 1] for i in range(splits)]
    return float(np.mean(pairs))


def _together(a: Array, controls: int, cluster: NDArray[np.int64]) -> dict[int, tuple[float, float, float]]:
    """Cluster -> its share as one player, with interval; empty where there are too many players for a bootstrap."""
    numbers = sorted(set(cluster.tolist()) - {0})
    members = [[controls + int(i) for i in np.flatnonzero(cluster == k)] for k in numbers]
    players = members + [[controls + int(i)] for i in np.flatnonzero(cluster == 0)]
    if not numbers or len(players) > MANY:
        return {}
    step = max(1, SLICE >> len(players))
    parts = [lmg(a[:, :, i : i + step], players, range(controls)) for i in range(0, a.shape[2], step)]
    shares = np.concatenate([100 * part.shares / (part.r2 - part.r2_controls) for part in parts], axis=1)
    low, high = np.percentile(shares[:, 1:], [2.5, 97.5], axis=1)
    return {k: (round3(shares[i, 0]), round3(low[i]), round3(high[i])) for i, k in enumerate(numbers)}
