"""The sources file: which file feeds which canonical table, column by column. Typed, with line numbers.

Shapes are pydantic's; ``_rules`` holds what shapes cannot say. Whether the named columns stand in the files is seen
when they are read.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from unicodedata import normalize

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, ValidationError

from metrics.errors import DataError, Place
from metrics.sources.canonical import BY_NAME, Table
from metrics.strategy.finding import Path as Node
from metrics.strategy.finding import Places
from metrics.strategy.finding import did_you_mean as nearest
from metrics.strategy.yaml import read_yaml
from metrics.words import Words

TableName = Literal["customers", "contacts", "answers", "invitations", "orders", "complaints", "series"]


def _text(value: Any) -> Any:
    """A YAML scalar as the text a file would hold, trimmed, in Unicode's composed form like all text that is read."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return normalize("NFC", str(value)).strip() if isinstance(value, (int, float, str)) else value


def _texts(value: Any) -> Any:
    """One text or several, always as a tuple."""
    return tuple(_text(v) for v in value) if isinstance(value, (list, tuple)) else (_text(value),)


Text = Annotated[str, BeforeValidator(_text)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_texts), Field(min_length=1)]


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Item(Model):
    """A column that holds the answers to one question: a survey file with one row per response."""

    column: Text
    question: str
    scale: tuple[int, int]
    stage: str | None = None


class IdLink(Model):
    """Where an id of this file is not the company's own: ``file`` maps ``key`` (as here) to ``value`` (as wanted)."""

    file: str
    key: Text
    value: Text
    sheet: str | None = None
    delimiter: str | None = Field(None, min_length=1, max_length=1)
    encoding: str | None = None


class Feed(Model):
    """What one file gives to one canonical table."""

    table: TableName
    columns: dict[str, Texts] = Field(description="Canonical column: source column; several only for staff.")
    constants: dict[str, Text] = {}
    where: dict[Text, Texts] = Field({}, description="Only rows whose source column holds one of these values.")
    where_present: Text | None = Field(None, description="Only rows in which this source column is filled.")
    formats: dict[str, Texts] = Field({}, description="strptime formats of times that are not ISO, tried in order.")
    values: dict[str, dict[Text, Texts]] = Field({}, description="Canonical value: its spellings in the source.")
    blank: Annotated[tuple[str, ...], BeforeValidator(_texts)] = Field((), description="Words that mean no value.")
    items: tuple[Item, ...] = ()
    links: dict[str, IdLink] = {}

    def source_columns(self) -> list[tuple[Node, str]]:
        """Every source column this feed reads, with its path in the feed."""
        found: list[tuple[Node, str]] = [
            (("columns", name, *((i,) if len(given) > 1 else ())), column)
            for name, given in self.columns.items()
            for i, column in enumerate(given)
        ]
        found += [(("where", column), column) for column in self.where]
        found += [(("where_present",), self.where_present)] if self.where_present else []
        return found + [(("items", i, "column"), item.column) for i, item in enumerate(self.items)]


class SourceFile(Model):
    file: str = Field(min_length=1, description="Relative to the sources file.")
    sheet: str | None = None
    delimiter: str | None = Field(None, min_length=1, max_length=1)
    encoding: str | None = None
    tables: tuple[Feed, ...] = Field(min_length=1)
    workforce: Annotated[tuple[str, ...], BeforeValidator(_texts)] = Field(
        (), description="Columns about staff, teams, desks or shifts: named here, never read."
    )
    not_staff: Annotated[tuple[str, ...], BeforeValidator(_texts)] = Field(
        (), description="Columns that look like staff columns and are not."
    )

    @property
    def label(self) -> str:
        """The file, and the sheet where one is named."""
        return f"{self.file} [{self.sheet}]" if self.sheet else self.file


class Trait(Model):
    """What is known of all rows of a canonical table."""

    sample_of: Literal["orders"] | None = Field(None, description="The file is a sample of orders, not of customers.")
    history_from: date | None = Field(None, description="Before this day the file is not complete.")
    no_staff: bool = Field(False, description="No staff handle these rows at all.")
    leave_out_status: Annotated[tuple[str, ...], BeforeValidator(_texts)] = ()
    one_per: str | None = Field(None, description="Id column: of several rows the last one in the file counts.")


