"""The two ends of a scale: must-have, linear or delighter, and whether a driver gives its outcome away.

Penalty and reward are the coefficients of dummies for the lowest and the highest answers, the middle being the
reference, all drivers in one regression: Brandt, "A Procedure for Identifying Value-Enhancing Service Components
Using Customer Satisfaction Survey Data", in: Surprenant (ed.), Add Value to Your Service, AMA 1987. Where the answers
pile up at one end, the two ends lie unequally far from the middle; so the shape is told from the change per scale
point on either side, and a straight line is found to be straight.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metrics.errors import Refusal
from metrics.loyalty.drivers import REPLICATES, Term, centred, needed, round3, slopes
from metrics.loyalty.evidence import Kind, Shape
from metrics.loyalty.lmg import Array
from metrics.loyalty.resample import Resampling
from metrics.loyalty.sums import sums

#: An end is the lowest (highest) answers of at most this share of the rows, or the last answer alone if it is more.
END = 1 / 3
#: Share of rows that low, middle and high must each have.
LEAST = 0.05
#: Rows of a level below which it is no proof that all of them had the same outcome.
FIRM = 30
#: Share of rows at levels that settle the outcome, and share of its variance that the level explains (for something
#: done, for something said), from which on one is probably recorded from the other.
SETTLED, DONE, SAID = 0.5, 0.5, 0.9


@dataclass(frozen=True)
class Levels:
    """Rows at each level of a driver: its stored value, how many, sums of the outcome and of its square. In memory
    only."""

    value: NDArray[np.int64]
    rows: Array
    total: Array
    squares: Array


@dataclass(frozen=True)
class Ends:
    """Penalty and reward of one driver with their 95 % intervals, in the outcome's unit."""

    shape: Shape
    penalty: tuple[float, float, float]
    reward: tuple[float, float, float]


def levels(engine: Any, table: str, column: str, outcome: str) -> Levels:
    """The levels of a whole-number column of a table, in order."""
    y = f'CAST("{outcome}" AS DOUBLE PRECISION)'
    told = engine.query(
        f'SELECT "{column}" AS value, count(*) AS n, sum({y}) AS total, sum({y} * {y}) AS squares FROM "{table}"'
        f' GROUP BY "{column}" ORDER BY "{column}"'
    )
    value, *rest = (told.column(name).to_numpy() for name in ("value", "n", "total", "squares"))
    return Levels(value.astype(np.int64), *(column.astype(float) for column in rest))


def leaks(at: Levels, kind: Kind) -> bool:
    """Whether a driver nearly determines the outcome: knowing its level settles what most rows did, or explains
    nearly all of the outcome's variance (correlation ratio). Such a driver is a warning, not a winner: a churn score
    given after the customer left has a share of 100 % and says nothing."""
    n, mean = at.rows.sum(), at.total.sum() / at.rows.sum()
    around = at.squares.sum() - n * mean * mean
    within = (at.squares - at.total**2 / at.rows).sum()
    if len(at.rows) < 2 or around <= 0:
        return False
    same = (at.squares - at.total**2 / at.rows <= 1e-9 * around) & (at.rows >= FIRM)
    if kind is Kind.BEHAVIOUR and at.rows[same].sum() / n >= SETTLED:
        return True
    return bool(1 - within / around >= (DONE if kind is Kind.BEHAVIOUR else SAID))


def cut(at: Levels) -> tuple[int, int] | None:
    """(highest value of the low end, lowest value of the high end); None where one of three parts would be rare."""
    share = at.rows / at.rows.sum()
    if len(share) < 3:
        return None
    below, above = np.cumsum(share), np.cumsum(share[::-1])
    low = max(int((below <= END).sum()) - 1, 0)
    high = len(share) - 1 - max(int((above <= END).sum()) - 1, 0)
    parts = (below[low], 1 - below[low] - above[len(share) - 1 - high], above[len(share) - 1 - high])
    if high - low < 2 or min(parts) < LEAST:
        return None
    return int(at.value[low]), int(at.value[high])


def ends(
    engine: Any,
    table: str,
    drivers: Sequence[Term],
    at: Sequence[Levels],
    outcome: Term,
    drawn: Resampling,
    controls: Sequence[str] = (),
    sure: Collection[Term] = (),
) -> dict[Term, Ends]:
    """Penalty, reward and shape of each driver with three parts; the others stand in the regression as they are.
    ``sure``: drivers whose effect is certain; without it no line is told from the dummies, which are coarser."""
    cuts = {d: c for d, found in zip(drivers, at) if (c := cut(found))}
    made: list[str] = []
    columns: list[str] = [*controls]
    for i, d in enumerate(drivers):
        if d in cuts:
            low, high = cuts[d]
            for name, test in ((f"low{i}", f"<= {low}"), (f"high{i}", f">= {high}")):
                made.append(f'CASE WHEN "{d.column}" {test} THEN 1 ELSE 0 END AS {name}')
                columns.append(name)
        else:
            columns.append(d.column)
    if not cuts:
        return {}
    try:
        engine.create("panel_ends", f'SELECT *, {", ".join(made)} FROM "{table}"')
        by_block = sums(engine, "panel_ends", [*columns, outcome.column]).by_block().astype(float)
    except Refusal:
        return {}
    if by_block[:, 0, 0].sum() < needed(len(columns)):
        return {}
    beta = slopes(centred(np.tensordot(drawn.weights(REPLICATES), by_block, axes=1))) * outcome.unit
    found: dict[Term, Ends] = {}
    for i, d in enumerate(drivers):
        if d in cuts:
            down, up = beta[columns.index(f"low{i}")], beta[columns.index(f"high{i}")]
            found[d] = _ends(down, up, *_distances(at[i], *cuts[d]), d in sure)
    return found


def _distances(at: Levels, low: int, high: int) -> tuple[float, float]:
    """How far the mean of either end lies from the mean of the middle, in stored steps."""

    def mean(chosen: NDArray[np.bool_]) -> float:
        return float((at.value[chosen] * at.rows[chosen]).sum() / at.rows[chosen].sum())

    middle = mean((at.value > low) & (at.value < high))
    return middle - mean(at.value <= low), mean(at.value >= high) - middle


def _ends(down: Array, up: Array, below: float, above: float, sure: bool) -> Ends:
    def interval(draws: Array) -> tuple[float, float, float]:
        low, high = np.percentile(draws[1:], [2.5, 97.5])
        return round3(draws[0]), round3(low), round3(high)

    penalty, reward = interval(down), interval(up)
    _, low, high = interval(-down / below - up / above)  # how much steeper it is below than above
    if low > 0 and penalty[2] < 0:
        shape = Shape.MUST_HAVE
    elif high < 0 and reward[1] > 0:
        shape = Shape.DELIGHTER
    elif sure and low <= 0 <= high and (penalty[2] < 0 or reward[1] > 0):
        shape = Shape.LINEAR
    else:
        shape = Shape.UNCLEAR
    return Ends(shape, penalty, reward)
