"""The build: sources + strategy → release. Rows go in; cleared sums come out; nothing about a person is written.

A build is a pure function of strategy, sources and ``as_of``, but for the time it was made. It writes a fresh file
beside the release, audits it and only then puts it in place, so a build that fails leaves the last release serving.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import Any

import duckdb

from metrics.build import facts as fact_tables
from metrics.build.audit import Vocabulary, audit
from metrics.build.blocks import blocks, grain_of, month_names
from metrics.build.facts.values import names
from metrics.build.gather import Instance, gather_metric, instances
from metrics.build.pooling import pools_of
from metrics.build.publish import Number, Pools, Published, publish
from metrics.build.report import Report
from metrics.clearing.rule import tightened
from metrics.engines.duckdb import DuckDBEngine
from metrics.errors import DataError, Refused
from metrics.loyalty.build import fit_all
from metrics.loyalty.tested import Cell
from metrics.release import FORMAT, write
from metrics.sources.canonical import BY_NAME
from metrics.sources.mapping import load_sources
from metrics.sources.read import Read, read
from metrics.sources.rejects import write_rejects
from metrics.strategy.load import load
from metrics.strategy.model import Strategy
from metrics.words import Words

Progress = Callable[[str, int, int], None]
Tables = dict[str, list[tuple[Any, ...]]]


def build(
    strategy_path: Path, sources_path: Path, out: Path, progress: Progress = lambda stage, done, total: None
) -> Report:
    """Build a draft release at ``out``.

    ``progress(stage, done, total)`` is called as the build goes on. Raises DataError for a strategy with errors, for
    sources that cannot be read, and when the finished file does not pass its audit; the release that stood at ``out``
    before stands there still."""
    clock = _Clock(progress)
    with clock.stage("Strategy"):
        sources = load_sources(sources_path)
        loaded = load(strategy_path, today=sources.as_of)
        if loaded.strategy is None:
            first = loaded.errors[0]
            what, mend = first.say(Words("en"))
            more = f" ({len(loaded.errors)} errors; see: python -m metrics check)" if len(loaded.errors) > 1 else ""
            raise DataError(f"{first.code} {what}", first.place, mend + more)
        strategy = loaded.strategy
    with DuckDBEngine() as engine:
        with clock.stage("Sources", len(sources.files)):
            found = read(sources_path, strategy, engine, lambda file: clock.step())
            rejects_file = _rejects(found, out)
        with clock.stage("Facts"):
            facts = make_facts(engine, strategy, found)
        tables, said, pools = _numbers(engine, strategy, found, facts, clock)
        with clock.stage("Loyalty"):
            loyalty = fit_all(engine, strategy, found, _published(strategy, said))
            tables |= loyalty.tables
    with clock.stage("Release"):
        tables |= _provenance(strategy, found)
        build_id = content_hash(tables)
        tables["meta"] = _meta(found, build_id, loaded.hash)
        size = _put(out, tables, strategy, found)
    report_pools = {
        d: tuple(tuple(names(strategy, d)[v] for v in pool) for pool in p if len(pool) > 1) for d, p in pools.items()
    }
    return Report(
        out=out,
        build_id=build_id,
        as_of=found.as_of,
        files=found.files,
        rejects_file=rejects_file,
        pools={d: p for d, p in report_pools.items() if p},
        coverage=tuple(c for s in said for c in s.coverage),
        withheld={s.key: len(s.withheld) for s in said if s.withheld},
        refused=dict(tables["refused"]),
        respondents=dict(loyalty.respondents),
        unseen={key: censored for key, (_, censored) in loyalty.left_out.items()},
        no_model=dict(loyalty.no_model),
        undated={s.key: s.undated for s in said if s.undated},
        before_history=facts.left_out,
        numbers=len(tables["number"]),
        bytes=size,
        seconds=clock.seconds,
    )


class _Clock:
    """Seconds by stage, and the progress that is told."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.seconds: dict[str, float] = {}
        self.at = ("", 0, 0)

    @contextmanager
    def stage(self, name: str, total: int = 1) -> Iterator[None]:
        self.at = (name, 0, total)
        self.progress(*self.at)
        start = perf_counter()
        yield
        self.seconds[name] = perf_counter() - start
        self.progress(name, total, total)

    def step(self) -> None:
        name, done, total = self.at
        self.at = (name, min(done + 1, total), total)
        self.progress(*self.at)


