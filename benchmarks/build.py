"""How long a build takes, stage by stage, and how far that is from the floor.

    python benchmarks/build.py                 # 1 million contacts (scale 21)
    python benchmarks/build.py --scale 1       # the demo company

The floor is DuckDB adding up the same columns of the same facts, without groups, people or clearing: what no build can
go below. The source files are generated once into ``--out`` and used again.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from metrics.build import build, make_facts  # noqa: E402
from metrics.build.gather import instances  # noqa: E402
from metrics.demo import generate  # noqa: E402
from metrics.engines.duckdb import DuckDBEngine  # noqa: E402
from metrics.sources.read import read  # noqa: E402
from metrics.strategy.load import load  # noqa: E402


def floor(strategy_path: Path, sources_path: Path) -> float:
    """Seconds in which DuckDB adds up every measure of every metric over its whole fact."""
    strategy = load(strategy_path).strategy
    assert strategy is not None
    with DuckDBEngine() as engine:
        make_facts(engine, strategy, read(sources_path, strategy, engine))
        queries = []
        for one in instances(strategy):
            rows = one.metric.rows(engine.table(f"fact_{one.metric.fact}"), one.params)
            sums = {name: column.sum() for name, column in one.metric.measures(rows, one.params).items()}
            queries.append(engine.sql(rows.aggregate(**sums)))
        start = perf_counter()
        for query in queries:
            engine.query(query)
        return perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=21.0, help="1 is 48,000 contacts")
    parser.add_argument("--out", type=Path, help="folder for the source files (default: a temporary one)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.out or Path(temporary) / "demo"
        if not (folder / "sources.yaml").exists():
            generate(folder, scale=given.scale)
        cpu: dict[str, float] = {}
        seen: list[tuple[str, float]] = []

        def progress(stage: str, done: int, total: int) -> None:
            now = process_time()
            if not seen or seen[-1][0] != stage:
                seen.append((stage, now))
            cpu[stage] = now - seen[-1][1]

        start = perf_counter()
        report = build(ROOT / "strategy.yaml", folder / "sources.yaml", Path(temporary) / "release.duckdb", progress)
        wall = perf_counter() - start
        contacts = sum(f.rows for f in report.files if f.table == "contacts")
        rows = sum(f.rows for f in report.files)
        print(f"{contacts:,} contacts, {rows:,} rows, {report.numbers:,} sums, {report.bytes / 1e6:.1f} MB")
        for stage, seconds in report.seconds.items():
            print(f"  {stage:<10} {seconds:7.2f} s  {cpu[stage]:7.2f} CPU-s")
        lowest = floor(ROOT / "strategy.yaml", folder / "sources.yaml")
        print(f"  {'whole':<10} {wall:7.2f} s  {sum(cpu.values()):7.2f} CPU-s")
        print(f"floor (DuckDB adds the same columns): {lowest:.3f} s")
        print(f"metrics and clearing: {report.seconds['Metrics'] / lowest:.0f} times the floor")
        print(f"whole build: {wall / lowest:.0f} times the floor, {1e6 * wall / rows:.1f} s per million rows read")


if __name__ == "__main__":
    main()
