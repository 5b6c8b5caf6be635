"""Clearing at size: a year of contacts with their answers, from facts in the engine to what may be told.

    python benchmarks/clearing.py                        # 1 million contacts, 120 staff
    python benchmarks/clearing.py --contacts 10000000 --staff 1200
    python benchmarks/clearing.py --worlds               # coverage and grain chosen for 12, 25, 120, 1,200 staff

Contacts are drawn, not read: people who work on one or two channels each, some four times as busy as others, 2 % of
rows of unknown staff, a quarter answered, a third complaints. Peak memory is the process's own.
"""

from __future__ import annotations

import argparse
import resource
import sys
from datetime import date
from pathlib import Path
from time import perf_counter, process_time
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
from threadpoolctl import threadpool_limits

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from metrics.build.facts import Facts  # noqa: E402
from metrics.build.ledger import Ledger  # noqa: E402
from metrics.build.numbers import numbers  # noqa: E402
from metrics.engines.duckdb import DuckDBEngine  # noqa: E402
from metrics.strategy.model import Strategy  # noqa: E402

SIZES = {"stage": 6, "channel": 5, "segment": 3, "region": 3, "topic": 10}
VIEWS = (("stage", "channel"), ("region", "segment"), ("channel",), ("topic",), ("segment",))
METRICS = (("complaints", "complaint_rate", {}), ("happy", "csat", {"question": "csat"}), ("first", "fcr", {}))


def strategy() -> Strategy:
    """Three KPIs over contacts, answers and complaints; two two-way views and three one-way ones."""
    stages = [
        {"id": f"stage{i}", "name": f"Stage {i}", "customer_goal": "Go on", "owner": "Service", "touchpoints": []}
        for i in range(SIZES["stage"])
    ]
    dimensions = [
        {"id": d, "name": d, "values": [{"id": f"{d}{i}", "name": f"{d} {i}"} for i in range(n)]}
        for d, n in SIZES.items()
        if d != "stage"
    ]
    views = [
        {"id": "by_" + "_".join(dims), "dimensions": dims, "question": "Where?", "priority": 1 + (i > 1)}
        for i, dims in enumerate(VIEWS)
    ]
    goal = {"id": "keep", "name": "Keep", "statement": "They stay", "sponsor": "Service"}
    kpis = [
        {"id": id, "name": id, "metric": metric, "of": of, "goal": "keep", "direction": "up"}
        for id, metric, of in METRICS
    ]
    return Strategy.model_validate(
        {
            "version": 1,
            "used_for": "strategy",
            "organisation": {"name": "Benchmark"},
            "goals": [goal],
            "journey": stages,
            "questions": [{"id": "csat", "text": "How satisfied?", "scale": [1, 5]}],
            "dimensions": dimensions,
            "views": views,
            "kpis": kpis,
            "disclosure": {"grain": "auto"},
        }
    )


def facts(engine: DuckDBEngine, contacts: int, staff: int, seed: int = 1) -> Facts:
    """The fact tables of a year of contacts."""
    rng = np.random.default_rng(seed)
    home = rng.integers(0, SIZES["channel"], (staff, 2))
    busy = rng.gamma(4.0, size=staff)
    who = rng.choice(staff, contacts, p=busy / busy.sum()).astype(np.int32)
    row = np.arange(contacts, dtype=np.int64)
    channel = home[who, rng.integers(0, 2, contacts)].astype(np.int16)
    stage = (channel + rng.choice(SIZES["stage"], contacts, p=[0.4, 0.2, 0.15, 0.1, 0.1, 0.05])) % SIZES["stage"]
    columns = {
        "row": row,
        "month": np.array([np.datetime64(f"2025-{m:02d}-01") for m in range(1, 13)])[rng.integers(0, 12, contacts)],
        "customer": rng.integers(0, max(20, contacts // 4), contacts).astype(np.int64),
        "handled": np.where(rng.random(contacts) < 0.02, -1, row * 2),
        "stage": stage.astype(np.int16),
        "channel": channel,
        "segment": rng.choice(3, contacts, p=[0.71, 0.23, 0.06]).astype(np.int16),
        "region": rng.choice(3, contacts, p=[0.4, 0.2, 0.4]).astype(np.int16),
        "topic": rng.integers(0, SIZES["topic"], contacts).astype(np.int16),
    }
    t = pa.table(columns)
    engine.register("fact_contacts", t.append_column("is_complaint", pa.array(rng.random(contacts) < 0.33))
                    .append_column("repeated", pa.array(rng.random(contacts) < 0.2))
                    .append_column("reopened", pa.array(rng.random(contacts) < 0.1))
                    .append_column("resolved", pa.array(rng.random(contacts) < 0.9)))  # fmt: skip
    engine.register("fact_staff", pa.table({"handled": row * 2, "staff": who}))
    answered = np.flatnonzero(rng.random(contacts) < 0.25)
    a = t.take(pa.array(answered)).append_column("contact_row", pa.array(answered))
    a = a.append_column("order_row", pa.nulls(len(answered), pa.int64()))
    a = a.append_column("score", pa.array(rng.integers(1, 6, len(answered)).astype(float)))
    engine.register("fact_answers", a.append_column("question", pa.array(["csat"] * len(answered))))
    empty = a.slice(0, 0)
    engine.register("fact_orders", empty)
    return Facts(
        {"contacts": contacts, "answers": len(answered), "invitations": 0, "orders": 0, "cohorts": 0, "series": 0},
        frozenset({"contacts", "answers"}),
        0,
    )


def run(contacts: int, staff: int, only: tuple[str, ...] = ()) -> None:
    with DuckDBEngine() as engine:
        made = facts(engine, contacts, staff)
        found = SimpleNamespace(as_of=date(2026, 1, 31), trait=lambda table: SimpleNamespace(sample_of=None))
        wall, cpu = perf_counter(), process_time()
        said = numbers(engine, strategy(), found, made, Ledger())
        wall, cpu = perf_counter() - wall, process_time() - cpu
    start = perf_counter()
    with threadpool_limits(1):
        rng = np.random.default_rng(0)
        a = rng.random((600, 600))
        np.linalg.eigh(a + a.T)
    print(f"{contacts:,} contacts, {staff:,} staff: blocks of one {said.grain}, {wall:.1f} s, {cpu:.1f} CPU-s, "
          f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB "
          f"(one 600 × 600 eigenproblem on this machine now: {perf_counter() - start:.2f} s)")  # fmt: skip
    shares = {(c.metric, c.view): c.share for p in said.published for c in p.coverage}
    views = sorted({v for _, v in shares})
    for metric in sorted({m for m, _ in shares}):
        cells = "  ".join(f"{v} {100 * shares[metric, v]:.0f} %" for v in views if (metric, v) in shares)
        print(f"  {metric:<20} {cells}")
    most = max(said.spent, key=lambda s: s.per_staff)
    print(f"  {sum(len(p.numbers) for p in said.published):,} numbers; at most {most.per_staff:.1f} per staff and year")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--staff", type=int, default=120)
    parser.add_argument("--worlds", action="store_true", help="34 contacts a month and member of staff, four sizes")
    given = parser.parse_args()
    if given.worlds:
        for staff in (12, 25, 120, 1200):
            run(34 * 12 * staff, staff)
    else:
        run(given.contacts, given.staff)


if __name__ == "__main__":
    main()
