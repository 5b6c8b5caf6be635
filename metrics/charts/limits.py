"""Control limits of a run of figures (XmR chart): what the process does when nothing special happens.

Source: Wheeler, "Understanding Variation: The Key to Managing Chaos", SPC Press, 2nd ed. 2000: mean of the values
plus and minus 2.66 times the mean moving range (2.66 = 3 / d2 for n = 2, d2 = 1.128); usable from about six values.
Checked against the flow-rate example of the NIST/SEMATECH e-Handbook of Statistical Methods, section 6.3.2.2.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from metrics.answers import Row
from metrics.periods import WAVE, last_day
from metrics.strategy.model import Event

FACTOR = 2.66
FEWEST = 6


@dataclass(frozen=True)
class Limits:
    """Mean and natural process limits, in the unit of the values."""

    centre: float
    low: float
    high: float

    def outside(self, value: float) -> bool:
        return not self.low <= value <= self.high


def limits(values: Sequence[float]) -> Limits | None:
    """Control limits of consecutive values; None with fewer than six, which say too little."""
    if len(values) < FEWEST:
        return None
    centre = sum(values) / len(values)
    moving = [abs(b - a) for a, b in itertools.pairwise(values)]
    reach = FACTOR * sum(moving) / len(moving)
    return Limits(centre, centre - reach, centre + reach)


def stretches(rows: Sequence[Row], events: Sequence[Event]) -> list[list[Row]]:
    """Rows cut where they stop being comparable: where the measurement was redefined, or the values that stand in
    the cell changed. Each stretch has its own line and its own limits; the month of a redefinition opens the next."""
    days = sorted(e.date for e in events if e.redefines)
    found: list[list[Row]] = []
    pool: tuple[tuple[str, tuple[str, ...]], ...] | None = None
    era = 0
    for row in rows:
        now = era if row.period == WAVE else sum(day <= last_day(row.period) for day in days)
        repooled = row.value is not None and pool is not None and row.dims != pool
        if not found or now != era or repooled:
            found.append([])
        if row.value is not None:
            pool = row.dims
        era = now
        found[-1].append(row)
    return found


@dataclass(frozen=True)
class Field:
    """Limits over part of a line. ``step``: the declared event after which the figures lie elsewhere for good."""

    rows: tuple[Row, ...]
    limits: Limits
    step: Event | None = None


def fields(stretch: Sequence[Row], events: Sequence[Event]) -> list[Field]:
    """Limits of one stretch, started anew after each declared step.

    A declared event is a step when it is neither ordinary (``repeats``) nor a redefinition, six figures stand on
    either side of it, and the mean of those after it lies outside the limits of those before: one-off causes that
    somebody knows of may be told apart, figures alone never are."""
    whole = [r for r in stretch if r.period != WAVE]
    for event in sorted((e for e in events if not e.repeats and not e.redefines), key=lambda e: e.date):
        before = [r for r in whole if last_day(r.period) < event.date]
        after = [r for r in whole if last_day(r.period) >= event.date]
        field, later = limits_of(before), values_of(after)
        if field is None or len(later) < FEWEST or not field.outside(sum(later) / len(later)):
            continue
        rest = fields(after, [e for e in events if e.date > event.date])
        return [Field(tuple(before), field), Field(rest[0].rows, rest[0].limits, event), *rest[1:]]
    own = limits_of(stretch)
    return [Field(tuple(stretch), own)] if own else []


def values_of(stretch: Sequence[Row]) -> list[float]:
    """The figures that stand in a stretch."""
    return [r.value for r in stretch if r.value is not None]


def limits_of(stretch: Sequence[Row]) -> Limits | None:
    """Control limits of the rows of one stretch; None with fewer than six that stand."""
    return limits(values_of(stretch))