def _rejects(found: Read, out: Path) -> Path | None:
    path = out.with_suffix(".rejects.csv")
    if not found.rejects:
        path.unlink(missing_ok=True)
        return None
    out.parent.mkdir(parents=True, exist_ok=True)
    write_rejects(found.rejects, path)
    return path


def make_facts(engine: DuckDBEngine, strategy: Strategy, found: Read) -> fact_tables.Facts:
    """The fact tables of what was read. Raises DataError where nobody says whose work the contacts were."""
    no_staff = frozenset(t for t in ("contacts", "orders") if found.trait(t).no_staff)
    if "contacts" in found.tables and "contacts" not in no_staff and not found.staff_mapped["contacts"]:
        raise DataError(
            "No file says which staff handled the contacts, so none of them can be cleared.",
            "sources.yaml",
            "Map the staff column, or declare traits: contacts: {no_staff: true} if nobody handles them.",
        )
    return fact_tables.make(engine, strategy, found.as_of, found.trait("orders").history_from, no_staff)


def _numbers(
    engine: DuckDBEngine, strategy: Strategy, found: Read, facts: fact_tables.Facts, clock: _Clock
) -> tuple[Tables, list[Published], Pools]:
    """Rows of the release's number, cell, withheld and refused tables."""
    floors = tightened(strategy.disclosure)
    dimensions = tuple(dict.fromkeys(d for v in strategy.views for d in v.dimensions))
    with clock.stage("Pools"):
        pools = pools_of(engine, strategy, facts, dimensions, found.as_of, floors)
    used = instances(strategy)
    said: list[Published] = []
    refused: list[tuple[str, str]] = []
    with clock.stage("Metrics", len(used)):
        for instance in used:
            why = None
            if instance.metric.needs_whole_customers and found.trait("orders").sample_of:
                why = Refused.SAMPLED
            elif not (published := _publish(engine, strategy, found, facts, instance, pools)).measures:
                why = Refused.NO_SIGNAL
            else:
                said.append(published)
            refused += [(kpi, why.value) for kpi in instance.kpis if why]
            clock.step()
    # ``said`` is everything that will be told. The joint test (design §4.5) stands here: it takes what is said of each
    # family, block by block, and returns what may stay.
    return _rows(strategy, said) | {"refused": refused}, said, pools


def _publish(
    engine: DuckDBEngine, strategy: Strategy, found: Read, facts: fact_tables.Facts, instance: Instance, pools: Pools
) -> Published:
    """What is said of one metric; without measures when the sources hold no row for it."""
    metric = instance.metric
    mine = fact_tables.DIMENSIONS[metric.fact]
    views = [
        v
        for v in sorted(strategy.views, key=lambda v: (v.priority, v.id))
        if mine and set(v.dimensions) <= set(mine) and (not v.facts or metric.fact in v.facts)
    ]
    cut = tuple(d for d in mine if any(d in v.dimensions for v in views))
    gathered = gather_metric(engine, strategy, instance, cut)
    if not len(gathered.month):
        return Published(instance.key, ())
    grain = grain_of(metric.fact, facts.staffed, strategy.disclosure.grain)
    closing = strategy.disclosure.closing_days
    closed = blocks(gathered.month, grain, found.as_of, closing, metric, instance.params)
    if metric.fact == "series":
        # Figures of the company's books: no row of a person stands behind them, so there is nothing to clear.
        said = Published(instance.key, gathered.measures)
        for i, month in enumerate(gathered.month.tolist()):
            if closed.of_cell[i] >= 0:
                said.numbers.append(Number("", month_names([month])[0], (), gathered.evidence.sums[i]))
        return said
    return publish(instance, gathered, closed, views, pools, tightened(strategy.disclosure))


