"""Lines of a file beside their numbers, with a caret under the place that is meant."""

from __future__ import annotations

from collections.abc import Iterable

WIDEST = 110


def lines_at(text: str, numbers: Iterable[int]) -> list[str]:
    """Lines by their position counted from 0, each with its number counted from 1."""
    lines = text.split("\n")
    return [f"{n + 1:>5} | {printable(lines[n])[:WIDEST]}".rstrip() for n in numbers if n < len(lines)]


def excerpt(text: str, line: int, column: int, around: int = 0) -> list[str]:
    """The line, ``around`` lines before and after it, and a caret under the column (both counted from 1)."""
    lines = text.split("\n")
    first, last = max(1, line - around), min(len(lines), line + around)
    found = []
    for number in range(first, last + 1):
        shown = printable(lines[number - 1])
        cut = max(0, column - 70) if number == line else 0
        found.append(f"{number:>5} | {shown[cut : cut + WIDEST]}".rstrip())
        if number == line:
            found.append("      | " + " " * (column - 1 - cut) + "^")
    return found


def printable(text: str) -> str:
    """What a terminal may print: control characters, which could move its cursor, become a dot."""
    return "".join(c if c.isprintable() else " " if c == "\t" else "·" for c in text)
