"""The change between two figures of one KPI, with an interval: only a change whose interval leaves zero is called one.

Interval: square-and-add (MOVER). With value v, interval (l, u) before and after, the difference d = v2 - v1 has
d - sqrt((v2 - l2)^2 + (u1 - v1)^2) and d + sqrt((u2 - v2)^2 + (v1 - l1)^2). For two Wilson intervals this is method 10
of Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine 17,
1998, whose printed examples it is checked against; for other intervals: Zou and Donner, Statistics in Medicine 27,
2008. It takes the two periods as independent samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Protocol


class Ranged(Protocol):
    """A figure with its interval; nothing stands where ``value`` is None."""

    @property
    def value(self) -> float | None: ...
    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...


@dataclass(frozen=True)
class Change:
    """``value``: after minus before, in the unit of the KPI. ``low`` and ``high`` are None when one of the figures
    has no interval."""

    value: float
    low: float | None
    high: float | None

    @property
    def sure(self) -> bool:
        """Whether the interval leaves zero out. A figure without interval is a full count: any difference is real."""
        if self.low is None or self.high is None:
            return self.value != 0
        return self.low > 0 or self.high < 0


def change(before: Ranged, after: Ranged) -> Change | None:
    """The change from one figure to another; None when one of them does not stand."""
    if before.value is None or after.value is None:
        return None
    value = after.value - before.value
    if before.low is None or before.high is None or after.low is None or after.high is None:
        return Change(value, None, None)
    down = sqrt((after.value - after.low) ** 2 + (before.high - before.value) ** 2)
    up = sqrt((after.high - after.value) ** 2 + (before.value - before.low) ** 2)
    return Change(value, value - down, value + up)
