"""The cell rule: who and how many must stand behind one published number. It never looks at how well anyone did.

Two sides, both of which a cell must pass.

Staff. Rows that somebody handled must come from at least five members of staff, the busiest with at most 40 % of
them and the two busiest with at most 75 %. Five: with fewer, each who knows the own rows can come close to a
colleague's. The shares: a mean of which one person brings most is nearly that person's mean, however many others
bring one row each. Both are judged on the *handled* rows alone: rows that nobody handled (self-service, a web shop)
would otherwise thin out a single person's share while saying nothing about that person, and whoever knows the
self-service rows could take them away again. A cell without handled rows has no staff side.
Rows whose handler is *unknown* count as one more person who handled all of them: the worst that could be true for
dominance. They add nobody to the five, since they may be anybody's.

Customers. At least ten, the largest with at most half of the rows (of the money, for sums of money). A row of which
nobody knows the customer counts as a customer of its own. This is a floor for each number, no proof against
subtraction.

A bounded result that is the same for every row of a cell is no mean: it says of each row what it was. Such a cell
is treated like one that fails.

The constants are floors. A strategy may tighten them, never loosen.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

MIN_STAFF = 5
MAX_SHARE = 0.40
MAX_TWO = 0.75
MIN_CUSTOMERS = 10
MAX_CUSTOMER_SHARE = 0.50

#: Number of the staff who are not known. Known ones are numbered from 0.
UNKNOWN = -1

#: Shares are compared with this relative slack, so that 2 of 5 is exactly 40 %.
SLACK = 1e-9


class Thresholds(Protocol):
    """What a strategy declares; see ``metrics.strategy.model.Disclosure``."""

    @property
    def min_staff(self) -> int: ...
    @property
    def max_share(self) -> float: ...
    @property
    def max_two(self) -> float: ...
    @property
    def min_customers(self) -> int: ...
    @property
    def max_customer_share(self) -> float: ...


@dataclass(frozen=True)
class Floors:
    min_staff: int = MIN_STAFF
    max_share: float = MAX_SHARE
    max_two: float = MAX_TWO
    min_customers: int = MIN_CUSTOMERS
    max_customer_share: float = MAX_CUSTOMER_SHARE


def tightened(declared: Thresholds) -> Floors:
    """The declared thresholds where they are tighter than the constants, the constants elsewhere. Shares go in steps of
    five points: whoever could move one little by little would see at which a number goes, and so what the busiest
    handled."""
    return Floors(
        max(MIN_STAFF, declared.min_staff),
        min(MAX_SHARE, _step(declared.max_share)),
        min(MAX_TWO, _step(declared.max_two)),
        max(MIN_CUSTOMERS, declared.min_customers),
        min(MAX_CUSTOMER_SHARE, _step(declared.max_customer_share)),
    )


def _step(share: float) -> float:
    """The step at or below a share."""
    return floor(share * 20 + SLACK) / 20


@dataclass(frozen=True)
class Standing:
    """Who stands behind each of k groups; arrays of length k.

    ``handled`` rows that somebody handled; ``staff`` different known members of staff behind them; ``first`` and
    ``second`` rows of the busiest two, the unknown counted as one. A row handled by several counts for each of them
    and once in ``handled``. ``customers`` different customers; ``weight`` rows (or money) of all of them;
    ``largest`` of the largest. ``constant``: every row had the same bounded result."""

    handled: NDArray[np.float64]
    staff: NDArray[np.int64]
    first: NDArray[np.float64]
    second: NDArray[np.float64]
    customers: NDArray[np.int64]
    weight: NDArray[np.float64]
    largest: NDArray[np.float64]
    constant: NDArray[np.bool_]


def staff_side(s: Standing, floors: Floors) -> NDArray[np.bool_]:
    """Which groups pass on the side of the staff."""
    enough = s.staff >= floors.min_staff
    share = s.first <= floors.max_share * s.handled * (1 + SLACK)
    two = s.first + s.second <= floors.max_two * s.handled * (1 + SLACK)
    passed: NDArray[np.bool_] = (s.handled == 0) | (enough & share & two)
    return passed


def customer_side(s: Standing, floors: Floors) -> NDArray[np.bool_]:
    """Which groups pass on the side of the customers."""
    enough = s.customers >= floors.min_customers
    share = s.largest <= floors.max_customer_share * s.weight * (1 + SLACK)
    passed: NDArray[np.bool_] = enough & share
    return passed


def passes(s: Standing, floors: Floors) -> NDArray[np.bool_]:
    """Which groups pass the whole rule."""
    passed: NDArray[np.bool_] = staff_side(s, floors) & customer_side(s, floors) & ~s.constant
    return passed
