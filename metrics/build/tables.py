"""What a release holds, as rows of its tables."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from metrics.build.audit import Vocabulary
from metrics.build.facts.values import names
from metrics.build.gather import instances
from metrics.build.ledger import Ledger
from metrics.build.numbers import Said, within_budget
from metrics.release import FORMAT, NO_LEDGER
from metrics.sources.canonical import BY_NAME
from metrics.sources.read import FileRead, Read
from metrics.strategy.model import Strategy

Tables = dict[str, list[tuple[Any, ...]]]


def number_tables(strategy: Strategy, said: Said) -> Tables:
    """Rows of number, cell, pool, clearance, withheld and refused."""
    cells = sorted({(n.view, n.dims) for s in said.published for n in s.numbers if n.dims})
    cell_of = {cell: i for i, cell in enumerate(cells, start=1)}
    number: list[tuple[Any, ...]] = []
    for s in said.published:
        for n in s.numbers:
            at = cell_of[n.view, n.dims] if n.dims else 0
            number += [
                (s.key, n.view, len(n.dims), n.period, at, measure, value, n.published)
                for measure, value in zip(s.measures, n.sums.tolist())
            ]
    cell: list[tuple[Any, ...]] = []
    for (view, dims), i in cell_of.items():
        cell += [(i, view, at, d, v) for at, (d, v) in enumerate((d, v) for d, values in dims for v in values)]
    pool = [
        (d, i, names(strategy, d)[v])
        for d, pools in said.pools.items()
        for i, places in enumerate(pools)
        for v in places
        if len(places) > 1
    ]
    return {
        "number": number,
        "cell": cell,
        "pool": pool,
        "clearance": [(m, view, period, state.value) for (m, view, period), state in said.states.items()],
        "withheld": sorted({(s.key, "", period) for s in said.published for period in s.withheld}),
        "refused": list(said.refused),
    }


def provenance(strategy: Strategy, found: Read) -> Tables:
    return {
        "strategy": [(as_json(strategy),)],
        "source": _sources(found.files),
    }


def _sources(files: Sequence[FileRead]) -> list[tuple[Any, ...]]:
    """One row a table. Of several files that fill one no name, rows or days are told apart: each may be the export of
    one colleague. Rows are told to two digits, so that nothing is left when what was published is taken away."""
    found = []
    for table in dict.fromkeys(f.table for f in files):
        mine = [f for f in files if f.table == table]
        begun, ended = ([getattr(f, name) for f in mine if getattr(f, name)] for name in ("data_from", "data_to"))
        rows, rejected = sum(f.rows for f in mine), sum(f.rejected for f in mine)
        name = mine[0].file if len(mine) == 1 else ""
        about = round(rows, 2 - len(str(rows))) if rows else 0
        found.append((name, table, about, rejected, min(begun, default=None), max(ended, default=None)))
    return found


def as_json(strategy: Strategy) -> str:
    return json.dumps(strategy.model_dump(mode="json"), ensure_ascii=False, sort_keys=True)


def content_hash(tables: Tables) -> str:
    """SHA-256 over the sorted rows of all tables: equal sources, strategy and ledger give an equal one."""
    digest = sha256()
    for name in sorted(tables):
        for row in sorted(repr(tuple(str(v) if not isinstance(v, float) else v for v in r)) for r in tables[name]):
            digest.update(f"{name}{row}\n".encode())
    return digest.hexdigest()


def meta(strategy: Strategy, found: Read, said: Said, ledger: Ledger, build_id: str, strategy_hash: str) -> Tables:
    # Answers trickle in after the last contact; how far the data go is said by what customers did.
    done = [f for f in found.files if f.table in ("contacts", "orders")] or found.files
    days = [d for f in done for d in (f.data_from, f.data_to) if d]
    rows = [
        ("build_id", build_id),
        ("strategy_hash", strategy_hash),
        ("as_of", found.as_of.isoformat()),
        ("data_from", min(days, default=found.as_of).isoformat()),
        ("data_to", max(days, default=found.as_of).isoformat()),
        ("built_at", datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")),
        ("draft", "true"),
        ("format", FORMAT),
        ("grain", said.grain),
        ("budget", "held" if within_budget(said, strategy) else "exceeded"),
        ("ledger", ledger.id or NO_LEDGER),
    ]
    return {"meta": rows}


def vocabulary(strategy: Strategy, tables: Tables, found: Read, ledger: Ledger) -> Vocabulary:
    """Every text that may stand in the release: what the strategy declares, and what was published under earlier
    versions of it."""
    used = instances(strategy)
    dimensions = {d for v in strategy.views for d in v.dimensions} | {d.id for d in strategy.dimensions}
    old = {(d, v) for e in ledger.entries for d, values in e.dims for v in values}
    return Vocabulary(
        strategy=as_json(strategy),
        metrics=frozenset(i.key for i in used) | {e.metric for e in ledger.entries},
        measures=frozenset(row[5] for row in tables["number"]),
        views=frozenset(v.id for v in strategy.views) | {e.view for e in ledger.entries},
        values=frozenset((d, v) for d in dimensions for v in names(strategy, d)) | old,
        kpis=frozenset(k.id for k in strategy.kpis),
        questions=frozenset(q.id for q in strategy.questions),
        actions=frozenset(a.id for a in strategy.actions),
        stages=frozenset(s.id for s in strategy.journey),
        files=frozenset(f.file for f in found.files),
        tables=frozenset(BY_NAME),
    )
