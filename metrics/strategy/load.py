"""strategy.yaml → a checked strategy, or findings that say where and how to mend it.

``load`` reads the text, gives every node its line and column, validates the shape (``model``) and runs the rules
(``rules``). A strategy with an error is not handed out: there is nothing to build numbers from.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path as File
from typing import Any

from pydantic import ValidationError

from metrics.errors import Place
from metrics.strategy.finding import Finding, Now, Places, Point, Severity, few_guesses
from metrics.strategy.model import Strategy
from metrics.strategy.rules import check
from metrics.strategy.shape_errors import shape_errors
from metrics.strategy.yaml import read_yaml

History = Mapping[Hashable, tuple[Point, ...]]

LARGEST = 500_000
"""Bytes of a strategy file; larger ones are something else."""


@dataclass(frozen=True)
class Loaded:
    """``strategy`` is None when there is an error. ``hash``: SHA-256 of the file's bytes ('' if it was not read)."""

    strategy: Strategy | None
    findings: tuple[Finding, ...]
    hash: str

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.is_error)

    @property
    def debt(self) -> tuple[Finding, ...]:
        """What the strategy page shows as strategy debt."""
        return tuple(f for f in self.findings if f.severity is Severity.DEBT)


def load(path: str | File, today: date | None = None, history: History | None = None) -> Loaded:
    """Read and check a strategy file; never raises for what the file holds.

    ``today`` is the date that targets and reviews are held against, best the ``as_of`` of the sources; None leaves
    these rules out. ``history``: what a release says of each number (``finding.Now``); None leaves these rules out.
    Codes: Y the file, M its shape, others in ``rules.RULES``."""
    file = str(path)
    try:
        with File(path).open("rb") as stream:
            raw = stream.read(LARGEST + 1)
    except (OSError, ValueError):
        what, mend = "The strategy file cannot be read.", "Give the path of a strategy.yaml that is there."
        return Loaded(None, (Finding("Y001", Severity.ERROR, Place(file), what, mend),), "")
    return check_text(raw, file, today, history)


def check_text(raw: bytes, file: str, today: date | None = None, history: History | None = None) -> Loaded:
    """The same for bytes at hand; ``file`` is only a name for the places."""
    digest = sha256(raw).hexdigest()

    def stop(code: str, line: int, column: int, what: str, mend: str) -> Loaded:
        return Loaded(None, (Finding(code, Severity.ERROR, Place(file, line, column), what, mend),), digest)

    if len(raw) > LARGEST:
        what, mend = "The file is larger than 500 kB.", "A strategy fits on a few pages: keep data in the sources."
        return stop("Y002", 1, 1, what, mend)
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or raw[1:2] == b"\0" or raw[:1] == b"\0":
        return stop("Y003", 1, 1, "The file is UTF-16, not UTF-8.", "Save it as UTF-8 in your editor.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        tail = before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")
        line, column = before.count(b"\n") + 1, len(tail) + 1
        return stop("Y003", line, column, "The file is not UTF-8.", "Save it as UTF-8 in your editor.")
    data, places, found = read_yaml(text, file, plain=True)
    if found:
        return Loaded(None, _ordered(found), digest)
    if not isinstance(data, dict):
        what, mend = "The file does not begin with keys.", "Start with “version: 1” and “used_for: strategy”."
        return stop("Y006", 1, 1, what, mend)
    strategy, findings = check_values(data, places, Now(today, history))
    return Loaded(strategy, findings, digest)


def check_values(data: dict[str, Any], places: Places, now: Now) -> tuple[Strategy | None, tuple[Finding, ...]]:
    """The same for values that were read already; the strategy is None when there is an error."""
    with few_guesses():
        try:
            strategy = Strategy.model_validate(data)
        except ValidationError as error:
            return None, _ordered(shape_errors(error, places))
        findings = _ordered(check(strategy, places, now))
    return (None if any(f.is_error for f in findings) else strategy), findings


def _ordered(findings: Any) -> tuple[Finding, ...]:
    return tuple(sorted(set(findings), key=lambda f: (f.order, f.what, f.values)))
