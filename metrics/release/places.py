"""Where releases and drafts stand."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

from metrics.release.schema import LOCKED, SETTINGS, settle


def draft_path(release: Path) -> Path:
    """Where a draft stands while a published release is in place."""
    return release.with_name(f"{release.stem}.draft{release.suffix}")


def unfinished(release: Path, what: str) -> Path:
    """A name beside a release that is this process's own: two builds to one place do not write into each other. What
    processes that are gone have left under such names is deleted."""
    for left in release.parent.glob(f".{release.name}.*.{what}*"):
        owner = left.name.removeprefix(f".{release.name}.").partition(".")[0]
        if owner.isdecimal() and not _alive(int(owner)):
            left.unlink(missing_ok=True)
    return release.with_name(f".{release.name}.{os.getpid()}.{what}")


def _alive(process: int) -> bool:
    if os.name != "posix":
        return True  # asking is not safe there: a stale file is the smaller harm
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def newest(release: Path) -> Path:
    """The draft beside a release where there is one, else the release."""
    beside = draft_path(release)
    return beside if beside.exists() else release


def is_draft(path: Path) -> bool:
    """Whether a file, of whatever version, says of itself that nobody published it. Unknown is no draft."""
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            settle(connection, *SETTINGS, *LOCKED)
            return bool(connection.execute("SELECT value FROM meta WHERE key = 'draft'").fetchone() == ("true",))
    except duckdb.Error:
        return False
