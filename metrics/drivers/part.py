"""Whom a driver model is of: everybody, or one declared part of the customers.

A strategy declares which parts get a model of their own: the values of dimensions (``loyalty.panel.by``), periods, and
for what customers met the stages they used. Parts are not crossed: a model of young customers in one half-year would
have too few of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from metrics.labels import value_name
from metrics.strategy.model import Strategy
from metrics.words import Words


@dataclass(frozen=True)
class Part:
    """At most one of: only customers who used ``stage``, of ``segment`` (dimension, value), of ``period`` (a block, in
    which they answered or ordered first)."""

    stage: str | None = None
    segment: tuple[str, str] | None = None
    period: str | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """Its ids, for the name of a file or a place in an address; none for everybody."""
        return tuple(id for id in (self.stage, *(self.segment or ()), self.period) if id)


EVERYBODY = Part()


def part_name(part: Part, strategy: Strategy, w: Words) -> str:
    """A part as a filter is named: a segment, a stage that was used, a period; "All customers" for everybody."""
    if part.segment:
        return value_name(strategy, *part.segment, w)
    if part.period:
        period = w.period(part.period)
        return period[:1].upper() + period[1:]
    if part.stage:
        stage = next(s.name(w.lang) for s in strategy.journey if s.id == part.stage)
        return w("Customers who used “{stage}”", stage=stage)
    return w("All customers")