class Sources(Model):
    """The whole sources file. ``place`` says where something stands in it."""

    as_of: date
    files: tuple[SourceFile, ...] = Field(min_length=1)
    traits: dict[TableName, Trait] = {}
    _places: Places = PrivateAttr(default_factory=lambda: Places("sources.yaml", {}, {}))

    def place(self, *path: str | int) -> Place:
        """File, line and column of a node, or of the nearest one above it that has a place."""
        return self._places(path)

    def trait(self, table: str) -> Trait:
        return next((t for name, t in self.traits.items() if name == table), Trait.model_validate({}))


def load_sources(path: Path) -> Sources:
    """Read and check a sources file.

    Raises DataError with file, line and column for whatever is unknown, missing or contradicts itself."""
    tree, places = _parse(path)
    try:
        sources = Sources.model_validate(tree)
    except ValidationError as error:
        raise _shape_error(error, places) from None
    sources._places = places
    _rules(sources)
    return sources


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """'Did you mean ...?', or what would be understood; one sentence."""
    folded = {k.casefold(): k for k in known if k}
    guess = nearest(word, list(folded))
    return f"Did you mean '{folded[guess]}'?" if guess else f"Known are: {', '.join(folded.values())}."


def _parse(path: Path) -> tuple[Any, Places]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise DataError(
            "There is no such sources file.", str(path), "Give its path, or make the demo's with 'demo --out data'."
        ) from None
    except UnicodeDecodeError:
        raise DataError("The sources file is not UTF-8.", str(path), "Save it as UTF-8.") from None
    tree, places, findings = read_yaml(text, str(path))
    for finding in findings:
        what, mend = finding.say(Words("en"))
        raise DataError(what, finding.place, mend)
    return tree, places


_FIELDS: dict[str, type[BaseModel]] = {
    "files": SourceFile,
    "tables": Feed,
    "items": Item,
    "links": IdLink,
    "traits": Trait,
}


def _shape_error(error: ValidationError, places: Places) -> DataError:
    first = error.errors(include_url=False)[0]
    loc: Node = first["loc"]
    where = places(loc, key=first["type"] == "extra_forbidden")
    name = str(loc[-1]) if loc else ""
    if first["type"] == "extra_forbidden":
        model = next((_FIELDS[str(p)] for p in reversed(loc[:-1]) if str(p) in _FIELDS), Sources)
        return DataError(f"Unknown entry '{name}'.", where, did_you_mean(name, list(model.model_fields)))
    if first["type"] == "missing":
        return DataError(f"'{name}' is missing.", where, "Add it.")
    if first["type"] == "literal_error" and (loc[0] == "traits" or name == "table"):
        given = str(first["input"])
        return DataError(f"Unknown table '{given}'.", where, did_you_mean(given, list(BY_NAME)))
    return DataError(f"'{name}' cannot be read: {first['msg']}.", where, "Compare the sources.yaml that 'demo' writes.")


def _rules(sources: Sources) -> None:
    """What shapes cannot say; raises the first DataError."""
    seen: set[tuple[str, str | None]] = set()
    for i, file in enumerate(sources.files):
        if (file.file, file.sheet) in seen:
            raise DataError(
                f"The file '{file.file}' stands here twice.",
                sources.place("files", i, "file"),
                "Put all its tables under one entry, or its rows count twice.",
            )
        seen.add((file.file, file.sheet))
        for k, column in enumerate(file.workforce):
            if column in file.not_staff:
                raise DataError(
                    f"'{column}' is declared both 'workforce' and 'not_staff'.",
                    sources.place("files", i, "workforce", k),
                    "Keep one of the two.",
                )
        for j, feed in enumerate(file.tables):
            _feed_rules(sources, file, feed, ("files", i, "tables", j))
    for name, trait in sources.traits.items():
        told = next((f for f in sources.files if trait.no_staff and _tells_staff(f, name)), None)
        if told:
            raise DataError(
                f"Here {name} are declared to have no staff, and '{told.label}' has a column about who handled them.",
                sources.place("traits", name, "no_staff"),
                "Map that column to 'staff' and take 'no_staff' out: without it nobody could be protected.",
            )
        if trait.one_per and _type(BY_NAME[name], trait.one_per) != "id":
            ids = [c.name for c in BY_NAME[name].columns if c.type == "id"]
            raise DataError(
                f"'{trait.one_per}' is no id column of {name}.",
                sources.place("traits", name, "one_per"),
                did_you_mean(trait.one_per, ids),
            )


