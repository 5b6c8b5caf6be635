"""Rows that were set aside: where they stand and why, never what they hold (a value may be a name)."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, unique
from pathlib import Path


@unique
class Reason(Enum):
    """Why a row is set aside."""

    BROKEN = "another number of cells than the header has: a stray quote or delimiter"
    BLANK = "needed and blank"
    NOT_TIME = "no date or time that is understood: declare its format"
    NOT_NUMBER = "no number"
    NOT_MONEY = "no amount of money"
    AMBIGUOUS = "three digits after one dot: thousands or decimals"
    NOT_BOOL = "neither yes nor no: declare its spellings"
    AFTER_AS_OF = "later than as_of"
    UNKNOWN_QUESTION = "a question that the strategy does not have"
    OTHER_SCALE = "another scale than the strategy has for this question"
    OFF_SCALE = "outside the scale"
    DUPLICATE = "this id stands in an earlier row"
    NOT_LINKED = "this id is not in the file that links it"


@dataclass(frozen=True)
class Reject:
    """One row set aside. ``row`` counts as a spreadsheet does, the header is 1; ``column`` is the source's own name."""

    file: str
    table: str
    row: int
    column: str
    reason: Reason


def write_rejects(rejects: Iterable[Reject], path: Path) -> None:
    """Write ``file,row,column,reason`` as CSV, replacing the file at once; rows in file order."""
    lines = dict.fromkeys((r.file, r.row, r.column, r.reason.value) for r in rejects)
    unfinished = path.with_name(path.name + ".part")
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("file", "row", "column", "reason"))
        writer.writerows(lines)
    os.replace(unfinished, path)
