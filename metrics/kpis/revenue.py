"""Revenue of orders.

Definition: sum of the amounts ordered in the month, before goods returned: returns come weeks later, and subtracting
them as they arrive would make the latest month look best. Orders the source leaves out (cancelled) are not among them.
Source: gross sales, Farris, Bendle, Pfeifer and Reibstein, "Marketing Metrics", 2nd ed., Pearson 2010.
Unit: money; over several months the mean of a month. Scale: none.
Interval: the sum of a Poisson number of orders has variance E[N] E[X^2], estimated by the sum of squared amounts;
normal, cut at 0 (compound Poisson process, Ross, "Introduction to Probability Models", section 5.4). It says how far
chance alone moves the sum; customers who order often make it a little too narrow.
Worked example: tests/kpis.
"""

from __future__ import annotations

from math import sqrt
from typing import Any

from metrics.kpis.intervals import Z95
from metrics.kpis.metric import Metric, Params, Sums, Unit, one_if


def _rows(t: Any, params: Params) -> Any:
    return t.filter(t.month.notnull() & t.amount.notnull())


def _measures(t: Any, params: Params) -> dict[str, Any]:
    amount = t.amount.cast("float64")  # squares of VND amounts overflow 64-bit integers
    return {"n": one_if(t.amount.notnull()), "total": amount, "squares": amount * amount}


def interval(sums: Sums) -> tuple[float, float] | None:
    """95 % interval of the sum in currency units; None without orders."""
    if not sums["n"]:
        return None
    half = Z95 * sqrt(sums["squares"])
    return max(0.0, sums["total"] - half), sums["total"] + half


REVENUE = Metric(
    id="revenue",
    definition="Money customers ordered for in a month, before goods returned.",
    formula="sum of order amounts ÷ months",
    source="Farris, Bendle, Pfeifer and Reibstein, Marketing Metrics, 2nd ed., 2010",
    fact="orders",
    unit=Unit.MONEY,
    rows=_rows,
    measures=_measures,
    value=lambda sums: sums["total"] if sums["n"] else None,
    interval=interval,
    weight="amount",
    per_month=True,
    behaviour=True,
)
