"""What all facts stand on: the engine, the strategy, the day the data end, and small pieces of expressions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import pyarrow as pa

from metrics.build.facts.values import Coder
from metrics.sources.canonical import TABLES
from metrics.strategy.model import Strategy

#: ``handled`` of rows whose staff are unknown.
NOT_KNOWN = -1
#: A row whose customer nobody knows counts as a customer of its own; their numbers start here, above every known one.
CONTACTS, ANSWERS, INVITATIONS = 2**33, 2**34, 2**35

_ARROW = {
    "text": pa.string(),
    "time": pa.timestamp("us"),
    "day": pa.date32(),
    "bool": pa.bool_(),
    "number": pa.float64(),
    "money": pa.int64(),
}
_LINKED = {
    "contact": ("answers", "invitations", "complaints"),
    "order": ("contacts", "answers", "invitations", "complaints"),
}


@dataclass(frozen=True)
class Ground:
    engine: Any
    strategy: Strategy
    as_of: date
    no_staff: frozenset[str]
    coder: Coder

    def other(self, dimension: str) -> int:
        """Place of ``other``."""
        return len(self.strategy.values(dimension))

    def some(self, table: str, column: str) -> bool:
        """Whether any row of a table has this column."""
        t = self.engine.table(table)
        return bool(self.engine.query(t.aggregate(n=t[column].count())).column("n")[0].as_py())


def complete(engine: Any) -> None:
    """An empty table for each canonical table that the sources do not map, so that facts are written once."""
    for table in TABLES:
        name = f"src_{table.name}"
        if not engine.has(name):
            fields = [("row", pa.int64()), ("file_no", pa.int32()), ("row_no", pa.int64()), ("customer", pa.int32())]
            fields += [(c.name, _ARROW[c.type]) for c in table.columns if c.type in _ARROW]
            for link, tables in _LINKED.items():
                if table.name in tables:
                    fields += [(f"{link}_row", pa.int64()), (f"{link}_given", pa.bool_())]
            fields += [("response", pa.int64())] if table.name == "answers" else []
            fields += [("staff_given", pa.bool_())] if any(c.type == "staff" for c in table.columns) else []
            fields += [("left_out", pa.bool_())] if table.name == "orders" else []
            engine.register(name, pa.schema(fields).empty_table())
        staff = f"{name}_staff"
        if any(c.type == "staff" for c in table.columns) and not engine.has(staff):
            engine.register(staff, pa.schema([("row", pa.int64()), ("staff", pa.int32())]).empty_table())


def month(time: Any) -> Any:
    """First day of the month of a time."""
    return time.truncate("M").date()


def hours(start: Any, end: Any) -> Any:
    """Hours between two times; null where either is missing or the end lies before the start."""
    between = (end.epoch_seconds() - start.epoch_seconds()) / 3600.0
    return (between >= 0).ifelse(between, ibis.null("float64"))


def renamed(t: Any, prefix: str, *columns: str) -> Any:
    """These columns of a table with a prefix, for the right side of a join."""
    return t.select(**{prefix + c: t[c] for c in columns})


def customers(g: Ground) -> Any:
    """customer -> places of segment, region and language, with prefix ``k_``."""
    t = g.engine.table("src_customers")
    t = t.filter(t.customer.notnull())
    return t.select(
        k_customer=t.customer,
        k_segment=g.coder.place(t.segment, "segment", "src_customers"),
        k_region=g.coder.place(t.region, "region", "src_customers"),
        k_language=g.coder.place(t.language, "language", "src_customers"),
    )


def staff_of(g: Ground, table: str, side: int) -> tuple[Any, Any]:
    """(row, handled) of the rows of a table that name staff, and their lines for ``fact_staff``. The two tables that
    name staff share one numbering: row times 2 plus ``side``."""
    lines = g.engine.table(f"src_{table}_staff")
    named = lines.select(h_row=lines.row, h_handled=lines.row * 2 + side).distinct()
    return named, lines.select(handled=lines.row * 2 + side, staff=lines.staff.cast("int32"))
