"""First-contact resolution.

Definition: share of contacts after which the customer did not have to come back: no further contact of the same
customer about the same topic within 7 days, not reopened, and not marked unresolved by the source; times 100.
Contacts of unknown customers do not count, for nobody can tell whether they came back.
Source: Dixon, Toman and DeLisi, "The Effortless Experience", Portfolio 2013, chapter 3: callbacks within 7 days are
counted, staff are not asked whether it was resolved.
Unit: percent. Scale: none. Interval: Wilson (``intervals.wilson``). Closes 7 days after month end.
Worked example: tests/kpis.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from metrics.kpis.intervals import all_or_none, percent, wilson
from metrics.kpis.metric import Metric, Params, Unit, month_end, one_if


def _rows(t: Any, params: Params) -> Any:
    return t.filter(t.repeated.notnull())


def _measures(t: Any, params: Params) -> dict[str, Any]:
    return {
        "n": one_if(t.repeated.notnull()),
        "resolved": one_if(~t.repeated & ~t.reopened.fill_null(False) & t.resolved.fill_null(True)),
    }


FCR = Metric(
    id="fcr",
    definition="Share of contacts after which the customer did not need to come back about it within 7 days.",
    formula="100 × contacts resolved at once ÷ contacts",
    source="Dixon, Toman and DeLisi, The Effortless Experience, 2013",
    fact="contacts",
    unit=Unit.PERCENT,
    rows=_rows,
    measures=_measures,
    value=lambda sums: percent(sums, "resolved"),
    interval=lambda sums: wilson(sums, "resolved"),
    constant=lambda sums: all_or_none(sums, "resolved"),
    closes=lambda month, params: month_end(month) + timedelta(days=7),
)
