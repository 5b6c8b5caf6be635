"""What a metric is: rows of one fact table, additive measures over them, a value and an interval from their sums.

``rows`` and ``measures`` receive an Ibis table and use only methods of it, so this package never imports Ibis
(pages import it). Because every measure is a column that is *summed*, months add up to quarters and cells to
totals by construction.

Fact tables (made by ``metrics.build.facts``), one row each; dimension columns hold closed values or ``other``:

* ``contacts``     month, first_response_hours, resolved_hours, resolved, reopened, repeated, promise_kept,
                   is_complaint, invited  (all nullable; hours are DOUBLE, the rest BOOLEAN)
* ``answers``      month, question, score (DOUBLE)
* ``invitations``  month, question, answered (BOOLEAN)
* ``orders``       month (ordered), promised_month, install_month, amount, returned_amount (BIGINT, minor-free
                   currency units), delivery_kept, install_kept (BOOLEAN, null = no promise or not yet due),
                   first (BOOLEAN), invited (BOOLEAN)
* ``cohorts``      one row per customer whose first order ever was seen: month (of that order), gap_days (INTEGER,
                   days to the next order on a later day, null = none), active_ages (INTEGER[], months since the
                   first in which they ordered, without 0)
* ``series``       month, name, value
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, unique
from typing import Any

Sums = Mapping[str, float]
Params = Mapping[str, str | int | float]


@unique
class Unit(Enum):
    PERCENT = "percent"
    """0 to 100."""
    POINTS = "points"
    """NPS: -100 to 100."""
    SCORE = "score"
    """A mean on the question's own scale."""
    HOURS = "hours"
    MONEY = "money"
    COUNT = "count"


@dataclass(frozen=True)
class Parameter:
    """A parameter a KPI gives in ``of:``. ``choices`` empty: any value of ``type``; ``default`` None: required."""

    name: str
    type: type
    default: str | int | float | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Metric:
    """One formula. ``id`` is what ``metric:`` in the strategy names; one file each under ``metrics/kpis``."""

    id: str
    definition: str
    """One sentence; a message id of the word catalogue."""
    formula: str
    """The formula in words and symbols; a message id too."""
    source: str
    """Paper or standard the definition follows."""
    fact: str
    month: str
    """Column of the fact that says which month a row counts in."""
    unit: Unit
    rows: Callable[[Any, Params], Any]
    """The denominator: rows of the fact that count."""
    measures: Callable[[Any, Params], dict[str, Any]]
    """Numeric columns by measure name; each is summed. ``n`` (a column of ones) is always among them."""
    value: Callable[[Sums], float | None]
    interval: Callable[[Sums], tuple[float, float] | None]
    """95 % interval in the unit of the value."""
    constant: Callable[[Sums], bool] = lambda sums: False
    """True when every row behind these sums had the same result: then the sum is each row's own."""
    parameters: tuple[Parameter, ...] = ()
    scale: Callable[[int, int], str | None] = lambda low, high: None
    """What is wrong with a question scale for this metric, or None."""
    window_days: Callable[[Params], int] = lambda params: 0
    """Days after month end, besides the closing days, before a month may be published."""
    weight: str | None = None
    """Column whose sum decides dominance of one customer (revenue); None: rows."""
    behaviour: bool = False
    """Measures what customers do, not what they say."""
    needs_whole_customers: bool = False
    """Cannot be computed from a sample of orders."""

    def key(self, params: Params) -> str:
        """The metric with its parameters, for example ``csat(question=support)``; names the numbers in a release."""
        given = self.given(params)
        inside = ",".join(f"{p.name}={given[p.name]}" for p in self.parameters if p.name in given)
        return f"{self.id}({inside})" if inside else self.id

    def given(self, params: Params) -> dict[str, str | int | float]:
        """Parameters with defaults filled in."""
        filled = {p.name: p.default for p in self.parameters if p.default is not None}
        return {**filled, **params}
