"""The build: sources + strategy → release. Rows go in; cleared sums come out; nothing about a person is written.

A build is a pure function of strategy, sources and ``as_of``, but for the time it was made. It writes a fresh file
beside the release, audits it and only then puts it in place, so a build that fails leaves the last release serving.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

import duckdb

from metrics.build import facts as fact_tables
from metrics.build.audit import Vocabulary, audit, unsafe
from metrics.build.facts.values import names
from metrics.build.gather import instances
from metrics.build.ledger import Entry, Ledger, read_ledger
from metrics.build.numbers import Said, numbers
from metrics.build.proxies import proxies
from metrics.build.report import Report
from metrics.build.shaped import refuse_declared, shaped_rows
from metrics.build.tables import Tables, content_hash, meta, number_tables, provenance, vocabulary
from metrics.build.together import stands
from metrics.build.value import fits
from metrics.clearing.rule import tightened
from metrics.engines.duckdb import DuckDBEngine
from metrics.errors import DataError
from metrics.loyalty.build import fit_all
from metrics.loyalty.tested import Cell
from metrics.release import Release, draft_path, is_draft, unfinished, write
from metrics.sources.mapping import load_sources
from metrics.sources.read import Read, read
from metrics.sources.rejects import write_rejects
from metrics.strategy.load import load
from metrics.strategy.model import Strategy
from metrics.words import Words

Progress = Callable[[str, int, int], None]


def build(
    strategy_path: Path,
    sources_path: Path,
    out: Path,
    progress: Progress = lambda stage, done, total: None,
    forget_ledger: bool = False,
) -> Report:
    """Build a draft release at ``out``, or beside it where a published one stands (``release.draft_path``): a pure
    function of strategy, sources, ``as_of`` and what was published.

    ``progress(stage, done, total)`` is called as the build goes on. Raises DataError for a strategy with errors, for
    sources that cannot be read, and when the finished file does not pass its audit; the release that stood at ``out``
    before stands there still."""
    clock = _Clock(progress)
    with clock.stage("Strategy"):
        ledger = Ledger() if forget_ledger else read_ledger(out)
        place = draft_path(out) if out.exists() and not is_draft(out) else out
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
            refuse_declared(strategy, strategy_path, found.identities.staff)
            rejects_file = _rejects(found, out)
        with clock.stage("Facts"):
            facts = make_facts(engine, strategy, found)
            shaped = shaped_rows(engine, strategy, found.identities.staff)
            close = proxies(engine, strategy, dict.fromkeys(d for v in strategy.views for d in v.dimensions))
        used = len(instances(strategy))
        with clock.stage("Metrics", used):
            said = numbers(engine, strategy, found, facts, ledger, clock.step)
        tables = number_tables(strategy, said)
        with clock.stage("Loyalty"):
            loyalty = fit_all(engine, strategy, found, _told(said))
            tables |= loyalty.tables | fits(engine, strategy, found, facts, said.pools)
    with clock.stage("Release"):
        tables |= provenance(strategy, found)
        build_id = content_hash(tables)
        tables |= meta(strategy, found, said, ledger, build_id, loaded.hash)
        words = vocabulary(strategy, tables, found, ledger)
        size = _put(place, tables, words, found, lambda path: _stands(strategy, said, path))
    pools = {
        d: tuple(tuple(names(strategy, d)[v] for v in pool) for pool in p if len(pool) > 1)
        for d, p in said.pools.items()
    }
    return Report(
        out=place,
        build_id=build_id,
        as_of=found.as_of,
        files=found.files,
        rejects_file=rejects_file,
        pools={d: p for d, p in pools.items() if p},
        coverage=tuple(c for s in said.published for c in s.coverage),
        withheld={s.key: len(s.withheld) for s in said.published if s.withheld},
        refused=dict(tables["refused"]),
        respondents=dict(loyalty.respondents),
        unseen={key: censored for key, (_, censored) in loyalty.left_out.items()},
        no_model=dict(loyalty.no_model),
        undated={s.key: s.undated for s in said.published if s.undated},
        before_history=facts.left_out,
        staff_shaped=shaped,
        proxies=close,
        numbers=len(tables["number"]),
        bytes=size,
        seconds=clock.seconds,
        grain=said.grain,
        spent=said.spent,
        budget=strategy.disclosure.budget,
        late=said.late,
        beside=place != out,
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


def _stands(strategy: Strategy, said: Said, path: Path) -> bool:
    """The joint test once more, on the numbers as the finished file tells them."""
    release = Release(path)
    try:
        before, fresh = ([Entry(*row) for row in release.told(published)] for published in (True, False))
    finally:
        release.close()
    floors = tightened(strategy.disclosure)
    return all(
        stands(tested, members, held(before), held(fresh), floors.min_staff)
        for tested, members, held in said.tested.values()
    )


def _told(said: Said) -> dict[str, list[Cell]]:
    """What is published of each metric, with the values in each cell."""
    found: dict[str, list[Cell]] = {}
    for s in said.published:
        cells = (Cell(n.view, n.period, dict(n.dims), dict(zip(s.measures, n.sums.tolist()))) for n in s.numbers)
        found.setdefault(s.key, []).extend(cells)
    return found


def _put(out: Path, tables: Tables, words: Vocabulary, found: Read, stands: Callable[[Path], bool]) -> int:
    """Write beside ``out``, audit, rename into place; returns the bytes."""
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = unfinished(out, "building")
    try:
        write(fresh, tables)
        audit(fresh, words, found.identities.staff, found.identities.customers)
        if not stands(fresh):
            raise unsafe("Its numbers say more together than was tested.")
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
