"""The release: one small DuckDB file of cleared sums. Its schema, its writer and its read-only reader.

Nothing about a person fits in here: every text column is closed (ids of the strategy, enums, periods, hashes,
file names declared in the sources file), every number is a sum over a cleared cell or a fitted result.
"""

from metrics.release.places import draft_path, is_draft, newest, unfinished
from metrics.release.reading import Cell, Dims, Release
from metrics.release.schema import FORMAT, LOCKED, META_KEYS, NO_LEDGER, SCHEMA, SETTINGS, STATES, settle
from metrics.release.writing import write

__all__ = [
    "FORMAT", "LOCKED", "META_KEYS", "NO_LEDGER", "SCHEMA", "SETTINGS", "STATES", "Cell", "Dims", "Release",
    "draft_path", "is_draft", "newest", "settle", "unfinished", "write",
]  # fmt: skip
