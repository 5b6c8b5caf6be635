"""What a metric is: rows of one fact table, additive measures over them, a value and an interval from their sums.

``rows`` and ``measures`` receive an Ibis table and use only methods of it, so this package never imports Ibis
(pages import it). Because every measure is a column that is *summed*, months add up to quarters and cells to
totals by construction.

Fact tables (made by ``metrics.build.facts``), one row each; a dimension column holds the place of the row's value in
the strategy's declared order, ``other`` last:

* ``contacts``     month, first_response_hours, resolved_hours, resolved, reopened, repeated, promise_kept,
                   is_complaint, invited  (all nullable; hours are DOUBLE, the rest BOOLEAN; infinite hours: it had
                   not happened when the data ended; null: the source does not say)
* ``answers``      month, question, score (DOUBLE)
* ``invitations``  month, question, answered (BOOLEAN)
* ``orders``       month (ordered), promised_month, install_month, amount, returned_amount (BIGINT, minor-free
                   currency units), delivery_kept, install_kept (BOOLEAN, null = no promise or not yet due),
                   first (BOOLEAN), invited_to (VARCHAR[], the questions asked about it)
* ``cohorts``      one row per customer whose first order ever was seen: month (of that order), gap_days (INTEGER,
                   days to the next order on a later day, null = none), active_ages (INTEGER[], months since the
                   first in which they ordered, without 0), earned (BOOLEAN, another customer sent them, null = not
                   told)
* ``purchases``    month (ordered), age (INTEGER, quarters since the first order, -1 where that was not seen), day,
                   amount, earned (BOOLEAN, as of cohorts)
* ``series``       month, name, value
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum, unique
from typing import Any

Sums = Mapping[str, float]
#: Rows that staff handled, which the build counts beside the measures of every metric about rows that staff handle.
HANDLED = "handled"
Params = Mapping[str, str | int | float]


def month_end(month: date, later: int = 0) -> date:
    """Last day of the calendar month ``later`` months after the one that ``month`` lies in."""
    count = month.year * 12 + month.month - 1 + later
    year, number = divmod(count, 12)
    return date(year, number + 1, calendar.monthrange(year, number + 1)[1])


def one_if(condition: Any) -> Any:
    """1 where an Ibis condition holds, else 0, also where it is null. (PostgreSQL casts no boolean to bigint.)"""
    return condition.ifelse(1, 0).cast("int64")


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
    unit: Unit
    rows: Callable[[Any, Params], Any]
    """The denominator: rows of the fact that count. Column ``month`` of what it returns is the month a row counts in
    (on-time counts an order in the month promised, so it replaces the month ordered)."""
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
    closes: Callable[[date, Params], date] = lambda month, params: month_end(month)
    """Last day of data that a month needs, given any day of it; the closing days of the strategy come on top."""
    weight: str | None = None
    """Column whose sum decides dominance of one customer (revenue); None: rows."""
    per_month: bool = False
    """The value is a total: over several months it is the mean of a month, so that a quarter is never held against a
    month's target."""
    behaviour: bool = False
    """Measures what customers do, not what they say."""
    part_of: tuple[str, ...] = ()
    """Metrics that count in a numerator, among more rows, just what this one counts in its n (complaints among
    contacts, answers among invitations): the joint test has to look at these cells as cells of those rows, too. A
    parameter that both have is the same in both."""
    needs_whole_customers: bool = False
    """Cannot be computed from a sample of orders."""

    def key(self, params: Params) -> str:
        """The metric with its parameters, for example ``csat(question=support)``; names the numbers in a release."""
        given = self.given(params)
        inside = ",".join(f"{p.name}={given[p.name]}" for p in self.parameters if p.name in given)
        return f"{self.id}({inside})" if inside else self.id

    def given(self, params: Params) -> dict[str, str | int | float]:
        """Parameters with defaults filled in; 2.0 hours and 2 hours are one number, so they get one name."""
        filled = {p.name: p.default for p in self.parameters if p.default is not None}
        given = {**filled, **params}
        return {k: int(v) if isinstance(v, float) and v.is_integer() else v for k, v in given.items()}

    def unit_of(self, params: Params) -> Unit:
        """The unit with these parameters: a declared series brings its own."""
        return Unit(self.given(params)["unit"]) if any(p.name == "unit" for p in self.parameters) else self.unit
