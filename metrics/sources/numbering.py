"""Customers, staff, contacts and orders become numbers in memory; their ids are forgotten.

Numbers follow the sorted order of the ids, so equal sources give equal numbers; a hash would be no protection, since
hashes of known ids are looked up in a moment.
"""

from __future__ import annotations

import re
from collections.abc import Collection

import pyarrow as pa

from metrics.engines.duckdb import DuckDBEngine
from metrics.sources.canonical import BY_NAME, Table
from metrics.sources.typed import literal
from metrics.strategy.workforce import fold

#: Rows of these tables may be about a contact or an order.
ABOUT_CONTACT = ("answers", "invitations", "complaints")
ABOUT_ORDER = ("answers", "invitations", "complaints", "contacts")
STAFFED = ("contacts", "orders")


def number(engine: DuckDBEngine, tables: Collection[str], left_out: Collection[str]) -> tuple[set[str], set[str]]:
    """Turn ``all_<table>`` (see ``read``) into ``src_<table>`` and the staff tables, and drop it.

    ``left_out``: statuses of orders that are none. Returns the ids of staff and of customers, for the audit alone."""
    staff = _number_staff(engine, [t for t in STAFFED if t in tables])
    customers = _number_customers(engine, [t for t in tables if BY_NAME[t].column("customer_id")])
    for name in [t for t in ("orders", "contacts") if t in tables] + sorted(set(tables) - {"orders", "contacts"}):
        _numbered(engine, BY_NAME[name], tables, left_out)
    for name in tables:
        engine.drop(f"all_{name}")
    engine.drop("number_customer")
    return staff, customers


def _number_staff(engine: DuckDBEngine, tables: list[str]) -> set[str]:
    """``src_<table>_staff``. Spellings that differ only in case, accents, width, spaces, punctuation or look-alike
    letters are one person: counting two would be unsafe, while counting two people as one is not."""
    if not tables:
        return set()
    each = " UNION ALL ".join(f'SELECT {literal(t)} AS t, "row", unnest(staff) AS id FROM all_{t}' for t in tables)
    engine.create("staff_all", each)
    ids: list[str] = sorted(engine.query("SELECT DISTINCT id FROM staff_all")["id"].to_pylist())
    number = {person: i for i, person in enumerate(sorted({_person(id) for id in ids}))}
    numbers = pa.array([number[_person(id)] for id in ids], pa.int32())
    engine.register("number_staff", pa.table({"id": pa.array(ids, pa.string()), "staff": numbers}))
    for table in tables:
        engine.create(
            f"src_{table}_staff",
            'SELECT DISTINCT a."row", n.staff FROM staff_all a JOIN number_staff n USING (id)'
            f" WHERE a.t = {literal(table)} ORDER BY ALL",
        )
    engine.drop("staff_all")
    engine.drop("number_staff")
    return set(ids)


def _person(id: str) -> str:
    """What is left of an id when nothing counts but its letters and digits; all of it where nothing is left."""
    return re.sub(r"[\W_]+", "", fold(id)) or id


def _number_customers(engine: DuckDBEngine, tables: list[str]) -> set[str]:
    each = " UNION ALL ".join(f"SELECT customer_id AS id FROM all_{t} WHERE customer_id IS NOT NULL" for t in tables)
    engine.create(
        "number_customer",
        "SELECT id, CAST(row_number() OVER (ORDER BY id) - 1 AS INTEGER) AS customer"
        f" FROM (SELECT DISTINCT id FROM ({each or 'SELECT NULL::VARCHAR AS id WHERE false'}))",
    )
    return set(engine.query("SELECT id FROM number_customer")["id"].to_pylist())


def _numbered(engine: DuckDBEngine, table: Table, tables: Collection[str], left_out: Collection[str]) -> None:
    """``src_<table>`` from ``all_<table>``, with numbers and links to rows instead of ids."""
    columns = ['a."row"', "a.file_no", "a.row_no"]
    joins: list[str] = []
    customer: list[str] = []
    if table.column("customer_id"):
        joins.append("LEFT JOIN number_customer n ON n.id = a.customer_id")
        customer.append("n.customer")
    order = "NULL::BIGINT"
    if table.name in ABOUT_CONTACT:
        columns += ["a.given_contact_id AS contact_given"]
        if "contacts" in tables:
            joins.append("LEFT JOIN all_contacts ck ON ck.contact_id = a.contact_id")
            joins.append('LEFT JOIN src_contacts c ON c."row" = ck."row"')
            customer.append("c.customer")
            order = "c.order_row"
        columns.append(('c."row"' if "contacts" in tables else "NULL::BIGINT") + " AS contact_row")
    if table.name in ABOUT_ORDER:
        columns.append("a.given_order_id AS order_given")
        if "orders" in tables:
            joins.append("LEFT JOIN all_orders ok ON ok.order_id = a.order_id")
            joins.append('LEFT JOIN src_orders o ON o."row" = ok."row"')
            customer.append("o.customer")
            order = f'coalesce(o."row", {order})'
        columns.append(f"{order} AS order_row")
    columns.append(f"{'coalesce(' + ', '.join(customer) + ')' if customer else 'NULL::INTEGER'} AS customer")
    if table.name == "answers":
        columns.append(
            'min(a."row") OVER (PARTITION BY CASE WHEN a.response_id IS NULL THEN a.file_no END,'
            " CASE WHEN a.response_id IS NULL THEN a.row_no END, a.response_id) AS response"
        )
    if table.name in STAFFED:
        columns.append("a.given_staff AS staff_given")
    if table.name == "orders":
        words = ", ".join(literal(w.lower()) for w in left_out)
        columns.append(f"coalesce(lower(a.status) IN ({words}), false) AS left_out" if words else "false AS left_out")
    if table.name == "series":
        columns.append("CAST(date_trunc('month', a.month) AS DATE) AS month")
    kept = [
        c.name for c in table.columns if c.type not in ("id", "staff") and (table.name, c.name) != ("series", "month")
    ]
    columns += [f'a."{name}"' for name in kept]
    engine.create(
        f"src_{table.name}", f'SELECT {", ".join(columns)} FROM all_{table.name} a {" ".join(joins)} ORDER BY a."row"'
    )