def _rows(strategy: Strategy, said: list[Published]) -> Tables:
    cells = sorted({(n.view, n.places) for s in said for n in s.numbers if n.places})
    cell_of = {cell: i for i, cell in enumerate(cells, start=1)}
    number: list[tuple[Any, ...]] = []
    for s in said:
        for n in s.numbers:
            at = cell_of[n.view, n.places] if n.places else 0
            number += [
                (s.key, n.view, len(n.places), n.period, at, measure, value)
                for measure, value in zip(s.measures, n.sums.tolist())
            ]
    cell: list[tuple[Any, ...]] = []
    for (view, places), i in cell_of.items():
        values = [(d, names(strategy, d)[v]) for d, at in places for v in at]
        cell += [(i, view, position, d, v) for position, (d, v) in enumerate(values)]
    withheld = [(s.key, "", period) for s in said for period in s.withheld]
    return {"number": number, "cell": cell, "withheld": withheld}


def _published(strategy: Strategy, said: list[Published]) -> dict[str, list[Cell]]:
    """What is published of each metric, with the names of the values in each cell."""

    def cell(s: Published, n: Number) -> Cell:
        dims = {d: tuple(names(strategy, d)[v] for v in at) for d, at in n.places}
        return Cell(n.view, n.period, dims, dict(zip(s.measures, n.sums.tolist())))

    return {s.key: [cell(s, n) for n in s.numbers] for s in said}


def _provenance(strategy: Strategy, found: Read) -> Tables:
    return {
        "strategy": [(_json(strategy),)],
        "source": [(f.file, f.table, f.rows, f.rejected, f.data_from, f.data_to) for f in found.files],
    }


def _json(strategy: Strategy) -> str:
    return json.dumps(strategy.model_dump(mode="json"), ensure_ascii=False, sort_keys=True)


def content_hash(tables: Tables) -> str:
    """SHA-256 over the sorted rows of all tables: equal sources and strategy give an equal one."""
    digest = sha256()
    for name in sorted(tables):
        for row in sorted(repr(tuple(str(v) if not isinstance(v, float) else v for v in r)) for r in tables[name]):
            digest.update(f"{name}{row}\n".encode())
    return digest.hexdigest()


def _meta(found: Read, build_id: str, strategy_hash: str) -> list[tuple[Any, ...]]:
    # Answers trickle in after the last contact; how far the data go is said by what customers did.
    done = [f for f in found.files if f.table in ("contacts", "orders")] or found.files
    days = [d for f in done for d in (f.data_from, f.data_to) if d]
    return [
        ("build_id", build_id),
        ("strategy_hash", strategy_hash),
        ("as_of", found.as_of.isoformat()),
        ("data_from", min(days, default=found.as_of).isoformat()),
        ("data_to", max(days, default=found.as_of).isoformat()),
        ("built_at", datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")),
        ("draft", "true"),
        ("format", FORMAT),
    ]


def _put(out: Path, tables: Tables, strategy: Strategy, found: Read) -> int:
    """Write beside ``out``, audit, rename into place; returns the bytes."""
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = out.with_name(f".{out.name}.building")
    try:
        write(fresh, tables)
        audit(fresh, _vocabulary(strategy, tables, found), found.identities.staff, found.identities.customers)
        with fresh.open("rb") as file:
            os.fsync(file.fileno())
        size = fresh.stat().st_size
        os.replace(fresh, out)
    except (OSError, duckdb.IOException):
        raise DataError(
            "The release cannot be written there.",
            str(out),
            "See that the folder may be written to, has room, and that no other build is under way.",
        ) from None
    finally:
        for left in (fresh, fresh.with_name(fresh.name + ".wal")):
            left.unlink(missing_ok=True)
    return size


def _vocabulary(strategy: Strategy, tables: Tables, found: Read) -> Vocabulary:
    used = instances(strategy)
    dimensions = {d for v in strategy.views for d in v.dimensions} | {d.id for d in strategy.dimensions}
    return Vocabulary(
        strategy=_json(strategy),
        metrics=frozenset(i.key for i in used),
        measures=frozenset(row[5] for row in tables["number"]),
        views=frozenset(v.id for v in strategy.views),
        values=frozenset((d, v) for d in dimensions for v in names(strategy, d)),
        kpis=frozenset(k.id for k in strategy.kpis),
        questions=frozenset(q.id for q in strategy.questions),
        actions=frozenset(a.id for a in strategy.actions),
        stages=frozenset(s.id for s in strategy.journey),
        files=frozenset(f.file for f in found.files),
        tables=frozenset(BY_NAME),
    )
