"""Read all sources into the engine: the one way in (tables it leaves: see the package's own text)."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from unicodedata import normalize

from metrics.engines.duckdb import DuckDBEngine
from metrics.errors import DataError, Place
from metrics.sources import csv, excel, parquet
from metrics.sources.canonical import BY_NAME
from metrics.sources.feeding import WHEN, Context, Part, check_feed, feed_parts
from metrics.sources.mapping import Feed, IdLink, SourceFile, Sources, Trait, did_you_mean, load_sources
from metrics.sources.numbering import number
from metrics.sources.rejects import Reason, Reject
from metrics.sources.rows import Format, Options, Rows
from metrics.sources.staff import check_link, check_names, check_values
from metrics.sources.typed import clean
from metrics.strategy.finding import Path as Node
from metrics.strategy.model import Strategy

#: From here on a file of which no row is good is taken for a wrong mapping, not for bad rows.
FEWEST_ROWS = 20
FORMATS: tuple[Format, ...] = (csv.FORMAT, excel.FORMAT, parquet.FORMAT)


@dataclass(frozen=True)
class FileRead:
    """What one file gave to one table. Every row of the file that is not blank is counted in ``rows`` (kept),
    ``rejected`` (set aside), ``replaced`` (a later row counts, trait one_per) or ``left_out`` (outside the declared
    filter, or an item without an answer). ``data_from`` and ``data_to``: first and last day among the kept."""

    file: str
    table: str
    rows: int
    rejected: int
    blank: int
    replaced: int
    left_out: int
    data_from: date | None
    data_to: date | None


@dataclass(frozen=True)
class Identities:
    """Ids as they stand in the sources. For the self-audit, which searches the release for them; never printed."""

    staff: frozenset[str] = field(repr=False)
    customers: frozenset[str] = field(repr=False)


@dataclass(frozen=True)
class Read:
    """``tables``: canonical tables that stand in the engine. ``staff_mapped``, ``customer_mapped``: whether any file
    of a table maps its staff, its customers."""

    as_of: date
    files: tuple[FileRead, ...]
    rejects: tuple[Reject, ...]
    tables: tuple[str, ...]
    traits: Mapping[str, Trait]
    staff_mapped: Mapping[str, bool]
    customer_mapped: Mapping[str, bool]
    identities: Identities = field(repr=False)

    def trait(self, table: str) -> Trait:
        """The table's declared traits, or the defaults."""
        return self.traits.get(table, Trait.model_validate({}))


@dataclass(frozen=True)
class _Fed:
    """A feed that stands in the engine as parts."""

    file: int
    feed: Feed
    parts: list[Part]


@dataclass
class _Tally:
    blank: dict[int, int] = field(default_factory=dict)
    present: dict[int, int] = field(default_factory=dict)
    rejects: dict[tuple[int, Reject], None] = field(default_factory=dict)
    replaced: dict[tuple[int, str], int] = field(default_factory=dict)
    left_out: dict[tuple[int, str], int] = field(default_factory=dict)
    link_ids: set[str] = field(default_factory=set)


