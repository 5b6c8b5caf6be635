"""How long drivers take, held against what DuckDB needs to read the columns and against pingouin on the same rows.

    python benchmarks/loyalty.py                       # a million rows, 16 drivers, one run of everything
    python benchmarks/loyalty.py --rows 100000 -p 12

Printed are ratios inside one run, by the clock and by CPU time, for on a busy machine the clock measures the others.
pingouin's regression with relative importance is timed on the same rows; its 1,000 bootstrap replicates are measured on
one and multiplied, since all of them would take hours. BLAS runs on one thread for both; DuckDB on two.
"""

from __future__ import annotations

import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import argparse  # noqa: E402
import sys  # noqa: E402
from collections.abc import Callable  # noqa: E402
from dataclasses import dataclass  # noqa: E402
from pathlib import Path  # noqa: E402
from time import perf_counter, process_time  # noqa: E402
from typing import Any  # noqa: E402

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
import pyarrow as pa  # noqa: E402

from metrics.engines.duckdb import DuckDBEngine  # noqa: E402
from metrics.loyalty.drivers import REPLICATES, centred, explained, slopes  # noqa: E402
from metrics.loyalty.lmg import lmg  # noqa: E402
from metrics.loyalty.resample import Resampling  # noqa: E402
from metrics.loyalty.sums import Sums, sums  # noqa: E402


def rows(n: int, p: int) -> dict[str, Any]:
    """Scores 1-10 that share a halo, a yes/no outcome, and the block of each customer."""
    rng = np.random.default_rng(1)
    halo = rng.normal(size=n)
    z = [0.6 * halo + 0.8 * rng.normal(size=n) for _ in range(p)]
    pull = sum(z[i] / (1 + i) for i in range(p)) + 2 * rng.logistic(size=n)
    columns = {f"x{i}": np.clip(np.round(7 + 1.6 * z[i]), 1, 10).astype(np.int64) for i in range(p)}
    return {**columns, "y": (pull > 0).astype(np.int64), "block": np.arange(n, dtype=np.int64) % 200}


@dataclass(frozen=True)
class Took:
    """Milliseconds by the clock, and of CPU time over all threads."""

    clock: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.clock:10,.1f} ms ({self.cpu:10,.1f} CPU)"

    def over(self, other: Took) -> str:
        return f"{self.clock / other.clock:8,.1f} x ({self.cpu / other.cpu:,.1f} x CPU)"


def best(run: Callable[[], Any], times: int) -> Took:
    """The fastest of some runs."""
    found = []
    for _ in range(times):
        clock, cpu = perf_counter(), process_time()
        run()
        found.append((1000 * (perf_counter() - clock), 1000 * (process_time() - cpu)))
    return Took(*map(min, zip(*found)))


def of_everybody(found: Sums) -> Any:
    """Centred sums of all rows."""
    return centred(found.products.sum(axis=0)[None].astype(float))


def with_intervals(engine: DuckDBEngine, columns: list[str]) -> Any:
    """Scan, LMG, and 1,000 replicates of shares and effects, as a build does it."""
    by_block = sums(engine, "t", columns).by_block().astype(float)
    resampled = centred(np.tensordot(Resampling(b"a benchmark").weights(REPLICATES), by_block, axes=1))
    shares, _, _ = explained(resampled, 0)
    return np.percentile(shares[:, 1:], [2.5, 97.5], axis=1), slopes(resampled)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("-p", type=int, default=16, help="drivers")
    given = parser.parse_args()
    data = rows(given.rows, given.p)
    columns = [f"x{i}" for i in range(given.p)] + ["y"]
    with DuckDBEngine(2) as engine:
        engine.register("t", pa.table(data))
        plain = "SELECT block, " + ", ".join(f"sum({c}) AS {c}" for c in columns) + " FROM t GROUP BY block"
        floors, wholes = [], []
        for _ in range(7):  # in turn, so that a busy moment falls on both
            floors.append(best(lambda: engine.query(plain), 1))
            wholes.append(best(lambda: sums(engine, "t", columns), 1))
        floor, whole = (Took(min(t.clock for t in all), min(t.cpu for t in all)) for all in (floors, wholes))
        found = sums(engine, "t", columns)
        matrix = np.column_stack([data[c] for c in columns]).astype(np.int64) - found.low
        assert (found.by_block().sum(axis=0)[1:, 1:] == matrix.T @ matrix).all(), "the sums are not exact"
        ready = of_everybody(found)
        once = best(lambda: lmg(ready[:, :, 0]), 5)
        scan = best(lambda: lmg(of_everybody(sums(engine, "t", columns, ()))[:, :, 0]), 5)
        intervals = best(lambda: with_intervals(engine, columns), 2)
    print(f"n = {given.rows:,}, p = {given.p}")
    print(f"DuckDB sums {len(columns)} columns by block  {floor}")
    print(f"sums of products by block      {whole} {whole.over(floor)} that sum")
    print(f"LMG once the sums exist        {once}")
    print(f"scan + LMG                     {scan}")
    print(f"scan + LMG + 1,000 replicates  {intervals}")
    import pandas as pd
    import pingouin

    frame = pd.DataFrame({c: data[c].astype(float) for c in columns})
    x, y = frame[columns[:-1]], frame["y"]
    theirs: list[Any] = []
    one = best(lambda: theirs.append(pingouin.linear_regression(x, y, relimp=True)), 1)
    assert np.allclose(theirs[0]["relimp"].to_numpy()[1:], lmg(ready[:, :, 0]).shares, atol=1e-9), "other shares"
    print(f"pingouin, the same shares      {one} {one.over(scan)} scan + LMG")
    at = np.random.default_rng(2).integers(0, given.rows, given.rows)
    each = best(lambda: pingouin.linear_regression(x.iloc[at], y.iloc[at], relimp=True), 1)
    all_of_them = Took(1000 * each.clock, 1000 * each.cpu)
    print(f"pingouin, 1,000 replicates     {all_of_them} {all_of_them.over(intervals)} ours (one measured, multiplied)")


if __name__ == "__main__":
    main()
