"""The canonical tables: what every source is read into. Columns, their types and meaning; nothing else is kept.

Types: ``id`` and ``text`` are strings, ``time`` a local timestamp, ``day`` a date, ``bool`` yes/no, ``number`` a
float, ``money`` a whole number of currency units. ``staff`` columns are numbered in memory and never written.
A dimension column (stage, channel, segment ...) is text that the build maps to the strategy's closed values.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    needed: bool = False


@dataclass(frozen=True)
class Table:
    """A canonical table. A row without a ``needed`` column is set aside; ``key`` columns must be unique."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    def column(self, name: str) -> Column | None:
        return next((c for c in self.columns if c.name == name), None)


def _columns(text: str) -> tuple[Column, ...]:
    return tuple(
        Column(name.rstrip("!"), kind, needed=name.endswith("!"))
        for name, kind in (word.split(":") for word in text.split())
    )


TABLES: tuple[Table, ...] = (
    Table(
        "customers",
        _columns("customer_id!:id joined:day segment:text region:text language:text acquisition:text"),
        key=("customer_id",),
    ),
    Table(
        "contacts",
        _columns(
            "contact_id!:id opened!:time customer_id:id order_id:id stage:text touchpoint:text channel:text topic:text "
            "product:text first_response:time resolved_at:time resolved:bool reopened:bool repeated:bool "
            "wait_seconds:number promised_at:time promise_kept:bool is_complaint:bool staff:staff"
        ),
        key=("contact_id",),
    ),
    Table(
        "answers",
        _columns(
            "response_id:id contact_id:id order_id:id customer_id:id question!:text score:number scale_min:number "
            "scale_max:number answered_at:time stage:text touchpoint:text channel:text"
        ),
    ),
    Table(
        "invitations",
        _columns(
            "contact_id:id order_id:id customer_id:id question!:text sent_at:time stage:text touchpoint:text "
            "channel:text"
        ),
    ),
    Table(
        "orders",
        _columns(
            "order_id!:id customer_id!:id ordered_at!:time channel:text product:text amount:money "
            "returned_amount:money promised_at:time delivered_at:time needs_install:bool install_promised_at:time "
            "installed_at:time status:text staff:staff"
        ),
        key=("order_id",),
    ),
    Table(
        "complaints",
        _columns(
            "complaint_id:id contact_id:id order_id:id customer_id:id opened:time topic:text resolved_at:time "
            "reopened:bool"
        ),
    ),
    Table("series", _columns("month!:day name!:text value!:number")),
)
BY_NAME: dict[str, Table] = {t.name: t for t in TABLES}