def read(
    sources_path: Path, strategy: Strategy, engine: DuckDBEngine, step: Callable[[str], None] = lambda file: None
) -> Read:
    """Read every declared file into typed tables ``src_<table>`` of the engine.

    ``step`` is called with each file's name before it is read. Bad rows are set aside (``Read.rejects``); whatever
    makes a whole file or column unusable, and any undeclared staff column, raises DataError."""
    sources = load_sources(sources_path)
    context = Context(engine, sources, strategy)
    tally = _Tally()
    fed = []
    for i, file in enumerate(sources.files):
        step(file.file)
        fed += _read_file(context, sources_path.parent, i, file, tally)
    tables = tuple(name for name in BY_NAME if any(f.feed.table == name for f in fed))
    kept: list[tuple[int, str, int, date | None, date | None]] = []
    for table in tables:
        _gather(context, table, fed, tally)
        when = WHEN[table]
        found = engine.query(
            f'SELECT file_no, count(*) AS n, CAST(min("{when}") AS DATE) AS f, CAST(max("{when}") AS DATE) AS t'
            f" FROM all_{table} GROUP BY file_no"
        ).to_pylist()
        kept += [(r["file_no"], table, r["n"], r["f"], r["t"]) for r in found]
    files = _files(context, fed, kept, tally)
    columns = {t: {c for f in fed if f.feed.table == t for c in f.feed.columns} for t in tables}
    staff, customers = number(engine, tables, sources.trait("orders").leave_out_status)
    return Read(
        as_of=sources.as_of,
        files=files,
        rejects=tuple(reject for _, reject in tally.rejects),
        tables=tables,
        traits={str(t): sources.trait(t) for t in BY_NAME},
        staff_mapped={t: "staff" in columns[t] for t in tables},
        customer_mapped={t: "customer_id" in columns[t] for t in tables},
        identities=Identities(frozenset(staff), frozenset(customers | tally.link_ids)),
    )


def _read_file(context: Context, folder: Path, i: int, file: SourceFile, tally: _Tally) -> list[_Fed]:
    engine, sources = context.engine, context.sources
    path, form = _locate(folder, file.file, sources, ("files", i, "file"))
    header = _header(form, path, file)
    places: list[int] = []
    for j, feed in enumerate(file.tables):
        for below, column in feed.source_columns():
            places.append(_find(header, column, file.file, sources, ("files", i, "tables", j, *below)))
    for part, names in (("workforce", file.workforce), ("not_staff", file.not_staff)):
        for k, column in enumerate(names):
            _find(header, column, file.file, sources, ("files", i, part, k))
    check_names(sources, i, header)
    places = sorted(set(places))
    for j, feed in enumerate(file.tables):
        check_feed(context, feed, ("files", i, "tables", j))
    rows = form.read(path, file, places)
    texts = _store(engine, "texts", rows)
    check_values(sources, i, header, texts, places, engine)
    broken, blank = rows.broken, rows.blank
    del rows  # the engine holds what is needed
    tally.blank[i] = blank + _count(engine, f"SELECT count(*) AS n FROM {texts} WHERE blank")
    tally.present[i] = _count(engine, f"SELECT count(*) AS n FROM {texts} WHERE NOT blank")
    at = {header[place]: f"c{k}" for k, place in enumerate(places)}
    fed = []
    for j, feed in enumerate(file.tables):
        for row in broken:
            tally.rejects[i, Reject(file.label, feed.table, row, "", Reason.BROKEN)] = None
        links = {
            name: _read_link(context, folder, link, f"link_{i}_{j}_{name}", name, feed, i, j, tally)
            for name, link in feed.links.items()
        }
        fed.append(_Fed(i, feed, feed_parts(context, feed, i, texts, at, links, f"part_{i}_{j}")))
        for table in links.values():
            engine.drop(table)
    engine.drop(texts)
    return fed


def _store(engine: DuckDBEngine, name: str, rows: Rows) -> str:
    """A table of trimmed text: row_no, c0 ..., blank (nothing in any column that is read)."""
    columns = [c for c in rows.table.column_names if c != "row_no"]
    blank = " AND ".join(f"{c} IS NULL" for c in columns) or "false"
    cleaned = "".join(f", {clean(c)} AS {c}" for c in columns)
    engine.register(name, rows.table, f"SELECT *, ({blank}) AS blank FROM (SELECT row_no{cleaned} FROM arrow_in)")
    return name


