"""Results of loyalty as a release stores them: rows of fitted figures, three significant digits, and no data.

Each dataclass is one table of the release, its fields the columns in order. ``table_row`` and ``of_row`` turn one
into the other; an unknown word raises ValueError.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from enum import Enum
from typing import Any, TypeVar, get_args, get_type_hints

from metrics.errors import Refused
from metrics.loyalty.evidence import Base, Evidence, Kind, Label, Method, Shape, What, Why


@dataclass(frozen=True)
class ModelRow:
    """A fitted model. ``stage``: only customers who used it ('' all); ``dimension`` and ``value``: one segment
    ('' all); ``period``: 'all' or one block. ``n`` rows and ``customers`` behind it; ``r2`` with its 95 % interval,
    ``r2_controls`` of it by controls alone. ``halves``: mean rank correlation of the shares between random halves
    of the customers, -1 to 1. ``incomplete``: rows that left something out; ``censored``: rows that could not yet
    show what they did. Counts are rough (``models.about``), and null from 1 to 9."""

    model: int
    base: Base
    outcome: str
    kind: Kind
    stage: str
    dimension: str
    value: str
    period: str
    n: int
    customers: int
    r2: float
    r2_low: float
    r2_high: float
    r2_controls: float
    method: Method
    halves: float
    incomplete: int | None
    censored: int | None


@dataclass(frozen=True)
class Figures:
    """What is fitted of one driver. ``share`` of explained variance, 0 to 100 (LMG), with its 95 % interval; ``tier`` 1
    is the strongest, drivers of a tier cannot be told apart; ``rank_low`` and ``rank_high`` the places it takes in 95 %
    of replicates. ``effect``: change of the outcome (points of a yes/no outcome, else its scale points) for one scale
    point of a question, one unit of a KPI, or for the condition itself; others held fixed. ``vif`` variance inflation;
    ``cluster`` numbers groups of drivers that say nearly the same (0: none), with the share of the group as one;
    ``same_halves``: the effect has one sign in both halves. Three significant digits."""

    share: float
    low: float
    high: float
    tier: int
    rank_low: int
    rank_high: int
    effect: float
    effect_low: float
    effect_high: float
    vif: float
    cluster: int
    cluster_share: float | None
    cluster_low: float | None
    cluster_high: float | None
    same_halves: bool

    @property
    def figures(self) -> dict[str, Any]:
        """These figures by name, for what is made of them."""
        return {f.name: getattr(self, f.name) for f in fields(Figures)}


@dataclass(frozen=True)
class _Which:
    """Which driver of which model: a question, a KPI or a condition dimension, then with its ``value``."""

    model: int
    what: What
    driver: str
    value: str


@dataclass(frozen=True)
class DriverRow(Figures, _Which):
    """One driver of a model. ``leak``: it nearly determines the outcome. ``penalty`` and ``reward``: the lowest and
    highest answers against the middle, null where they were not asked or are too rare."""

    leak: bool
    shape: Shape
    penalty: float | None
    penalty_low: float | None
    penalty_high: float | None
    reward: float | None
    reward_low: float | None
    reward_high: float | None


@dataclass(frozen=True)
class NoModelRow:
    """A declared model that there is none of, and why (``evidence.one_reason``)."""

    base: Base
    outcome: str
    stage: str
    dimension: str
    value: str
    period: str
    reason: Refused


@dataclass(frozen=True)
class LinkRow:
    """What the data say of "``kpi`` drives ``drives``". ``effect``: change of ``drives`` in its unit for one unit of
    ``kpi``, with its 95 % interval; ``first_half`` and ``second_half`` the same in halves of the customers (months);
    ``segments_same``: no main segment says the opposite. ``reach``: share of the rows behind ``drives`` that met
    ``kpi`` at all, 0 to 1: the company moves by effect times reach. n and reach are rough (``models.about``), n of
    months is exact. Figures are null where nothing was fitted."""

    kpi: str
    drives: str
    evidence: Evidence
    why: Why
    base: Base
    n: int | None
    lag_days: int | None
    data_to: date | None
    effect: float | None
    low: float | None
    high: float | None
    first_half: float | None
    second_half: float | None
    segments_same: bool | None
    reach: float | None


@dataclass(frozen=True)
class LabelRow:
    """What is known of a KPI and loyalty: its effect on the behavioural outcome and on the stated one, each for one
    unit of the KPI (one scale point of its question), with intervals; n and ``reach`` as in ``LinkRow``. Null where
    nothing was fitted."""

    kpi: str
    label: Label
    why: Why
    base: Base
    n: int | None
    effect: float | None
    low: float | None
    high: float | None
    reach: float | None
    score_n: int | None
    score: float | None
    score_low: float | None
    score_high: float | None


@dataclass(frozen=True)
class DrawRow:
    """One bootstrap replicate of an effect of ``cause`` (question, KPI or condition with ``value``) on the KPI
    ``outcome``. Replicates of one number belong together: they resampled the same customers."""

    cause: str
    value: str
    outcome: str
    draw: int
    effect: float


#: Table of the release -> its rows.
TABLES: dict[str, type] = {
    "driver_model": ModelRow,
    "driver": DriverRow,
    "no_model": NoModelRow,
    "link": LinkRow,
    "label": LabelRow,
    "effect_draw": DrawRow,
}
_TYPES = {str: "VARCHAR", int: "BIGINT", float: "DOUBLE", bool: "BOOLEAN", date: "DATE"}
AnyRow = TypeVar("AnyRow")


def columns(kind: type) -> tuple[tuple[str, str], ...]:
    """Columns of a table with their types: words are stored as text."""
    hints = get_type_hints(kind)
    return tuple((f.name, _TYPES.get(_plain(hints[f.name]), "VARCHAR")) for f in fields(kind))


def words(kind: type) -> dict[str, frozenset[str]]:
    """Columns of a table that hold words of a closed list, with the list."""
    hints = {name: _plain(hint) for name, hint in get_type_hints(kind).items()}
    return {name: frozenset(w.value for w in hint) for name, hint in hints.items() if issubclass(hint, Enum)}


def _plain(hint: Any) -> type:
    """The type of a column, without "or null"."""
    given = [t for t in get_args(hint) if t is not type(None)]
    plain: type = given[0] if given else hint
    return plain


def table_row(row: Any) -> tuple[Any, ...]:
    """A row as the values of its columns."""
    values = (getattr(row, f.name) for f in fields(row))
    return tuple(v.value if isinstance(v, Enum) else v for v in values)


def of_row(kind: type[AnyRow], values: Sequence[Any]) -> AnyRow:
    """A row from the values of its columns. Raises ValueError for a word that is in no closed list."""
    hints = get_type_hints(kind)
    types = [_plain(hints[f.name]) for f in fields(kind)]  # type: ignore[arg-type]
    return kind(*(t(v) if issubclass(t, Enum) else v for t, v in zip(types, values, strict=True)))
