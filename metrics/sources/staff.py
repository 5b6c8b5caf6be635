"""Staff columns: every column that is about who did the work is declared, or the build stops.

Names of all columns are looked at, values only of columns that are mapped to texts (ways to cut).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from metrics.engines.duckdb import DuckDBEngine
from metrics.errors import DataError
from metrics.sources.canonical import BY_NAME
from metrics.sources.mapping import Feed, IdLink, SourceFile, Sources
from metrics.strategy.finding import Path as Node
from metrics.strategy.staff_shaped import EXTENSION
from metrics.strategy.workforce import is_workforce, looks_like_person

#: Values looked at, share of them that must look like persons, and fewest values that say anything.
_LOOKED_AT, _SHARE, _FEWEST = 2000, 0.5, 3
#: From so many rows on, staff who are nearly as many as rows are no staff.
_MANY, _SHARE_OF_ROWS = 100, 0.9
#: A long list of two to four capitalised words each is a list of names, also of names that no list here knows.
_LONG_LIST, _LONG_SHARE = 50, 0.8


def check_names(sources: Sources, number: int, header: Sequence[str]) -> None:
    """Raise DataError for a workforce column that is neither ``staff``, ``workforce`` nor ``not_staff``, and for one
    that rows would be cut, joined or filtered by. A column read as a score, a time, a number or a yes/no is declared
    by that: its values can tell nobody apart. ``number``: place of the file in the sources file."""
    file = sources.files[number]
    staff = {c for feed in file.tables for c in feed.columns.get("staff", ())}
    declared = {*staff, *file.workforce, *file.not_staff}
    for j, feed in enumerate(file.tables):
        cuts = _cuts(feed)
        declared |= {column for _, column in feed.source_columns()} - {column for _, column in cuts}
        for path, column in cuts:
            if column not in file.not_staff and (column in staff or is_workforce(column)):
                raise _person(sources, file, column, ("files", number, "tables", j, *path))
    for column in header:
        if column and column not in declared and is_workforce(column):
            raise DataError(
                f"Column '{column}' of '{file.file}' reads like staff, a team, a shift or a site.",
                sources.place("files", number, "file"),
                "Declare it: 'staff' under 'columns' if it says who handled the row, 'workforce' if it is not to be"
                " read, 'not_staff' if it is something else.",
            )


def check_link(sources: Sources, link: IdLink, at: Node) -> None:
    """Raise DataError for a link that would turn an id into a member of staff."""
    for part, column in (("key", link.key), ("value", link.value)):
        if is_workforce(column):
            raise DataError(
                f"Column '{column}' of '{link.file}' reads like staff, a team, a shift or a site.",
                sources.place(*at, part),
                "Link to the id of a customer, a contact or an order.",
            )


def check_values(
    sources: Sources, number: int, header: Sequence[str], texts: str, columns: Sequence[int], engine: DuckDBEngine
) -> None:
    """Raise DataError for a column mapped to a text whose values are names, e-mails or phone extensions, or
    stand one-to-one with a staff column; and for a staff column that tells rows apart instead of people.
    ``texts``: table with c0, c1 ... for the places in ``columns``."""
    file = sources.files[number]
    at = {header[place]: f"c{i}" for i, place in enumerate(columns)}
    for j, feed in enumerate(file.tables):
        ids = [at[c] for key in BY_NAME[feed.table].key for c in feed.columns.get(key, ())]
        for column in feed.columns.get("staff", ()):
            if _row_by_row(engine, texts, at[column], ids):
                raise DataError(
                    f"Column '{column}' of '{file.file}' has another value in nearly every row, so it tells rows apart"
                    " and not who handled them.",
                    sources.place("files", number, "tables", j, "columns", "staff"),
                    "Map the column that says who did it: with a false one, one person would count as many.",
                )
    staff = [at[c] for c in dict.fromkeys(c for f in file.tables for c in f.columns.get("staff", ())) if c in at]
    for j, feed in enumerate(file.tables):
        for path, column in _cuts(feed):
            if column in file.not_staff or path[0] != "columns" or _kind(feed, path) != "text":
                continue
            values = engine.query(
                f"SELECT DISTINCT {at[column]} AS v FROM {texts} WHERE {at[column]} IS NOT NULL"
                f" ORDER BY v LIMIT {_LOOKED_AT}"
            )["v"].to_pylist()
            if _persons(values) or any(_one_to_one(engine, texts, at[column], other) for other in staff):
                raise _person(sources, file, column, ("files", number, "tables", j, *path))


def _cuts(feed: Feed) -> list[tuple[Node, str]]:
    """Source columns that rows are cut, joined or filtered by: texts, ids and filters."""
    return [
        (path, column)
        for path, column in feed.source_columns()
        if path[0] in ("where", "where_present") or (path[0] == "columns" and _kind(feed, path) in ("text", "id"))
    ]


def _kind(feed: Feed, path: Node) -> str:
    column = BY_NAME[feed.table].column(str(path[1]))
    return column.type if column else ""


def _person(sources: Sources, file: SourceFile, column: str, path: Node) -> DataError:
    return DataError(
        f"Column '{column}' of '{file.file}' tells members of staff or teams apart, so nothing can be cut by it.",
        sources.place(*path),
        "Map a column of the journey (stage, channel, topic, segment); if it is about something else, list it"
        " under 'not_staff'.",
    )


def _persons(values: Sequence[str]) -> bool:
    if len(values) < _FEWEST:
        return False
    hits = sum(1 for v in values if "@" in v or EXTENSION.fullmatch(v) or looks_like_person(v))
    shaped = sum(map(_capitalised, values)) if len(values) >= _LONG_LIST else 0
    return hits >= _SHARE * len(values) or shaped > _LONG_SHARE * len(values)


def _capitalised(value: str) -> bool:
    words = re.findall(r"[^\s'’.-]+", value)
    return 2 <= len(words) <= 4 and all(word.isalpha() and word[0].isupper() for word in words)


def _row_by_row(engine: DuckDBEngine, texts: str, staff: str, ids: Sequence[str]) -> bool:
    """Whether a staff column repeats the id of the row, or has a value of its own in nearly every row of many."""
    same = " OR ".join(f"{staff} = {id}" for id in ids) or "false"
    found = engine.query(
        f"SELECT count(*) AS n, count(DISTINCT {staff}) AS people, count(*) FILTER (WHERE {same}) AS same"
        f" FROM {texts} WHERE {staff} IS NOT NULL"
    ).to_pylist()[0]
    n = found["n"]
    return bool(n >= _FEWEST and (2 * found["same"] > n or (n >= _MANY and found["people"] > _SHARE_OF_ROWS * n)))


def _one_to_one(engine: DuckDBEngine, texts: str, column: str, staff: str) -> bool:
    """Whether nearly every value stands with one member of staff and the other way round, over enough rows."""
    found = engine.query(
        f"WITH pairs AS (SELECT {column} AS v, {staff} AS s, count(*) AS n FROM {texts}"
        f" WHERE {column} IS NOT NULL AND {staff} IS NOT NULL GROUP BY ALL)"
        " SELECT count(*) AS pairs, count(DISTINCT v) AS v, count(DISTINCT s) AS s, coalesce(sum(n), 0)::BIGINT AS n"
        " FROM pairs"
    ).to_pylist()[0]
    few = min(found["v"], found["s"])
    return bool(few >= _FEWEST and found["n"] >= 3 * found["v"] and found["pairs"] <= 1.05 * few)
