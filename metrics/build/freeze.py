"""Publishing: a draft's numbers are frozen into the ledger, and the draft takes the place of the release.

What is frozen is never changed: a later build carries it over, counts what came late, and adds to an old block only
what passes the joint test together with it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

from metrics.build.audit import shape
from metrics.errors import DataError
from metrics.release import (
    LOCKED,
    NO_LEDGER,
    SCHEMA,
    SETTINGS,
    Release,
    draft_path,
    is_draft,
    settle,
    unfinished,
    write,
)


@dataclass(frozen=True)
class Frozen:
    """What was published: ``numbers`` in the ledger now, of which ``new`` were not before."""

    release: Path
    numbers: int
    new: int
    as_of: str


def ledger_id(rows: list[tuple[Any, ...]]) -> str:
    """SHA-256 over the published numbers: tells one ledger from another."""
    digest = sha256()
    for row in sorted(repr(r) for r in rows):
        digest.update(f"{row}\n".encode())
    return digest.hexdigest()


def freeze(out: Path, forget_ledger: bool = False) -> Frozen:
    """Publish the draft of the release at ``out``.

    Raises DataError when there is no draft, when it was built before the last publication, and when it says more per
    member of staff than the strategy allows and nothing was published yet. What stood at ``out`` stands there still
    then."""
    place = draft_path(out) if draft_path(out).exists() else out
    if not place.exists() or not is_draft(place):
        raise DataError("There is no draft to publish.", str(out), "Make one: python -m metrics build.")
    draft = Release(place)
    try:
        tables = {name: draft.table(name) for name in SCHEMA}
        meta = dict(draft.meta)
    finally:
        draft.close()
    before = NO_LEDGER
    if out.exists() and not is_draft(out) and not forget_ledger:
        published = Release(out)
        before = published.meta["ledger"]
        published.close()
    if meta["ledger"] != before:
        raise DataError(
            "This draft was built before the last publication, so it may change what was published.",
            str(place),
            "Build again: python -m metrics build.",
        )
    if before == NO_LEDGER and meta["budget"] != "held":
        raise DataError(
            "This draft publishes more independent numbers per member of staff than disclosure.budget allows.",
            str(place),
            "Choose longer blocks (disclosure: {grain: auto}) or fewer views, and build again.",
        )
    new = sum(not row[-1] for row in tables["number"])
    tables["number"] = [(*row[:-1], True) for row in tables["number"]]
    # Cells are numbered anew by each build; the ledger is told by what they are.
    meta |= {"draft": "false", "ledger": ledger_id([*tables["number"], *tables["cell"]])}
    tables["meta"] = sorted(meta.items())
    fresh = unfinished(out, "publishing")
    try:
        write(fresh, tables)
        with duckdb.connect(str(fresh), read_only=True) as connection:
            settle(connection, *SETTINGS, *LOCKED)
            shape(connection)
        os.replace(fresh, out)
    except (OSError, duckdb.IOException):
        raise DataError(
            "The release cannot be written there.", str(out), "See that the folder may be written to and has room."
        ) from None
    finally:
        for left in (fresh, fresh.with_name(fresh.name + ".wal")):
            left.unlink(missing_ok=True)
    if place != out:
        place.unlink()
    return Frozen(out, len(tables["number"]), new, meta["as_of"])
