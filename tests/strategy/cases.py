"""The cases that are shipped with the rules, as the tests use them."""

from __future__ import annotations

from metrics.strategy.cases import MARK, Case, cases, marked_case, replaced
from metrics.strategy.finding import Finding
from metrics.strategy.load import check_text

CASES = cases()
SMALL = CASES.small
TODAY = CASES.today
"""The date the cases are checked at."""


def edited(pairs: tuple[str, ...]) -> str:
    """SMALL with each piece replaced by what follows it."""
    return replaced(SMALL, zip(pairs[::2], pairs[1::2], strict=True))


def marked(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text without its marks, and where they stood: line and column, counted from 1."""
    case = marked_case("", text)
    return case.text, list(case.places)


def findings(text: str | Case) -> tuple[Finding, ...]:
    raw = (text.text if isinstance(text, Case) else text).encode()
    return check_text(raw, "s.yaml", TODAY, CASES.history).findings


def case_of(code: str) -> Case:
    return next(c for c in CASES.failing if c.code == code)


def named(case: Case) -> str:
    """The name of a case among the tests."""
    line = case.places[0][0] if case.places else 0
    return f"{case.code} {case.text.split(chr(10))[line - 1].strip()[:40] if line else 'passes'}"


__all__ = ["CASES", "MARK", "SMALL", "TODAY", "case_of", "edited", "findings", "marked", "named"]
