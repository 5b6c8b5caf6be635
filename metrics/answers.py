"""Answers: the one place that turns released sums into numbers for pages, exports and the command line.

Only this module builds an ``Answer``; charts and exports accept nothing else. An answer is post-processing of
cleared sums, so it cannot say more than the release.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, unique

from metrics.kpis.metric import Metric, Unit
from metrics.release import Release


@unique
class Grain(Enum):
    BLOCK = "block"
    """As published: months for totals, blocks for views."""
    YEAR = "year"
    ALL = "all"


@unique
class Status(Enum):
    FIRM = "firm"
    """n of 30 or more."""
    INDICATIVE = "indicative"
    WITHHELD = "withheld"


@dataclass(frozen=True)
class Request:
    """What is asked of the release. ``by``: the first dimensions of a declared view (after the KPI's scope).
    ``within``: a value for each of the first of these dimensions, for example one segment.
    ``start`` and ``end``: months YYYY-MM, both included; ``blocks``: totals by block instead of by month."""

    kpi: str
    by: tuple[str, ...] = ()
    within: tuple[tuple[str, str], ...] = ()
    start: str | None = None
    end: str | None = None
    grain: Grain = Grain.BLOCK
    blocks: bool = False


@dataclass(frozen=True)
class Row:
    """One figure. ``value``, ``low``, ``high`` and ``n`` are None when withheld."""

    period: str
    dims: tuple[tuple[str, tuple[str, ...]], ...]
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    status: Status
    pooled: bool
    sums: tuple[tuple[str, float], ...] = ()

    def values(self, dimension: str) -> tuple[str, ...]:
        """Values of a cut dimension that stand in this row."""
        return dict(self.dims).get(dimension, ())


@dataclass(frozen=True)
class Answer:
    """Rows in order of period, then declared order of the values. ``coverage``: share of the KPI's rows in these
    periods that the breakdown shows, 0..1 (None when nothing stands)."""

    kpi: str
    goal: str
    metric: Metric
    unit: Unit
    request: Request
    as_of: str
    grain: str
    draft: bool
    coverage: float | None
    rows: tuple[Row, ...]

    @property
    def last(self) -> Row | None:
        """The latest row that stands."""
        return next((r for r in reversed(self.rows) if r.value is not None), None)


def ask(release: Release, request: Request) -> Answer:
    """The answer to a request.

    Raises Refusal(PERSON) for a staff, team or other workforce dimension, Refusal(NOT_CLEARED) for anything else
    that no declared view holds, Refusal(SAMPLED | NO_SIGNAL | ...) when the build refused the KPI, and KeyError for a
    KPI the strategy does not declare."""
    raise NotImplementedError


def block_periods(release: Release, kpi: str) -> tuple[str, ...]:
    """Blocks for which this KPI has a total, in order: what a period filter may offer."""
    raise NotImplementedError