def _read_link(
    context: Context, folder: Path, link: IdLink, name: str, column: str, feed: Feed, i: int, j: int, tally: _Tally
) -> str:
    """The link's table (key, value) in the engine; a key's first row counts."""
    engine, sources = context.engine, context.sources
    below: Node = ("files", i, "tables", j, "links", column)
    check_link(sources, link, below)
    path, form = _locate(folder, link.file, sources, (*below, "file"))
    header = _header(form, path, link)
    places = [_find(header, c, link.file, sources, (*below, p)) for p, c in (("key", link.key), ("value", link.value))]
    rows = form.read(path, link, places)
    texts = _store(engine, "link_texts", rows)
    for row in rows.broken:
        tally.rejects[i, Reject(link.file, feed.table, row, "", Reason.BROKEN)] = None
    again = (
        f"SELECT *, row_number() OVER (PARTITION BY c0 ORDER BY row_no) AS nth FROM {texts}"
        " WHERE c0 IS NOT NULL AND c1 IS NOT NULL"
    )
    for row in engine.query(f"SELECT row_no FROM ({again}) WHERE nth > 1 ORDER BY row_no")["row_no"].to_pylist():
        tally.rejects[i, Reject(link.file, feed.table, row, link.key, Reason.DUPLICATE)] = None
    engine.create(name, f"SELECT c0 AS key, c1 AS value FROM ({again}) WHERE nth = 1")
    engine.drop(texts)
    if column == "customer_id":
        tally.link_ids |= set(engine.query(f"SELECT key FROM {name}")["key"].to_pylist())
    return name


def _locate(folder: Path, name: str, sources: Sources, at: Node) -> tuple[Path, Format]:
    path = folder / name
    form = next((f for f in FORMATS if name.lower().endswith(f.endings)), None)
    if form is None:
        known = ", ".join(e for f in FORMATS for e in f.endings)
        raise DataError(f"'{name}' has an ending that is not known.", sources.place(*at), f"Known are: {known}.")
    if not path.is_file():
        near = sorted(os.listdir(path.parent)) if path.parent.is_dir() else []
        files = [n for n in near if n.lower().endswith(tuple(e for f in FORMATS for e in f.endings))]
        raise DataError(
            f"There is no file '{name}'.",
            sources.place(*at),
            did_you_mean(path.name, files) if files else "Paths are relative to the sources file.",
        )
    return path, form


def _header(form: Format, path: Path, options: Options) -> tuple[str, ...]:
    header = tuple(normalize("NFC", name).strip() for name in form.header(path, options))
    seen: set[str] = set()
    for column in header:
        if column and column in seen:
            raise DataError(
                "Two columns have the same name.", Place(path.name, 1, column), "Rename one of them in the file."
            )
        seen.add(column)
    return header


def _find(header: tuple[str, ...], column: str, file: str, sources: Sources, at: Node) -> int:
    if not column or column not in header:
        raise DataError(
            f"'{file}' has no column '{column}'.", sources.place(*at), did_you_mean(column, [h for h in header if h])
        )
    return header.index(column)


def _count(engine: DuckDBEngine, query: str) -> int:
    return int(engine.query(query)["n"][0].as_py())


