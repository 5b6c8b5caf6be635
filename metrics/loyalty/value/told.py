"""What is told of the value of customers: figures with intervals, the method behind them and why it was used."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, unique


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float

    def times(self, factor: float) -> Estimate:
        """The figure in other units; a negative factor swaps the ends."""
        low, high = sorted((self.low * factor, self.high * factor))
        return Estimate(self.value * factor, low, high)


@unique
class Method(Enum):
    SBG = "sbg"
    BGNBD = "bgnbd"
    COHORTS = "cohorts"
    NONE = "none"


@unique
class Why(Enum):
    """Why this method."""

    CONTRACT = "contract"
    """Customers sign and cancel."""
    FORESEES = "foresees"
    """The model foresaw the orders of months it had not seen."""
    TOO_FEW = "too_few"
    TOO_SHORT = "too_short"
    """Customers have not been watched long enough for a model."""
    MISSED = "missed"
    """The model missed the orders of months it had not seen."""
    TIED = "tied"
    """Who orders often spends more or less an order, so that the two may not be multiplied."""
    PAUSES = "pauses"
    """A contract was declared, but customers pause and come back."""
    UNFIT = "unfit"
    """The likelihood has no maximum that means anything."""


@unique
class Figure(Enum):
    WORTH = "worth"
    """Revenue of a new customer over the horizon, first order included, later money counting less."""
    ORDERS = "orders"
    """Orders of a new customer over the horizon, the first included."""
    SPEND = "spend"
    """Revenue of an order (of a month, with a contract)."""
    STAY = "stay"
    """Chance, 0 to 100, that a customer stays after an order (a first renewal, with a contract)."""
    RETURNER = "returner"
    """How much more a customer who comes back in time is worth than one who does not."""
    FIVE = "five"
    """Revenue per new customer that five points more of retention bring, with a contract; else it is RETURNER / 20."""
    FORESEEN = "foreseen"
    """Orders foreseen, in percent of those that came, in months the model had not seen; without interval."""
    KEPT = "kept"
    """Interval only: revenue of earlier customers in percent of last year's revenue."""
    EARNED = "earned"
    """Interval only: revenue of new customers who came through customers, likewise."""
    GROWTH = "growth"
    """Interval only: earned growth rate, kept + earned - 100."""
    SEEN = "seen"
    """Interval only: revenue a customer has brought so far as cohorts were watched."""
