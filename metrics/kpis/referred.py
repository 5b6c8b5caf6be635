"""Customers whom other customers sent.

Definition: of customers whose first order ever is in the month and of whom the source says how they came, the share
whom another customer sent (``loyalty.value.earned`` names the spellings that mean it), times 100.
Source: earned customers, Reichheld, Darnell and Burns, "Net Promoter 3.0", Harvard Business Review 99(6), 2021.
Unit: percent. Scale: none. Interval: Wilson (``intervals.wilson``).
Worked example: tests/kpis.
"""

from __future__ import annotations

from typing import Any

from metrics.kpis.intervals import all_or_none, percent, wilson
from metrics.kpis.metric import Metric, Params, Unit, one_if


def _rows(t: Any, params: Params) -> Any:
    return t.filter(t.month.notnull() & t.earned.notnull())


def _measures(t: Any, params: Params) -> dict[str, Any]:
    return {"n": one_if(t.earned.notnull()), "earned": one_if(t.earned)}


REFERRED = Metric(
    id="referred",
    definition="Of customers who first ordered in the month, the share whom another customer sent.",
    formula="100 × new customers whom another customer sent ÷ new customers of whom this is known",
    source="Reichheld, Darnell and Burns, Harvard Business Review 99(6), 2021",
    fact="cohorts",
    unit=Unit.PERCENT,
    rows=_rows,
    measures=_measures,
    value=lambda sums: percent(sums, "earned"),
    interval=lambda sums: wilson(sums, "earned"),
    constant=lambda sums: all_or_none(sums, "earned"),
    behaviour=True,
    needs_whole_customers=True,
)
