"""One feed: text of a file becomes typed rows of a canonical table, each with what is wrong with it, if anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from metrics.engines.duckdb import DuckDBEngine, quoted
from metrics.errors import DataError
from metrics.sources.canonical import BY_NAME, Table
from metrics.sources.mapping import Feed, Sources, did_you_mean
from metrics.sources.rejects import Reason
from metrics.sources.typed import SQL_TYPE, WRONG, Spelling, ambiguous, expression, literal, without
from metrics.strategy.finding import Path as Node
from metrics.strategy.model import JOURNEY_DIMENSIONS, Strategy

#: Times that may lie ahead of as_of: promises.
AHEAD = ("promised_at", "install_promised_at")
#: The time that says when a row happened.
WHEN = {
    "customers": "joined",
    "contacts": "opened",
    "answers": "answered_at",
    "invitations": "sent_at",
    "orders": "ordered_at",
    "complaints": "opened",
    "series": "month",
}
Wrong = tuple[str, Reason]


@dataclass(frozen=True)
class Context:
    """What all feeds of a build share."""

    engine: DuckDBEngine
    sources: Sources
    strategy: Strategy

    @property
    def as_of(self) -> date:
        return self.sources.as_of


@dataclass(frozen=True)
class Part:
    """Rows of one feed (of one item of it) in the engine's table ``name``: file_no, row_no, item, the canonical
    columns, ``given_<id>`` and ``bad``, an index into ``wrong`` (column as the source calls it, reason)."""

    name: str
    wrong: tuple[Wrong, ...]


@dataclass(frozen=True)
class _Draw:
    """A feed, or one item of it, as columns and constants."""

    columns: Mapping[str, tuple[str, ...]]
    constants: Mapping[str, str]
    present: tuple[str, ...]
    item: int


def _draws(feed: Feed) -> list[_Draw]:
    present = (feed.where_present,) if feed.where_present else ()
    if not feed.items:
        return [_Draw(feed.columns, feed.constants, present, 0)]
    found = []
    for i, item in enumerate(feed.items):
        own = {"question": item.question, "scale_min": str(item.scale[0]), "scale_max": str(item.scale[1])}
        stage = {"stage": item.stage} if item.stage else {}
        columns = {**feed.columns, "score": (item.column,)}
        found.append(_Draw(columns, {**feed.constants, **own, **stage}, (*present, item.column), i))
    return found


def check_feed(context: Context, feed: Feed, at: Node) -> None:
    """What the strategy and the engine must know of a feed before it is read. Raises DataError.

    Constants are ids of the strategy, scales are the question's, formats are formats."""
    place = context.sources.place
    zone = context.strategy.organisation.time_zone
    if not context.engine.understands(f"SELECT timezone({literal(zone)}, TIMESTAMPTZ '2000-01-01 00:00:00+00')"):
        raise DataError(f"Unknown time zone '{zone}'.", "strategy.yaml", "Use a name such as Asia/Ho_Chi_Minh.")
    for name, forms in feed.formats.items():
        for form in forms:
            if not context.engine.understands(f"SELECT try_strptime('', {literal(form)})"):
                raise DataError(
                    f"'{form}' is no date format.", place(*at, "formats", name), "Use strptime's, as in %d/%m/%Y %H:%M."
                )
    for i, item in enumerate(feed.items):
        _check_question(context, item.question, item.scale, (*at, "items", i))
        if item.stage:
            _check_value(context, "stage", item.stage, (*at, "items", i, "stage"))
    for name, value in feed.constants.items():
        if name in JOURNEY_DIMENSIONS:
            _check_value(context, name, value, (*at, "constants", name))
        column = BY_NAME[feed.table].column(name)
        assert column is not None
        typed = expression(column.type, literal(value), Spelling(zone))
        if context.engine.query(f"SELECT {typed} AS v")["v"][0].as_py() is None:
            raise DataError(f"'{value}' cannot be read as a {column.type}.", place(*at, "constants", name), "Mend it.")
    if "question" in feed.constants:
        scale = (feed.constants.get("scale_min"), feed.constants.get("scale_max"))
        low, high = (float(s) if s is not None else None for s in scale)
        _check_question(context, feed.constants["question"], (low, high), (*at, "constants", "question"))


def _check_question(context: Context, id: str, scale: Sequence[float | None], at: Node) -> None:
    known = {q.id: q.scale for q in context.strategy.questions}
    where = context.sources.place(*at)
    if id not in known:
        raise DataError(f"The strategy has no question '{id}'.", where, did_you_mean(id, list(known)))
    if any(mine is not None and mine != theirs for mine, theirs in zip(scale, known[id])):
        low, high = known[id]
        raise DataError(
            f"The strategy asks '{id}' from {low} to {high}, this file says otherwise.",
            where,
            "Mend whichever is wrong; answers on two scales are two questions.",
        )


def _check_value(context: Context, dimension: str, value: str, at: Node) -> None:
    strategy = context.strategy
    declared = next((d for d in strategy.dimensions if d.id == dimension), None)
    known = [v for v, _ in strategy.values(dimension)]
    spelled = [m for v in (declared.values if declared else ()) for m in v.matches]
    if known and value.casefold() not in {text.casefold() for text in (*known, *spelled)}:
        raise DataError(
            f"The strategy has no {dimension} '{value}'.", context.sources.place(*at), did_you_mean(value, known)
        )


def feed_parts(
    context: Context, feed: Feed, file_no: int, texts: str, at: Mapping[str, str], links: Mapping[str, str], name: str
) -> list[Part]:
    """Create the parts of a feed as tables ``name`` + number. ``texts``: table of trimmed text; ``at``: source column
    -> its column there; ``links``: canonical id -> table (key, value) that translates it."""
    return [_part(context, feed, draw, file_no, texts, at, links, f"{name}_{draw.item}") for draw in _draws(feed)]


