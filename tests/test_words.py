"""English and Vietnamese are equal: no message without its translation, no translation without its message."""

from __future__ import annotations

import ast
import re
import string
import unicodedata
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from metrics.words import LOCALES, Words

ROOT = Path(__file__).parent.parent
SOURCES = [ROOT / "dashboard.py", *ROOT.glob("pages/**/*.py"), *ROOT.glob("metrics/**/*.py")]


def catalogue() -> list[tuple[str, str, str]]:
    found = []
    for path in sorted((LOCALES / "vi").glob("*.po")):
        with path.open("rb") as file:
            found += [(path.name, str(m.id), str(m.string)) for m in read_po(file, locale="vi") if m.id]
    return found


CATALOGUE = catalogue()


def constants(path: Path) -> set[str]:
    """Texts in the code; those over several lines (docstrings of rules are shown to readers) also as one line."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return found | {" ".join(text.split()) for text in found}


def called(path: Path) -> list[tuple[int, str]]:
    """Literal first arguments of w(...) and page.w(...)."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        first = node.args[0]
        if name == "w" and isinstance(first, ast.Constant) and isinstance(first.value, str):
            found.append((node.lineno, first.value))
    return found


def test_every_message_has_its_vietnamese() -> None:
    known = {message for _, message, text in CATALOGUE if text}
    missing = [f"{p.name}:{line} {text}" for p in SOURCES for line, text in called(p) if text not in known]
    assert not missing, "\n".join(missing)


def test_every_translation_has_its_message() -> None:
    used = set().union(*(constants(p) for p in SOURCES))
    unused = [f"{file}: {message}" for file, message, _ in CATALOGUE if message not in used]
    assert not unused, "\n".join(unused)


def test_no_message_stands_twice() -> None:
    twice = [m for m, count in Counter(message for _, message, _ in CATALOGUE).items() if count > 1]
    assert not twice, "\n".join(twice)


@pytest.mark.parametrize(("file", "message", "text"), CATALOGUE)
def test_a_translation_keeps_its_places_and_is_composed(file: str, message: str, text: str) -> None:
    def places(s: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(s) if name}

    assert text, f"{file}: no Vietnamese for {message}"
    assert places(text) <= places(message), f"{file}: {message}"
    assert places(message) - places(text) <= {"s", "plural"}, f"{file}: {text} loses a place"
    assert unicodedata.normalize("NFC", text) == text, f"{file}: {text} is not composed"
    assert "!" not in re.sub(r"\{[^}]*\}", "", text), f"{file}: no exclamation marks"


def test_numbers_dates_and_money_in_both_languages() -> None:
    """The table of the look: share, interval, change, thousands, money, date, month, quarter."""
    en, vi = Words("en"), Words("vi")
    assert (en.percent(32.84), vi.percent(32.84)) == ("32.8%", "32,8%")
    assert (en.span(31.5, 34.2), vi.span(31.5, 34.2)) == ("31.5–34.2", "31,5–34,2")
    assert (en.signed(-3.2), vi.signed(-3.2), en.signed(1.6)) == ("−3.2", "−3,2", "+1.6")
    assert (en.number(4610), vi.number(4610)) == ("4,610", "4.610")
    assert (en.money(1_250_000), vi.money(1_250_000)) == ("₫1,250,000", "1.250.000\u00a0₫")
    assert (en.money(58e6, short=True), vi.money(1.3e9, short=True)) == ("₫58\u00a0million", "1,3\u00a0tỷ\u00a0₫")
    assert (en.day(date(2026, 4, 5)), vi.day(date(2026, 4, 5))) == ("5 Apr 2026", "05/04/2026")
    assert (en.period("2026-03"), vi.period("2026-03")) == ("Mar 2026", "tháng 3/2026")
    assert (en.period("2025-Q4"), vi.period("2025-Q4")) == ("Q4 2025", "quý 4/2025")


def test_rounding_never_shows_minus_zero() -> None:
    assert Words("en").signed(-0.04) == "0.0"