def _gather(context: Context, table: str, fed: list[_Fed], tally: _Tally) -> None:
    """``all_<table>``: the good rows of all its parts, one per key, with ``row`` in file order."""
    engine, sources = context.engine, context.sources
    mine = [(f, part) for f in fed if f.feed.table == table for part in f.parts]
    for f, part in mine:
        chosen = _count(engine, f"SELECT count(*) AS n FROM {part.name}")
        at = (f.file, table)
        tally.left_out[at] = tally.left_out.get(at, 0) + tally.present[f.file] - chosen
        found = engine.query(f"SELECT row_no, bad FROM {part.name} WHERE bad IS NOT NULL ORDER BY row_no").to_pylist()
        if chosen >= FEWEST_ROWS and len(found) == chosen:
            raise _none_good(sources, f, part, [row["bad"] for row in found])
        for row in found:
            column, reason = part.wrong[row["bad"]]
            tally.rejects[f.file, Reject(sources.files[f.file].label, table, row["row_no"], column, reason)] = None
    union = " UNION ALL ".join(f"SELECT * EXCLUDE (bad) FROM {part.name} WHERE bad IS NULL" for _, part in mine)
    engine.create(f"all_{table}", union)
    for _, part in mine:
        engine.drop(part.name)
    one_per = sources.trait(table).one_per
    if one_per:
        by = f"{one_per}, question" if BY_NAME[table].column("question") else one_per
        nth = f"row_number() OVER (PARTITION BY {by} ORDER BY file_no DESC, row_no DESC, item DESC)"
        engine.create(
            f"all_{table}", f"SELECT *, CASE WHEN {one_per} IS NULL THEN 1 ELSE {nth} END AS nth FROM all_{table}"
        )
        for row in engine.query(f"SELECT file_no, count(*) AS n FROM all_{table} WHERE nth > 1 GROUP BY 1").to_pylist():
            tally.replaced[row["file_no"], table] = row["n"]
        engine.create(f"all_{table}", f"SELECT * EXCLUDE (nth) FROM all_{table} WHERE nth = 1")
    for key in BY_NAME[table].key:
        _unique(context, table, key, mine, tally)
    engine.create(
        f"all_{table}",
        f'SELECT row_number() OVER (ORDER BY file_no, row_no, item) - 1 AS "row", * FROM all_{table}',
    )


def _none_good(sources: Sources, fed: _Fed, part: Part, bad: list[int]) -> DataError:
    column, reason = part.wrong[max(set(bad), key=bad.count)]
    return DataError(
        f"No row of '{sources.files[fed.file].file}' can be read into {fed.feed.table}; most often '{column}' is"
        f" {reason.value}.",
        sources.place("files", fed.file, "file"),
        "Mend how this column is mapped.",
    )


def _unique(context: Context, table: str, key: str, mine: list[tuple[_Fed, Part]], tally: _Tally) -> None:
    """Of rows with one id the first counts, the others are set aside."""
    engine, files = context.engine, context.sources.files
    engine.create("twice", f"SELECT {key} FROM all_{table} GROUP BY {key} HAVING count(*) > 1")
    if _count(engine, "SELECT count(*) AS n FROM twice"):
        engine.create(
            f"all_{table}",
            f"SELECT *, CASE WHEN {key} IN (FROM twice) THEN row_number() OVER"
            f" (PARTITION BY {key} ORDER BY file_no, row_no, item) ELSE 1 END AS nth FROM all_{table}",
        )
        found = engine.query(f"SELECT file_no, row_no FROM all_{table} WHERE nth > 1 ORDER BY ALL").to_pylist()
        source = {f.file: f.feed.columns.get(key, (key,))[0] for f, _ in mine}
        for row in found:
            file_no = row["file_no"]
            reject = Reject(files[file_no].label, table, row["row_no"], source[file_no], Reason.DUPLICATE)
            tally.rejects[file_no, reject] = None
        engine.create(f"all_{table}", f"SELECT * EXCLUDE (nth) FROM all_{table} WHERE nth = 1")
    engine.drop("twice")


def _files(
    context: Context,
    fed: list[_Fed],
    kept: list[tuple[int, str, int, date | None, date | None]],
    tally: _Tally,
) -> tuple[FileRead, ...]:
    found = []
    stand = {(file, table): (n, first, last) for file, table, n, first, last in kept}
    for i, table in dict.fromkeys((f.file, f.feed.table) for f in fed):
        file = context.sources.files[i]
        rows, first, last = stand.get((i, table), (0, None, None))
        rejected = sum(1 for j, r in tally.rejects if (j, r.file, r.table) == (i, file.label, table))
        replaced, left_out = tally.replaced.get((i, table), 0), tally.left_out[i, table]
        found.append(FileRead(file.file, table, rows, rejected, tally.blank[i], replaced, left_out, first, last))
    return tuple(found)