def _part(
    context: Context,
    feed: Feed,
    draw: _Draw,
    file_no: int,
    texts: str,
    at: Mapping[str, str],
    links: Mapping[str, str],
    name: str,
) -> Part:
    table = BY_NAME[feed.table]
    plain, typed, joins, used = ["row_no"], ["row_no"], [], []
    for column in table.columns:
        source = draw.columns.get(column.name, ())
        x, v = f"x_{column.name}", quoted(column.name)
        spelling = Spelling(
            context.strategy.organisation.time_zone,
            feed.formats.get(column.name, ()),
            feed.values.get(column.name, {}),
        )
        if column.type == "staff":
            each = ", ".join(expression("id", without(at[c], feed.blank), spelling) for c in source)
            typed.append(f"{x} AS {v}")
            plain.append(f"list_filter([{each}]::VARCHAR[], lambda s: s IS NOT NULL) AS {x}")
            continue
        if not source and column.name not in draw.constants:
            typed.append(f"CAST(NULL AS {SQL_TYPE[column.type]}) AS {v}")
            continue
        text = without(at[source[0]], feed.blank) if source else literal(draw.constants[column.name])
        plain.append(f"{text} AS {x}")
        used.append(x)
        value = expression(column.type, x, spelling)
        if column.name in links:
            link = f"l_{column.name}"
            joins.append(f"LEFT JOIN {links[column.name]} AS {link} ON {link}.key = {value}")
            value = f"{link}.value"
        typed.append(f"CAST({value} AS {SQL_TYPE[column.type]}) AS {v}")
    given = [
        f"{'true' if c.name in draw.columns or c.name in draw.constants else 'false'} AS given_{c.name}"
        for c in table.columns
        if c.type in ("id", "staff")
    ]
    wrong, checks = _checks(context, table, draw, links)
    bad = f"CASE {' '.join(f'WHEN {sql} THEN {i}' for i, sql in enumerate(checks))} END" if checks else "NULL"
    scale = _scales(context.strategy) if table.name == "answers" else ""
    fixed = " REPLACE (scale.low AS scale_min, scale.high AS scale_max)" if scale else ""
    without_texts = f" EXCLUDE ({', '.join(used)})" if used else ""
    context.engine.create(
        name,
        f"WITH plain AS (SELECT {', '.join(plain)} FROM {texts} WHERE {_chosen(feed, draw, at)}),"
        f" typed AS (SELECT {', '.join([*typed, *used])} FROM plain {' '.join(joins)})"
        f" SELECT {', '.join([f'{file_no}::INTEGER AS file_no', f'{draw.item}::INTEGER AS item', *given])},"
        f" typed.*{without_texts}{fixed}, CAST({bad} AS INTEGER) AS bad FROM typed {scale}",
    )
    return Part(name, wrong)


def _chosen(feed: Feed, draw: _Draw, at: Mapping[str, str]) -> str:
    """SQL: rows of the file that belong to this feed; blank rows belong to none."""
    conditions = ["NOT blank"]
    for column, values in feed.where.items():
        conditions.append(f"{at[column]} IN ({', '.join(map(literal, values))})")
    conditions += [f"{without(at[c], feed.blank)} IS NOT NULL" for c in draw.present]
    return " AND ".join(conditions)


def _checks(
    context: Context, table: Table, draw: _Draw, links: Mapping[str, str]
) -> tuple[tuple[Wrong, ...], list[str]]:
    """What may be wrong with a row, and SQL that is true when it is; the first that holds counts."""
    found: list[tuple[Wrong, str]] = []

    def add(column: str, reason: Reason, sql: str) -> None:
        source = draw.columns.get(column)
        found.append(((source[0] if source else column, reason), sql))

    for column in table.columns:
        if column.type == "staff" or column.name not in draw.columns:
            continue
        x, v = f"x_{column.name}", quoted(column.name)
        if column.needed:
            add(column.name, Reason.BLANK, f"{x} IS NULL")
        if column.type == "money":
            add(column.name, Reason.AMBIGUOUS, f"{x} IS NOT NULL AND {ambiguous(x)}")
        if column.name in links:
            add(column.name, Reason.NOT_LINKED, f"{x} IS NOT NULL AND {v} IS NULL")
        elif column.type in WRONG:
            add(column.name, WRONG[column.type], f"{x} IS NOT NULL AND {v} IS NULL")
        if column.type in ("time", "day") and column.name not in AHEAD:
            add(column.name, Reason.AFTER_AS_OF, f"CAST({v} AS DATE) > DATE '{context.as_of.isoformat()}'")
    if table.name in ("answers", "invitations"):
        known = ", ".join(literal(q.id) for q in context.strategy.questions) or "NULL"
        add("question", Reason.UNKNOWN_QUESTION, f"coalesce(question NOT IN ({known}), true)")
    if table.name == "answers":
        for name, side in (("scale_min", "low"), ("scale_max", "high")):
            add(name, Reason.OTHER_SCALE, f"{name} IS NOT NULL AND {name} IS DISTINCT FROM scale.{side}")
        add("score", Reason.OFF_SCALE, "score NOT BETWEEN scale.low AND scale.high")
    return tuple(wrong for wrong, _ in found), [sql for _, sql in found]


def _scales(strategy: Strategy) -> str:
    rows = ", ".join(f"({literal(q.id)}, {q.scale[0]}::DOUBLE, {q.scale[1]}::DOUBLE)" for q in strategy.questions)
    rows = rows or "(NULL::VARCHAR, NULL::DOUBLE, NULL::DOUBLE)"
    return f"LEFT JOIN (VALUES {rows}) AS scale(id, low, high) ON scale.id = typed.question"
