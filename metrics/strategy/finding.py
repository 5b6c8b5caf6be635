"""A finding: one line of ``check``. What is wrong in the strategy file, where, and how to mend it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from enum import Enum, unique

from metrics.errors import Place
from metrics.words import Words

Path = tuple[str | int, ...]
Value = str | int | float


@unique
class Severity(Enum):
    ERROR = "error"
    """Stops the build: a number would be false, without a purpose, or about a person."""
    DEBT = "debt"
    """Strategy debt: shown on the strategy page until somebody decides."""
    HINT = "hint"
    """Reads better otherwise."""


@dataclass(frozen=True)
class Finding:
    """``what`` and ``mend`` are message ids (English sentences with ``{name}`` places); ``values`` fill both."""

    code: str
    severity: Severity
    place: Place
    what: str
    mend: str
    values: tuple[tuple[str, Value], ...] = ()

    def say(self, w: Words) -> tuple[str, str]:
        """What is wrong and how to mend it, in the language of ``w``. Not escaped: it may quote the file."""
        values = dict(self.values)
        return w(self.what, **values), w(self.mend, **values)

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR

    @property
    def order(self) -> tuple[int, int, str]:
        """Findings are read from the top of the file down."""
        line, column = self.place.line or 0, self.place.column
        return line, column if isinstance(column, int) else 0, self.code


@dataclass(frozen=True)
class Places:
    """Where each node of a YAML file stands: line and column of values, and of keys, counted from 1."""

    file: str
    values: dict[Path, tuple[int, int]]
    keys: dict[Path, tuple[int, int]]

    def __call__(self, path: Path, key: bool = False) -> Place:
        """The place of a value (``key``: of its key); of the nearest parent when the file does not have it."""
        if key and path in self.keys:
            return Place(self.file, *self.keys[path])
        while path and path not in self.values:
            path = path[:-1]
        return Place(self.file, *self.values.get(path, (1, 1)))


@dataclass(frozen=True)
class Point:
    """What a release says of a KPI in one block: the day the block ends, its value and interval."""

    day: date
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Now:
    """What a rule may know besides the file. ``today`` None leaves out what depends on the date; ``history`` None what
    depends on a release. ``history``: figures of each number (``rules_kpis.number``) in order of time, empty when the
    release withheld it; a number that is not in it was not asked for."""

    today: date | None = None
    history: Mapping[Hashable, tuple[Point, ...]] | None = None


MOST_GUESSES = 60
"""Names that are compared with all known ones in one check: a hostile file would hold thousands."""
_guesses: ContextVar[list[int] | None] = ContextVar("guesses", default=None)


@contextmanager
def few_guesses() -> Iterator[None]:
    """Within it ``did_you_mean`` answers only the first ``MOST_GUESSES`` times."""
    token = _guesses.set([MOST_GUESSES])
    try:
        yield
    finally:
        _guesses.reset(token)


def did_you_mean(name: str, known: list[str]) -> str | None:
    """The known name most like this one, or None when none is."""
    left = _guesses.get()
    if left is not None:
        if not left[0]:
            return None
        left[0] -= 1
    close = get_close_matches(name[:80].casefold(), known, n=1, cutoff=0.6)
    return close[0] if close else None


def suggestion(name: str, known: list[str]) -> tuple[str, dict[str, Value]]:
    """How to mend an unknown name: a message id and its values."""
    guess = did_you_mean(name, known)
    if guess:
        return "Did you mean “{guess}”?", {"guess": guess}
    if not known:
        return "None is declared yet: declare it, or leave this out.", {}
    shown = known[:24]
    return "Known here: {known}.", {"known": ", ".join(shown) + (" …" if len(known) > len(shown) else "")}


@dataclass(frozen=True)
class Hit:
    """What a rule found at a path of the file, before code, severity and place are put to it."""

    path: Path
    what: str
    mend: str
    values: tuple[tuple[str, Value], ...] = ()
    at_key: bool = False
    """Point at the key instead of its value."""

    def by_key(self) -> Hit:
        return replace(self, at_key=True)


Hits = Iterator[Hit]


def hit(path: Path, what: str, mend: str, **values: Value) -> Hit:
    """A hit with its values by name."""
    return Hit(path, what, mend, tuple(values.items()))
