"""The two ways this product says no: a data error that can be mended, and a refusal that is meant.

Both carry a closed kind, never the text a user typed: what was asked may itself be a name.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from enum import Enum, unique
from pathlib import Path


@unique
class Refused(Enum):
    """Why an answer is not given. One constant text in each language belongs to each kind (``metrics.words``)."""

    PERSON = "person"
    """A result by staff, team, supervisor, shift, desk or site was asked for."""
    NOT_CLEARED = "not_cleared"
    """Unknown, undeclared or not cleared: one kind for all three, so that a refusal tells nothing."""
    SAMPLED = "sampled"
    """The source is declared to be a sample of orders, from which return cannot be computed."""
    TOO_FEW = "too_few"
    """Fewer answers than a driver model needs: n below max(10 p, 200)."""
    NO_SIGNAL = "no_signal"
    """The sources hold no row for this KPI."""
    OUTSIDE = "outside"
    """A what-if beyond what any segment or month has reached."""


class Refusal(Exception):
    """A typed, explained no. ``kind`` is all it carries."""

    def __init__(self, kind: Refused) -> None:
        kind = kind if isinstance(kind, Refused) else Refused.NOT_CLEARED
        super().__init__(kind.value)
        self.kind = kind


def refused(text: object) -> Refused:
    """The kind that a stored text names; whatever is no kind is not cleared."""
    return next((r for r in Refused if r.value == text), Refused.NOT_CLEARED)


@dataclass(frozen=True)
class Place:
    """Where something stands: a file with line and column (YAML), or with row and column name (tables)."""

    file: str
    line: int | None = None
    column: int | str | None = None

    def __str__(self) -> str:
        parts = [self.file]
        if self.line is not None:
            parts.append(str(self.line))
        if self.column is not None:
            parts.append(str(self.column))
        return ":".join(parts)


class DataError(Exception):
    """Bad input that stops a build: what is wrong, where, and what to do, one sentence each."""

    def __init__(self, what: str, where: Place | str, mend: str) -> None:
        super().__init__(f"{where}: {what} {mend}")
        self.what, self.where, self.mend = what, where, mend


def traced(error: BaseException) -> str:
    """Kind and places of an error for a log, innermost first, never its message: that may hold a value."""
    frames = [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]
    return f"{type(error).__name__} at {' < '.join(reversed(frames[-6:]))}"
