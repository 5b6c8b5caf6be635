"""A release with invented numbers over a real strategy: lets pages and answers be tested without a build.

Every leaf of every view is drawn once per month; cells, blocks and totals are sums of leaves, so that the additive
rules of a real release hold. Facebook always stands with the website."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

import ibis
import numpy as np

from metrics.kpis import BY_ID
from metrics.kpis.metric import HANDLED
from metrics.loyalty.evidence import Base, Kind, Method, Shape, What
from metrics.loyalty.results import DriverRow, ModelRow, table_row
from metrics.periods import block_of
from metrics.release import FORMAT, write
from metrics.strategy.model import DIMENSIONS, Strategy

BASE = dict.fromkeys(DIMENSIONS, "string") | {"month": "date", "customer": "int32"}
FACTS: dict[str, dict[str, str]] = {
    "contacts": {
        "first_response_hours": "float64",
        "resolved_hours": "float64",
        **dict.fromkeys(("resolved", "reopened", "repeated", "promise_kept", "is_complaint", "invited"), "boolean"),
    },
    "answers": {"question": "string", "score": "float64"},
    "invitations": {"question": "string", "answered": "boolean"},
    "orders": {
        "promised_month": "date",
        "install_month": "date",
        "amount": "int64",
        "returned_amount": "int64",
        **dict.fromkeys(("delivery_kept", "install_kept", "first"), "boolean"),
        "invited_to": "array<string>",
    },
    "cohorts": {"gap_days": "int32", "active_ages": "array<int32>", "earned": "boolean"},
    "series": {"name": "string", "value": "float64"},
}
STAFFED = ("contacts", "answers", "invitations")
LACKS = {
    "orders": {"stage", "touchpoint", "topic", "waited", "complaint"},
    "cohorts": {"stage", "touchpoint", "topic", "waited"},
}
MONTHS = [f"{y}-{m:02d}" for y in (2024, 2025, 2026) for m in range(1, 13) if "2024-04" <= f"{y}-{m:02d}" <= "2026-03"]


def invent(strategy: Strategy, path: Path, seed: int = 1, months: list[str] = MONTHS) -> Path:
    """Write an invented release for this strategy at ``path`` and return the path."""
    rng = np.random.default_rng(seed)
    tables: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    cells: dict[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]], int] = {}
    seen: set[str] = set()
    for kpi in strategy.kpis:
        metric = BY_ID.get(kpi.metric)
        if metric is None or metric.key(kpi.of) in seen:
            continue
        key = metric.key(kpi.of)
        seen.add(key)
        names = _measures(metric, kpi.of)
        grain = strategy.disclosure.grain if metric.fact in STAFFED else "month"
        for view in [None, *strategy.views]:
            if view and (set(view.dimensions) & LACKS.get(metric.fact, set()) or metric.fact == "series"):
                continue
            if view and view.facts and metric.fact not in view.facts:
                continue
            dims = view.dimensions[:2] if view else ()
            sums: dict[tuple[int, str, tuple[tuple[str, tuple[str, ...]], ...]], dict[str, float]] = defaultdict(
                lambda: defaultdict(float)
            )
            for month in months:
                if metric.id == "repurchase" and month > "2025-12":
                    continue
                for leaf in product(*(_pools(strategy, d) for d in dims)):
                    drawn = _draw(rng, names, 900 if not dims else 260 // max(1, len(leaf)), month)
                    if metric.fact in STAFFED:
                        drawn[HANDLED] = drawn["n"]
                    for depth in range(0 if not dims else 1, len(dims) + 1):
                        for period in {block_of(month, grain), month} if not dims else {block_of(month, grain)}:
                            cell = tuple(zip(dims[:depth], leaf[:depth]))
                            for measure, value in drawn.items():
                                sums[depth, period, cell][measure] += value
            for (depth, period, cell), values in sums.items():
                view_id = view.id if view else ""
                number = cells.setdefault((view_id, cell), len(cells) + 1) if cell else 0
                tables["number"] += [(key, view_id, depth, period, number, m, v, False) for m, v in values.items()]
    for (view_id, cell), number in cells.items():
        flat = [(d, v) for d, values in cell for v in values]
        tables["cell"] += [(number, view_id, i, d, v) for i, (d, v) in enumerate(flat)]
    _drivers(strategy, rng, tables)
    meta = {
        "build_id": "0" * 16, "strategy_hash": "0" * 16, "as_of": "2026-04-05", "data_from": "2024-04-01",
        "data_to": "2026-03-31", "built_at": "2026-04-05T08:00:00", "draft": "true", "format": FORMAT,
        "grain": "quarter", "budget": "held", "ledger": "none",
    }  # fmt: skip
    tables["meta"] = list(meta.items())
    tables["strategy"] = [(strategy.model_dump_json(),)]
    write(path, tables)
    return path


def _measures(metric: Any, of: Any) -> list[str]:
    table = ibis.table({**BASE, **FACTS[metric.fact]}, name=metric.fact)
    return list(metric.measures(table, metric.given(of)))


def _pools(strategy: Strategy, dimension: str) -> list[tuple[str, ...]]:
    values = [v for v, _ in strategy.values(dimension)]
    partner = strategy.pool_with(dimension)
    joined = [(p, v) for v, p in partner.items()]
    alone = [(v,) for v in values if all(v not in pair for pair in joined)]
    return [*alone, *joined]


def _draw(rng: np.random.Generator, names: list[str], size: int, month: str) -> dict[str, float]:
    n = float(rng.poisson(size))
    drift = 0.02 * np.sin(int(month[5:])) - (0.05 if month > "2025-04" else 0)
    drawn = {}
    for name in names:
        rate = {"promoters": 0.45, "detractors": 0.22}.get(name, 0.7 + drift)
        drawn[name] = n if name == "n" else float(rng.binomial(int(n), rate))
    levels = [n_ for n_ in names if n_[0] == "l" and n_[1:].isdigit()]
    if levels:
        counts = rng.multinomial(int(n), [0.05, 0.1, 0.28, 0.33, 0.18, 0.06][: len(levels)])
        drawn.update(zip(levels, map(float, counts)))
    if "total" in names:
        drawn["total"] = n * 5.2
    if "squares" in names:
        drawn["squares"] = n * (5.2**2 + 1.4)
    return drawn


def _drivers(strategy: Strategy, rng: np.random.Generator, tables: dict[str, list[tuple[Any, ...]]]) -> None:
    if not strategy.loyalty.drivers:
        return
    for number, outcome in enumerate(strategy.loyalty.drivers.outcomes, start=1):
        kind = Kind.BEHAVIOUR if BY_ID[strategy.kpi(outcome.kpi).metric].behaviour else Kind.STATED
        shares = np.sort(rng.dirichlet(np.linspace(4, 0.4, len(strategy.loyalty.drivers.items))) * 100)[::-1]
        tables["driver_model"].append(model_row(number, outcome.kpi, kind, 0.17, 0.14, 0.20))
        for i, (item, share) in enumerate(zip(strategy.loyalty.drivers.items, shares)):
            effect = share / 9
            interval = (share * 0.7, share * 1.3 + 1)
            figures = (share, *interval, 1 + i // 3, effect, effect - 0.8, effect + 0.8)
            tables["driver"].append(driver_row(number, item.question, figures))


def model_row(number: int, outcome: str, kind: Kind, r2: float, low: float, high: float) -> tuple[Any, ...]:
    """A model of 2,400 respondents."""
    return table_row(
        ModelRow(
            *(number, Base.SURVEY, outcome, kind, "", "", "", "all", 2400, 2400, r2, low, high, 0.0),
            *(Method.BOOTSTRAP, 0.9, 0, 0),
        )
    )


def driver_row(number: int, question: str, figures: Sequence[float], leak: bool = False) -> tuple[Any, ...]:
    """``figures``: share, low, high, tier, effect, effect low, effect high."""
    share, low, high, tier, *effect = figures
    return table_row(
        DriverRow(
            *(
                number,
                What.QUESTION,
                question,
                "",
                share,
                low,
                high,
                int(tier),
                1,
                6,
                *effect,
                1.3,
                0,
                None,
                None,
                None,
            ),
            *(True, leak, Shape.LINEAR, -4.0, -6.0, -2.0, 4.0, 2.0, 6.0),
        )
    )
