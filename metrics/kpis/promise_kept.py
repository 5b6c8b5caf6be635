"""Promises kept in contacts.

Definition: of contacts in which the company promised something for a date (a call back, a repair, a refund), the
share where it was done by then, times 100.
Source: reliability, "the ability to perform the promised service dependably and accurately", Parasuraman, Zeithaml
and Berry, "SERVQUAL", Journal of Retailing 64(1), 1988.
Unit: percent. Scale: none. Interval: Wilson (``intervals.wilson``).
Worked example: tests/kpis.
"""

from __future__ import annotations

from typing import Any

from metrics.kpis.intervals import all_or_none, percent, wilson
from metrics.kpis.metric import Metric, Params, Unit, one_if


def _rows(t: Any, params: Params) -> Any:
    return t.filter(t.promise_kept.notnull())


def _measures(t: Any, params: Params) -> dict[str, Any]:
    return {"n": one_if(t.promise_kept.notnull()), "kept": one_if(t.promise_kept)}


PROMISE_KEPT = Metric(
    id="promise_kept",
    definition="Of contacts with a promise that is due, the share where it was kept.",
    formula="100 × promises kept ÷ promises due",
    source="Parasuraman, Zeithaml and Berry, Journal of Retailing 64(1), 1988",
    fact="contacts",
    unit=Unit.PERCENT,
    rows=_rows,
    measures=_measures,
    value=lambda sums: percent(sums, "kept"),
    interval=lambda sums: wilson(sums, "kept"),
    constant=lambda sums: all_or_none(sums, "kept"),
)