def _tells_staff(file: SourceFile, table: str) -> bool:
    """Whether a file of this table names staff; for contacts, which people handle unless nobody does, also a column
    about them that is never read."""
    feeds = [feed for feed in file.tables if feed.table == table]
    named = any("staff" in feed.columns for feed in feeds)
    return named or (table == "contacts" and bool(feeds and file.workforce))


def _feed_rules(sources: Sources, file: SourceFile, feed: Feed, at: Node) -> None:
    table = BY_NAME[feed.table]

    def wrong(what: str, mend: str, *path: str | int) -> DataError:
        return DataError(what, sources.place(*at, *path), mend)

    names = [c.name for c in table.columns]
    for part in ("columns", "constants", "formats", "values", "links"):
        for name in getattr(feed, part):
            if name not in names:
                raise wrong(f"{table.name} has no column '{name}'.", did_you_mean(name, names), part, name)
    for name, given in feed.columns.items():
        if len(given) > 1 and _type(table, name) != "staff":
            raise wrong(f"'{name}' takes one source column.", "Only staff may name several.", "columns", name)
    for name in feed.constants:
        if _type(table, name) == "staff":
            raise wrong("Staff cannot be a constant.", "Map the staff column, or leave it out.", "constants", name)
        if name in feed.columns:
            raise wrong(f"'{name}' has a column and a constant.", "Keep one of the two.", "constants", name)
    for name in feed.formats:
        if name not in feed.columns or _type(table, name) not in ("time", "day"):
            raise wrong(f"'{name}' is no mapped time.", "Formats are for times and days.", "formats", name)
    for name, values in feed.values.items():
        if name not in feed.columns or _type(table, name) not in ("bool", "text"):
            raise wrong(f"'{name}' is no mapped text or yes/no.", "Values are for these.", "values", name)
        if _type(table, name) == "bool" and not set(values) <= {"yes", "no", "true", "false"}:
            raise wrong(f"'{name}' is yes or no.", "Give the spellings under 'yes' and 'no'.", "values", name)
    for name in feed.links:
        if name not in feed.columns or _type(table, name) != "id":
            raise wrong(f"'{name}' is no mapped id.", "Links are for id columns that are mapped.", "links", name)
    if feed.items:
        if feed.table != "answers":
            raise wrong("Only answers have items.", "Use 'columns'.", "items")
        for name in ("question", "score", "scale_min", "scale_max"):
            if name in feed.columns or name in feed.constants:
                raise wrong(f"'{name}' comes from the items.", "Take it out here.", "columns", name)
    elif feed.table == "answers" and "score" not in feed.columns:
        raise wrong("answers needs 'score'.", "Map it under 'columns', or give 'items'.", "columns")
    given_names = {*feed.columns, *feed.constants, *(("question",) if feed.items else ())}
    for column in table.columns:
        if column.needed and column.name not in given_names:
            raise wrong(f"{table.name} needs '{column.name}'.", "Map it under 'columns'.", "columns")
    for path, source in feed.source_columns():
        if source in file.workforce:
            raise wrong(
                f"'{source}' is declared 'workforce', so it is never read.",
                "Take it out here; nothing is shown by staff, team, desk or shift.",
                *path,
            )


def _type(table: Table, name: str) -> str:
    column = table.column(name)
    return column.type if column else ""
