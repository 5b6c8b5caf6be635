"""Text of the sources becomes places in the strategy's closed, ordered value lists.

A text matches a value by its id or by one of its ``matches``; case, spaces around and between, and the way accents
are composed do not matter. Whatever is unknown or blank is ``other``.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

import ibis

from metrics.strategy.model import Strategy

OTHER = "other"


def fold(text: str) -> str:
    """The form in which texts are compared."""
    return " ".join(unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold()).split())


def names(strategy: Strategy, dimension: str) -> tuple[str, ...]:
    """Values of a dimension by place, ``other`` last."""
    return (*(value for value, _ in strategy.values(dimension)), OTHER)


def spellings(strategy: Strategy, dimension: str) -> dict[str, int]:
    """Folded spelling -> place. An id wins over another value's ``matches``."""
    found: dict[str, int] = {}
    declared = next((d for d in strategy.dimensions if d.id == dimension), None)
    places = {value: place for place, (value, _) in enumerate(strategy.values(dimension))}
    if declared:
        for value in declared.values:
            if value.id in places:
                found |= {fold(text): places[value.id] for text in value.matches}
    return found | {fold(value): place for value, place in places.items()}


@dataclass(frozen=True)
class Coder:
    """Writes expressions that give the place of a text column's value."""

    engine: Any
    strategy: Strategy

    def place(self, column: Any, dimension: str, table: str) -> Any:
        """Place of ``column`` (of ``table`` in the engine), never null."""
        return self._cases(column, table, spellings(self.strategy, dimension), len(self.strategy.values(dimension)))

    def id(self, column: Any, table: str, known: tuple[str, ...]) -> Any:
        """Place of ``column`` in a list of ids; the list's length where it is in none."""
        return self._cases(column, table, {fold(value): i for i, value in enumerate(known)}, len(known))

    def _cases(self, column: Any, table: str, places: dict[str, int], other: int) -> Any:
        if not places:
            return ibis.literal(other, "int16")
        t = self.engine.table(table)
        texts = t.select(text=t[column.get_name()]).distinct()
        found = sorted(x for x in self.engine.query(texts).column("text").to_pylist() if x is not None)
        branches = [(text, places[fold(text)]) for text in found if fold(text) in places]
        if not branches:
            return ibis.literal(other, "int16")
        return column.cases(*branches, else_=other).cast("int16")
