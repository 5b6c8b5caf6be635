"""Why a total moved: because the groups changed (rate) or because their shares did (mix).

With share w and figure r of each group before and after, the change of the total is exactly
sum of mean(w) * (r after - r before)  +  sum of (w after - w before) * mean(r).
Source: Kitagawa, "Components of a Difference Between Two Rates", Journal of the American Statistical Association
50(272), 1955 (two components, no residual). Checked against example 5.1 of Das Gupta, "Standardization and
Decomposition of Rates", U.S. Bureau of the Census, Current Population Reports P23-186, 1993 (household headship).
A group's mix part is measured from the mean total, so that a growing group counts as a gain only when its figure lies
above it; the parts still add up to the whole, because shares add up to one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isclose, sqrt

from metrics.answers import Answer, Row
from metrics.change import Change, change
from metrics.kpis.metric import Unit

MEANS = (Unit.PERCENT, Unit.POINTS, Unit.SCORE)
"""Units whose total is the mean of its groups' figures, weighted by n."""


@dataclass(frozen=True)
class Part:
    """What one group contributes to the change of the total, in the unit of the KPI. ``grew``: change of its share of
    all rows, -1 to 1; ``share``: its mean share. ``moved``: the change of its own figure, with its interval."""

    before: Row
    after: Row
    rate: float
    mix: float
    grew: float
    share: float
    moved: Change

    def apart(self, common: float) -> bool:
        """Whether its own figure surely moved otherwise than all groups together did."""
        if self.moved.low is None or self.moved.high is None:
            return False
        return self.moved.low > common or self.moved.high < common


@dataclass(frozen=True)
class Split:
    """A change of a total and its parts: ``total`` is the sum of ``rate`` and ``mix``, and these of the parts'."""

    before: Row
    after: Row
    parts: tuple[Part, ...]
    moved: Change
    own: Change
    """The rate component with its interval: what the groups themselves did, shares held at their mean."""

    @property
    def total(self) -> float:
        return self.rate + self.mix

    @property
    def rate(self) -> float:
        return sum(p.rate for p in self.parts)

    @property
    def mix(self) -> float:
        return sum(p.mix for p in self.parts)

    @property
    def uneven(self) -> float:
        """How much this breakdown tells, in the unit of the KPI: the mix, and what groups did that surely differ from
        the common change. Near nothing where all groups moved alike."""
        common = self.own.value
        return abs(self.mix) + sum(p.share * abs(p.moved.value - common) for p in self.parts if p.apart(common))


def split(before: Answer, after: Answer, total_before: Row, total_after: Row) -> Split | None:
    """The change between two answers of one period each, cut alike, as mix and rate by group.

    None when it cannot be told exactly: another kind of figure than a mean, a group that does not stand or is pooled
    differently in one of the periods, or groups that are not the whole."""
    old, new = {r.dims: r for r in before.rows}, {r.dims: r for r in after.rows}
    if after.unit not in MEANS or set(old) != set(new) or len(new) < 2:
        return None
    if not (_whole(list(old.values()), total_before) and _whole(list(new.values()), total_after)):
        return None
    whole = change(total_before, total_after)
    if whole is None or total_before.value is None or total_after.value is None:
        return None
    middle = (total_before.value + total_after.value) / 2
    parts = []
    for dims, now in new.items():
        then = old[dims]
        own = change(then, now)
        if own is None or now.value is None or then.value is None:
            return None
        share = (then.n or 0) / (total_before.n or 1), (now.n or 0) / (total_after.n or 1)
        grew = share[1] - share[0]
        held = (share[0] + share[1]) / 2
        mix = grew * ((then.value + now.value) / 2 - middle)
        parts.append(Part(then, now, held * own.value, mix, grew, held, own))
    return Split(total_before, total_after, tuple(parts), whole, _own(parts))


def _own(parts: Sequence[Part]) -> Change:
    """The rate component; its interval by square-and-add over the groups, which are independent, shares taken as
    known (as in direct standardisation)."""
    rate = sum(p.rate for p in parts)
    down = up = 0.0
    for p in parts:
        if p.moved.low is None or p.moved.high is None:
            return Change(rate, None, None)
        down += (p.share * (p.moved.value - p.moved.low)) ** 2
        up += (p.share * (p.moved.high - p.moved.value)) ** 2
    return Change(rate, rate - sqrt(down), rate + sqrt(up))


def _whole(rows: Sequence[Row], total: Row) -> bool:
    """Whether these groups all stand and together are the total: in number and in figure."""
    if total.value is None or not total.n or any(r.value is None or not r.n for r in rows):
        return False
    n = sum(r.n or 0 for r in rows)
    mean = sum((r.value or 0.0) * (r.n or 0) for r in rows) / n if n else 0.0
    return n == total.n and isclose(mean, total.value, rel_tol=1e-9, abs_tol=1e-9)
