"""First reply within so many hours.

Definition: share of contacts whose first reply came within ``hours``, times 100. A contact that never had a reply
(infinite hours) counts and was late; one for which the source tells no time does not count.
Source: service level, the share answered within a threshold, Gans, Koole and Mandelbaum, "Telephone Call Centers:
Tutorial, Review, and Research Prospects", Manufacturing & Service Operations Management 5(2), 2003.
Unit: percent. Scale: none. Interval: Wilson (``intervals.wilson``). Closes when the last contact had its hours.
Worked example: tests/kpis.
"""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from typing import Any

from metrics.kpis.intervals import all_or_none, percent, wilson
from metrics.kpis.metric import Metric, Parameter, Params, Unit, month_end, one_if


def _rows(t: Any, params: Params) -> Any:
    return t.filter(t.first_response_hours.notnull())


def _measures(t: Any, params: Params) -> dict[str, Any]:
    return {"n": one_if(t.first_response_hours.notnull()), "within": one_if(t.first_response_hours <= params["hours"])}


REPLIED_WITHIN = Metric(
    id="replied_within",
    definition="Share of contacts that had a first reply within the hours given.",
    formula="100 × contacts replied to in time ÷ contacts",
    source="Gans, Koole and Mandelbaum, Manufacturing & Service Operations Management 5(2), 2003",
    fact="contacts",
    unit=Unit.PERCENT,
    rows=_rows,
    measures=_measures,
    value=lambda sums: percent(sums, "within"),
    interval=lambda sums: wilson(sums, "within"),
    constant=lambda sums: all_or_none(sums, "within"),
    closes=lambda month, params: month_end(month) + timedelta(days=ceil(float(params["hours"]) / 24)),
    parameters=(Parameter("hours", float),),
)
