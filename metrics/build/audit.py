"""Self-audit of a finished release file, before it may take its place (design §4.7).

Three looks. Tables, columns and types are exactly those of ``metrics.release.SCHEMA``. Every text is one of a closed
list that the strategy and the sources file give. No full name or id of the sources stands in any text or in the raw
bytes of the file: a database keeps what was once written into it even where no query finds it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from metrics.errors import DataError, Refused
from metrics.loyalty.results import TABLES
from metrics.loyalty.results import words as closed_words
from metrics.loyalty.value.told import Figure, Method, Why
from metrics.release import FORMAT, LOCKED, META_KEYS, NO_LEDGER, SCHEMA, SETTINGS, STATES, settle

#: Shorter ids are found by chance in any file; for them the closed lists stand alone.
SHORTEST = 6
#: Bytes looked at at once.
PIECE = 1 << 22
_PERIOD = re.compile(r"all|\d{4}-(0[1-9]|1[0-2]|Q[1-4]|H[12])")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_HASH = re.compile(r"[0-9a-f]{64}")
_META = {
    "build_id": _HASH,
    "strategy_hash": _HASH,
    "as_of": _DAY,
    "data_from": _DAY,
    "data_to": _DAY,
    "built_at": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
    "draft": re.compile("true|false"),
    "format": re.compile(re.escape(FORMAT)),
    "grain": re.compile("month|quarter|half|wave"),
    "budget": re.compile("held|exceeded"),
    "ledger": re.compile(f"[0-9a-f]{{64}}|{NO_LEDGER}"),
}
Closed = Callable[[str], bool]


@dataclass(frozen=True)
class Vocabulary:
    """Every text that may stand in a release."""

    strategy: str
    """The strategy as the release holds it."""
    metrics: frozenset[str]
    measures: frozenset[str]
    views: frozenset[str]
    values: frozenset[tuple[str, str]]
    """(dimension, value)."""
    kpis: frozenset[str]
    questions: frozenset[str]
    actions: frozenset[str]
    stages: frozenset[str]
    files: frozenset[str]
    tables: frozenset[str]

    def segment(self, text: str) -> bool:
        """'' or declared segments joined by +."""
        return not text or all(("segment", value) in self.values for value in text.split("+"))


def audit(path: Path, words: Vocabulary, staff: Collection[str], customers: Collection[str]) -> None:
    """Raise DataError if the release at ``path`` holds anything that it may not. The message never quotes what was
    found, for it may be a name."""
    connection = duckdb.connect(str(path), read_only=True)
    try:
        settle(connection, *SETTINGS, *LOCKED)
        shape(connection)
        _closed(connection, words)
        texts = _texts(connection)
    finally:
        connection.close()
    data = path.read_bytes()
    for kind, ids in (("a member of staff", staff), ("a customer", customers)):
        stands_in = scanner(ids)
        place = next((at for at, text in texts.items() if stands_in(text)), None)
        if place or stands_in(data):
            raise unsafe(
                f"The name or id of {kind} stands in {place or 'the bytes of the file'}.",
                "Take it out of the strategy or of the values that sources and strategy share.",
            )


def unsafe(what: str, mend: str = "This is a fault of the program: please report it.") -> DataError:
    return DataError(f"The finished release was deleted: it did not pass its audit. {what}", "release", mend)


def shape(connection: duckdb.DuckDBPyConnection) -> None:
    found: dict[str, list[tuple[str, str]]] = {}
    for schema, table, column, kind in connection.execute(
        "SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal"
        " ORDER BY table_name, column_index"
    ).fetchall():
        if schema != "main":
            raise unsafe("It has a schema of its own.")
        found.setdefault(table, []).append((column, kind))
    if found != {name: list(columns) for name, columns in SCHEMA.items()}:
        raise unsafe("Its tables or columns are not those of a release.")
    for kind in ("views", "sequences", "indexes", "types", "functions"):
        more = "" if kind in ("sequences", "indexes") else " AND NOT internal"
        query = f"SELECT count(*) FROM duckdb_{kind}() WHERE database_name = current_database(){more}"
        if connection.execute(query).fetchone() != (0,):
            raise unsafe(f"It holds {kind}.")


def _closed(connection: duckdb.DuckDBPyConnection, words: Vocabulary) -> None:
    dimensions, values = {d for d, _ in words.values}, {v for _, v in words.values}
    causes = words.questions | words.kpis | words.actions | dimensions
    known: dict[tuple[str, str], Closed] = {
        ("meta", "key"): META_KEYS.__contains__,
        ("strategy", "json"): words.strategy.__eq__,
        ("source", "file"): (words.files | {""}).__contains__,
        ("source", "table_name"): words.tables.__contains__,
        ("cell", "view"): words.views.__contains__,
        ("cell", "dimension"): dimensions.__contains__,
        ("cell", "value"): values.__contains__,
        ("number", "metric"): words.metrics.__contains__,
        ("number", "view"): (words.views | {""}).__contains__,
        ("number", "period"): lambda text: bool(_PERIOD.fullmatch(text)),
        ("number", "measure"): words.measures.__contains__,
        ("pool", "dimension"): {d for d, _ in words.values}.__contains__,
        ("pool", "value"): {v for _, v in words.values}.__contains__,
        ("clearance", "metric"): words.metrics.__contains__,
        ("clearance", "view"): (words.views | {"", "months"}).__contains__,
        ("clearance", "period"): lambda text: bool(_PERIOD.fullmatch(text)),
        ("clearance", "state"): STATES.__contains__,
        ("withheld", "metric"): words.metrics.__contains__,
        ("withheld", "view"): (words.views | {""}).__contains__,
        ("withheld", "period"): lambda text: bool(_PERIOD.fullmatch(text)),
        ("refused", "kpi"): words.kpis.__contains__,
        ("refused", "reason"): {r.value for r in Refused}.__contains__,
        ("driver_model", "outcome"): words.kpis.__contains__,
        ("driver", "driver"): causes.__contains__,
        ("link", "kpi"): words.kpis.__contains__,
        ("link", "drives"): words.kpis.__contains__,
        ("label", "kpi"): words.kpis.__contains__,
        ("effect_draw", "cause"): causes.__contains__,
        ("effect_draw", "outcome"): words.kpis.__contains__,
        ("no_model", "outcome"): words.kpis.__contains__,
        **{(table, "segment"): words.segment for table in ("value_model", "value_figure", "value_curve")},
        ("value_model", "method"): {m.value for m in Method}.__contains__,
        ("value_model", "reason"): {r.value for r in (*Why, *Refused)}.__contains__,
        ("value_figure", "figure"): {f.value for f in Figure}.__contains__,
    }
    for table in ("driver_model", "no_model"):
        known |= {
            (table, "stage"): (words.stages | {""}).__contains__,
            (table, "dimension"): (dimensions | {""}).__contains__,
            (table, "value"): (values | {""}).__contains__,
            (table, "period"): lambda text: bool(_PERIOD.fullmatch(text)),
        }
    known |= {(table, "value"): (values | {""}).__contains__ for table in ("driver", "effect_draw")}
    for table, row in TABLES.items():
        known |= {(table, column): closed.__contains__ for column, closed in closed_words(row).items()}
    for table, columns in SCHEMA.items():
        for column, kind in columns:
            if kind != "VARCHAR" or (table, column) == ("meta", "value"):
                continue
            test = known[table, column]
            for (text,) in connection.execute(f'SELECT DISTINCT "{column}" FROM {table}').fetchall():
                if text is None or not test(text):
                    raise unsafe(f"A text in {table}.{column} is in no closed list.")
    for dimension, value in connection.execute("SELECT DISTINCT dimension, value FROM cell").fetchall():
        if (dimension, value) not in words.values:
            raise unsafe("A value in cell.value is none of its dimension.")
    for key, value in connection.execute("SELECT key, value FROM meta").fetchall():
        if not _META[key].fullmatch(value or ""):
            raise unsafe("A text in meta.value is in no closed list.")


def _texts(connection: duckdb.DuckDBPyConnection) -> Mapping[str, bytes]:
    """Every different text of the file, a line each, by table.column; upper case made lower."""
    found = {}
    for table, columns in SCHEMA.items():
        for column, kind in columns:
            if kind == "VARCHAR":
                rows = connection.execute(f'SELECT DISTINCT "{column}" FROM {table}').fetchall()
                found[f"{table}.{column}"] = "\n".join(text.casefold() for (text,) in rows).encode()
    return found


def searched(ids: Iterable[str]) -> list[bytes]:
    """Spellings to look for: of ids of six characters or more, but for plain small numbers."""
    found: set[bytes] = set()
    for text in ids:
        if len(text) < SHORTEST or (text.isdecimal() and len(text) < 10):
            continue
        for spelled in {text, text.casefold(), text.upper()}:
            found |= {unicodedata.normalize(form, spelled).encode() for form in ("NFC", "NFD")}
    return sorted(found)


def scanner(ids: Iterable[str]) -> Callable[[bytes], bool]:
    """A test whether any of these ids stands in some bytes.

    The first six bytes of each spelling are looked up at every place at once; only where they fit is the rest
    compared. A table of hash values comes first, since nearly no place fits."""
    by_head: dict[int, dict[int, set[bytes]]] = {}
    for text in searched(ids):
        by_head.setdefault(int.from_bytes(text[:SHORTEST], "little"), {}).setdefault(len(text), set()).add(text)
    heads = np.array(sorted(by_head), dtype=np.uint64)
    marked = np.zeros(1 << 22, dtype=bool)
    marked[_hash(heads)] = True

    def stands_in(data: bytes) -> bool:
        for start in range(0, len(data), PIECE):
            count = min(PIECE + SHORTEST - 1, len(data) - start)
            if count < SHORTEST or not len(heads):
                continue
            piece = np.frombuffer(data, dtype=np.uint8, offset=start, count=count)
            here = np.zeros(count - SHORTEST + 1, dtype=np.uint64)
            for i in range(SHORTEST):
                here |= piece[i : len(here) + i].astype(np.uint64) << np.uint64(8 * i)
            near = np.flatnonzero(marked[_hash(here)])
            for at in near[np.isin(here[near], heads)].tolist():
                for length, texts in by_head[int(here[at])].items():
                    if data[start + at : start + at + length] in texts:
                        return True
        return False

    return stands_in


def _hash(values: NDArray[np.uint64]) -> NDArray[np.int64]:
    spread: NDArray[np.int64] = ((values * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(42)).astype(np.int64)
    return spread
