"""The finest groups of a family's handled rows in one block: what the joint test works on, counted where the data are.

A contact, its answers and its invitations are one unit: the test has to see that the answered contacts of a cell are
some of its contacts. Units that count in the same finest cell of every metric are one group. Answers about orders are
units of their own, by order; what is about nothing that was found is a unit by itself. A second answer to the same
question about one contact is a unit beside the first, with the same staff.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np

from metrics.build.facts.values import names as value_names
from metrics.build.gather import Gathered, Instance, key_of, month_number
from metrics.clearing.evidence import Ints
from metrics.clearing.joint import Groups
from metrics.clearing.mend import Family
from metrics.clearing.rule import UNKNOWN
from metrics.strategy.model import Strategy

#: Facts that share rows. Facts of one family are tested together.
FAMILIES: dict[str, tuple[str, ...]] = {
    "contacts": ("contacts", "answers", "invitations"),
    "orders": ("orders", "cohorts", "purchases"),
}


def family_of(fact: str) -> str | None:
    return next((name for name, facts in FAMILIES.items() if fact in facts), None)


@dataclass(frozen=True)
class Member:
    """One metric of a family: its finest cells and the dimensions they are cut by."""

    instance: Instance
    cut: tuple[str, ...]
    key: Ints
    month: Ints
    places: dict[str, Ints]
    of: int = -1
    """The member that counts a part of these rows (``Metric.part_of``), whose cells these are."""


def wider(engine: Any, strategy: Strategy, members: Sequence[Member]) -> list[Member]:
    """For members that count a part of the rows of other members: those rows, by the same dimensions."""
    found = []
    for i, m in enumerate(members):
        for whole in _wholes(m, members):
            rows = _rows(engine, whole)
            keys = engine.query(rows.select(key=key_of(rows, strategy, m.cut)).distinct().order_by("key"))
            key = rest = _numbers(keys, "key")
            places: dict[str, Ints] = {}
            for dimension in reversed(m.cut):
                rest, places[dimension] = np.divmod(rest, len(value_names(strategy, dimension)))
            found.append(Member(whole.instance, m.cut, key, rest, places, of=i))
    return found


def _wholes(part: Member, members: Sequence[Member]) -> list[Member]:
    """Members in whose rows another is a part (``Metric.part_of``)."""
    mine = part.instance

    def fits(other: Instance) -> bool:
        alike = set(mine.params) & set(other.params)
        return other.metric.id in mine.metric.part_of and all(mine.params[p] == other.params[p] for p in alike)

    return [m for m in members if fits(m.instance)]


def _rows(engine: Any, m: Member) -> Any:
    """The handled rows that a member counts."""
    metric = m.instance.metric
    rows = metric.rows(engine.table(f"fact_{metric.fact}"), m.instance.params)
    return rows.filter(rows.handled.notnull())


def member(instance: Instance, cut: tuple[str, ...], gathered: Gathered) -> Member:
    return Member(instance, cut, gathered.key, gathered.month, gathered.places)


#: Table of the units of the family that is being tested: unit, metric, key, handled, month.
UNITS = "family_units"


def make_units(engine: Any, strategy: Strategy, members: Sequence[Member]) -> None:
    """Table ``UNITS``: for every metric of a family its handled units with their finest cells."""
    parts = _parts(engine, strategy, members)
    engine.create(UNITS, ibis.union(*parts) if len(parts) > 1 else parts[0])


def columns(engine: Any, members: Sequence[Member], months: Sequence[int]) -> Family:
    """Groups of the units in ``UNITS`` in some months (numbers; 0: rows without a date)."""
    names = [f"k{i}" for i in range(len(members))]
    units = engine.table(UNITS)
    units = units.filter(units.month.isin(list(months)))
    pivot = units.group_by("unit").aggregate(
        handled=units.handled.max(),
        **{name: units.key.max(where=units.metric == i).fill_null(-1).cast("int64") for i, name in enumerate(names)},
    )
    engine.create("units", pivot)
    pivot = engine.table("units")
    groups = engine.query(pivot.group_by(names).aggregate(rows=pivot.count().cast("float64")).order_by(names))
    lines = engine.table("fact_staff").select(line="handled", staff="staff")
    joined = pivot.left_join(lines, pivot.handled == lines.line)
    joined = joined.select(*names, staff=joined.staff.cast("int64").fill_null(UNKNOWN))
    staff = engine.query(joined.group_by([*names, "staff"]).aggregate(rows=joined.count().cast("float64")))
    engine.drop("units")
    keys = _matrix(groups, names)
    group = _found(_matrix(staff, names), keys)
    order = np.lexsort((_numbers(staff, "staff"), group))
    cell = np.column_stack(
        [
            np.where(keys[:, i] >= 0, np.searchsorted(m.key, keys[:, i]), -1) if len(m.key) else np.full(len(keys), -1)
            for i, m in enumerate(members)
        ]
    ).astype(np.int64)
    return Family(
        Groups(
            groups.column("rows").to_numpy().astype(float),
            group[order],
            _numbers(staff, "staff")[order],
            staff.column("rows").to_numpy().astype(float)[order],
        ),
        cell,
        [{**m.places, "month": m.month} for m in members],
    )


def _parts(engine: Any, strategy: Strategy, members: Sequence[Member]) -> list[Any]:
    """Per metric its units with their finest cells."""
    found = []
    for i, m in enumerate(members):
        rows = _rows(engine, m)
        found.append(
            rows.select(
                unit=_unit(rows, m.instance.metric.fact).cast("int64"),
                metric=ibis.literal(i, "int32"),
                key=key_of(rows, strategy, m.cut).cast("int64"),
                handled=rows.handled.cast("int64"),
                month=month_number(rows).fill_null(0).cast("int32"),
            )
        )
    return found


def _unit(rows: Any, fact: str) -> Any:
    if fact == "contacts":
        return rows.row * 2
    if fact in FAMILIES["orders"]:
        return rows.row * 2 + 1
    about = ibis.coalesce(rows.contact_row * 2, rows.order_row * 2 + 1)
    # An answer is the same unit among the answers and among the invitations, where it stands before all others.
    answer = rows.answer_row if fact == "invitations" else rows.row
    own = -1 - answer.isnull().ifelse(rows.row * 2, answer * 2 + 1)
    turn = ibis.window(group_by=about, order_by=[answer.isnull(), answer, rows.row])
    return (about.notnull() & (ibis.row_number().over(turn) == 0)).ifelse(about, own)


def _matrix(table: Any, names: Sequence[str]) -> Ints:
    found: Ints = np.column_stack([_numbers(table, name) for name in names])
    return found


def _numbers(table: Any, name: str) -> Ints:
    found: Ints = table.column(name).to_numpy().astype(np.int64)
    return found


def _found(rows: Ints, among: Ints) -> Ints:
    """The place of every row of one matrix among the rows of another, which holds each of them once."""
    if not len(among):
        return np.zeros(0, dtype=np.int64)
    _, at = np.unique(np.concatenate((among, rows)), axis=0, return_inverse=True)
    place = np.empty(len(among), dtype=np.int64)
    place[at[: len(among)]] = np.arange(len(among))
    found: Ints = place[at[len(among) :]]
    return found
