"""The cases of every code: run as tests, and shown by ``check --explain``. They stand in ``cases.yaml``."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from metrics.kpis import BY_ID
from metrics.strategy.finding import Point

FILE = Path(__file__).with_name("cases.yaml")
MARK = "▲"


@dataclass(frozen=True)
class Case:
    """A whole file, and where its code must be found: line and column, counted from 1; none in a passing case."""

    code: str
    text: str
    places: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Cases:
    """``small`` is clean. ``history`` is what a release is taken to say; ``failing`` and ``passing`` in order."""

    small: str
    today: date
    history: Mapping[Hashable, tuple[Point, ...]]
    failing: tuple[Case, ...]
    passing: tuple[Case, ...]


@cache
def cases() -> Cases:
    """All cases, read once."""
    data = YAML(typ="safe", pure=True).load(FILE.read_text(encoding="utf-8"))
    small = data["small"]
    failing, passing = [], []
    for code, both in (data["rules"] | data["shapes"]).items():
        failing += [marked_case(code, replaced(small, pairs)) for pairs in both["fail"]]
        passing += [Case(code, replaced(small, pairs), ()) for pairs in both.get("pass", ())]
    for code, both in data["files"].items():
        failing += [marked_case(code, text) for text in both["fail"]]
        passing += [Case(code, text + small, ()) for text in both.get("pass", ())]
    history: dict[Hashable, tuple[Point, ...]] = {
        (BY_ID[h["metric"]].key(h["of"]), ()): tuple(Point(day, float(value)) for day, value in h["points"])
        for h in data["history"]
    }
    return Cases(small, data["today"], history, tuple(failing), tuple(passing))


def replaced(small: str, pairs: Any) -> str:
    """``small`` with each piece, which stands in it once, replaced by what follows it."""
    for old, new in pairs:
        if small.count(old) != 1:
            raise ValueError(f"{old!r} stands {small.count(old)} times in the small strategy")
        small = small.replace(old, new)
    return small


def marked_case(code: str, text: str) -> Case:
    """A failing case from a text in which marks stand before the nodes that must be found."""
    places = []
    for number, line in enumerate(text.split("\n"), 1):
        before = line.split(MARK)[:-1]
        places += [(number, len("".join(before[: i + 1])) + 1) for i in range(len(before))]
    return Case(code, text.replace(MARK, ""), tuple(places))
