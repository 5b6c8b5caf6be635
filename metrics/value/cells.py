"""Cleared sums of value, found by what they are about: all customers, or one segment where it stands alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, unique
from functools import cached_property

from metrics.kpis.intervals import wilson
from metrics.kpis.metric import month_end
from metrics.loyalty.value.sums import DIMENSION, NEW
from metrics.periods import WAVE, months_of
from metrics.release import Release

Sums = Mapping[str, float]


@unique
class State(Enum):
    STANDS = "stands"
    NOT_YET = "not_yet"
    """The time it takes has not passed: no drop."""
    WITHHELD = "withheld"


@dataclass(frozen=True)
class Share:
    """A share in percent with its interval and n; without them unless it stands."""

    state: State
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None


@dataclass(frozen=True)
class Cells:
    """``segment``: a declared value, None for all customers."""

    release: Release
    segment: str | None

    @cached_property
    def view(self) -> str | None:
        """The view that cuts by segment; None where none does."""
        views = sorted(self.release.strategy.views, key=lambda v: (v.priority, v.id))
        return next((v.id for v in views if v.dimensions[0] == DIMENSION and self.release.numbers(NEW, v.id, 1)), None)

    @cached_property
    def alone(self) -> bool:
        """Whether the segment stands alone in every block; a pooled one would speak for others too."""
        if self.segment is None:
            return True
        return bool(self.of(NEW)) and all(values == (self.segment,) for values in self._values(NEW))

    def _values(self, key: str) -> list[tuple[str, ...]]:
        if self.view is None or self.segment is None:
            return []
        found = [dict(self.release.cells[cell].dims)[DIMENSION] for _, cell, _ in self._numbers(key)]
        return [values for values in found if self.segment in values]

    def _numbers(self, key: str) -> list[tuple[str, int, dict[str, float]]]:
        if self.segment is None:
            return self.release.numbers(key, "", 0)
        return self.release.numbers(key, self.view, 1) if self.view else []

    def of(self, key: str) -> dict[str, Sums]:
        """period -> sums, where they stand for exactly these customers."""
        found: dict[str, Sums] = {}
        for period, cell, sums in self._numbers(key):
            if self.segment is None or dict(self.release.cells[cell].dims)[DIMENSION] == (self.segment,):
                found[period] = sums
        return found

    def told(self, key: str) -> set[str]:
        """Periods for which the total of all customers is told or withheld."""
        found = {p for p, _, _ in self.release.numbers(key, "", 0)}
        found |= {p for name, view, p in self.release.withheld if name == key and view == ""}
        return found - {WAVE}

    def blocks(self, key: str) -> tuple[str, ...]:
        """Of these periods the longest kind, in order."""
        told = self.told(key)
        longest = max((len(months_of(p)) for p in told), default=0)
        return tuple(sorted((p for p in told if len(months_of(p)) == longest), key=months_of))

    def in_quarter(self, key: str, measure: str, quarter: str) -> float | None:
        """The sum of a quarter, from its block or its months; None where a part of it is withheld, 0 where there was no
        row at all. A segment that is missing where the whole is told was joined with another, or had no row: None."""
        found = self.of(key)
        if quarter in found:
            return found[quarter][measure]
        covered = {m for p in self.told(key) for m in months_of(p)}
        total = 0.0
        for month in months_of(quarter):
            if month in found:
                total += found[month][measure]
            elif month in covered:
                return None
        return total

    def closed(self, period: str, months: int = 0, days: int = 0) -> bool:
        """Whether the months or days after every customer of a period have passed, with the days of closing."""
        last = date.fromisoformat(months_of(period)[-1] + "-01")
        end = month_end(last, months) + timedelta(days + self.release.strategy.disclosure.closing_days)
        return end <= date.fromisoformat(self.release.as_of)


def share(sums: Sums | None, part: str, closed: bool) -> Share:
    """A share of sums; not yet or withheld where there are none."""
    if sums is None or not sums["n"]:
        return Share(State.WITHHELD if closed else State.NOT_YET)
    low, high = wilson(sums, part) or (None, None)
    return Share(State.STANDS, 100 * sums[part] / sums["n"], low, high, round(sums["n"]))


def added(many: list[Sums]) -> dict[str, float]:
    """The sums of several cells together."""
    found: dict[str, float] = {}
    for sums in many:
        for name, value in sums.items():
            found[name] = found.get(name, 0.0) + value
    return found
