"""How often something was refused: a number by kind and month, and nothing about who asked or for what.

The numbers stand in a small SQLite file beside the release, so that they survive restarts, new releases and several
server processes. It can hold no text but the kinds of ``errors.Refused`` and months. Where it cannot be written
(a read-only folder, a file of somebody else's) nothing is counted and nobody is disturbed.
"""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from metrics.errors import Refused

#: Seconds to wait for another process that is writing.
WAIT = 2.0
#: Months that are told.
MONTHS = 12
_KINDS = ", ".join(f"'{kind.value}'" for kind in Refused)
_TABLE = (
    f"CREATE TABLE IF NOT EXISTS refusal (kind TEXT NOT NULL CHECK (kind IN ({_KINDS})),"
    " month TEXT NOT NULL CHECK (month GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]'),"
    " count INTEGER NOT NULL CHECK (count > 0), PRIMARY KEY (kind, month)) WITHOUT ROWID"
)
_ADD = "INSERT INTO refusal VALUES (?, ?, 1) ON CONFLICT (kind, month) DO UPDATE SET count = count + 1"
_MONTH = re.compile(r"\d{4}-\d\d", re.ASCII)


def place(release: Path) -> Path:
    """The file that counts the refusals of a release."""
    return release.with_name(release.name + ".refusals")


def count(release: Path, kind: Refused) -> bool:
    """Count one refusal in this month; False when it could not be counted. Never raises, never makes a folder."""
    if not isinstance(kind, Refused) or not release.parent.is_dir():
        return False
    try:
        with closing(sqlite3.connect(place(release), timeout=WAIT, isolation_level=None)) as file:
            file.execute("PRAGMA synchronous = OFF")  # a page must not wait for a disk; a power cut may cost counts
            file.execute("BEGIN IMMEDIATE")
            file.execute(_TABLE)
            file.execute(_ADD, (kind.value, f"{datetime.now(UTC):%Y-%m}"))
            file.execute("COMMIT")
    except (sqlite3.Error, OSError):
        return False
    return True


def counted(release: Path, today: str | None = None) -> dict[Refused, int] | None:
    """Refusals by kind in the last twelve months (``today``: the last one, YYYY-MM; default: this month), every kind
    told. None where nothing can be counted. Whatever is no kind, month or count is passed over."""
    path = place(release)
    if not path.exists():
        return dict.fromkeys(Refused, 0) if os.access(path.parent, os.W_OK) else None
    last = today or f"{datetime.now(UTC):%Y-%m}"
    index = int(last[:4]) * 12 + int(last[5:]) - MONTHS
    first = f"{index // 12:04d}-{index % 12 + 1:02d}"
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", timeout=WAIT, uri=True)) as file:
            rows = file.execute("SELECT kind, month, count FROM refusal").fetchall()
    except (sqlite3.Error, OSError):
        return None
    found = dict.fromkeys(Refused, 0)
    kinds = {kind.value: kind for kind in Refused}
    for name, month, number in rows:
        known = name in kinds and isinstance(month, str) and _MONTH.fullmatch(month) and isinstance(number, int)
        if known and first <= month <= last:
            found[kinds[name]] += number
    return found
