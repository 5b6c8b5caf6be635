"""Cells over several blocks: a sum only where whole cells match, checked against sums over rows."""

from __future__ import annotations

from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.answers import Grain, Request, ask
from metrics.joining import Piece, join
from metrics.release import FORMAT, Release, write
from metrics.strategy.load import load
from tests.attacks.planted import padded
from tests.build.small import STRATEGY
from tests.conftest import FULL

ORDER = {"channel": ("store", "zalo", "website", "facebook"), "stage": ("buy", "support")}


def piece(period: str, channel: tuple[str, ...], n: float, stage: tuple[str, ...] | None = None) -> Piece:
    dims = (("channel", channel), *((("stage", stage),) if stage else ()))
    return Piece(period, dims, {"n": n})


def test_a_value_pooled_in_one_block_is_not_shown_alone_over_both() -> None:
    """Named after the lie: Zalo's year would silently be two of its four quarters."""
    pieces = [
        piece("2025-Q1", ("store",), 50),
        piece("2025-Q1", ("zalo", "website", "facebook"), 30),
        piece("2025-Q2", ("store",), 60),
        piece("2025-Q2", ("zalo",), 20),
        piece("2025-Q2", ("website", "facebook"), 25),
    ]
    joined = {p.values("channel"): p.sums["n"] for p in join(pieces, "all", (), ORDER)}
    assert joined == {("store",): 110, ("zalo", "website", "facebook"): 75}


def test_a_scope_of_two_values_is_their_sum() -> None:
    pieces = [piece("2025-Q1", ("store",), 50), piece("2025-Q1", ("zalo",), 30)]
    (row,) = join(pieces, "2025-Q1", ("channel",), ORDER)
    assert row.values("channel") == ("store", "zalo") and row.sums["n"] == 80


def test_nothing_gives_nothing() -> None:
    assert join([], "all", (), ORDER) == []


@settings(max_examples=60 * FULL, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_rows_over_blocks_equal_sums_over_leaves(seed: int) -> None:
    """Random partitions per block: every joined row equals the sum of the leaves it names, and rows are disjoint."""
    rng = np.random.default_rng(seed)
    leaves = {
        (b, c, s): float(rng.integers(1, 50)) for b, c, s in product(("1", "2"), ORDER["channel"], ORDER["stage"])
    }
    pieces = []
    for block in ("1", "2"):
        for channels in _partition(rng, ORDER["channel"]):
            for stages in _partition(rng, ORDER["stage"]):
                n = sum(leaves[block, c, s] for c in channels for s in stages)
                pieces.append(Piece(f"2025-Q{block}", (("channel", channels), ("stage", stages)), {"n": n}))
    seen: set[tuple[str, str]] = set()
    for row in join(pieces, "all", (), ORDER):
        points = set(product(row.values("channel"), row.values("stage")))
        assert not points & seen
        seen |= points
        assert row.sums["n"] == pytest.approx(sum(leaves[b, c, s] for b in ("1", "2") for c, s in points))


def _partition(rng: np.random.Generator, values: tuple[str, ...]) -> list[tuple[str, ...]]:
    cuts = [i for i in range(1, len(values)) if rng.random() < 0.5]
    edges = [0, *cuts, len(values)]
    return [values[a:b] for a, b in pairwise(edges)]


def test_a_filtered_row_named_store_and_hotline_leaves_no_hotline_out(tmp_path: Path) -> None:
    """A filter by store once kept the store's own cell of one quarter and the pool of the other, and named the sum
    "store + hotline": of the first quarter the hotline was missing."""
    (tmp_path / "strategy.yaml").write_text(STRATEGY, encoding="utf-8")
    strategy = load(tmp_path / "strategy.yaml").strategy
    assert strategy is not None
    key = "complaint_rate"
    cells = [(1, ("store",)), (2, ("hotline",)), (3, ("store", "hotline")), (4, ("website",))]
    sizes = {
        ("2025-Q4", 1): 100.0,
        ("2025-Q4", 2): 50.0,
        ("2025-Q4", 4): 7.0,
        ("2026-Q1", 3): 30.0,
        ("2026-Q1", 4): 9.0,
    }
    number = [(key, "by_channel", 1, p, cell, m, n) for (p, cell), n in sizes.items() for m in ("n", "complaints")]
    write(
        tmp_path / "release.duckdb",
        {
            "cell": [(c, "by_channel", i, "channel", v) for c, values in cells for i, v in enumerate(values)],
            "number": padded("number", number),
            "strategy": [(strategy.model_dump_json(),)],
            "meta": [("format", FORMAT), ("as_of", "2026-04-05")],
        },
    )
    release = Release(tmp_path / "release.duckdb")
    for value in ("store", "hotline"):
        request = Request("complaints", by=("channel",), within=(("channel", value),), grain=Grain.ALL)
        (row,) = ask(release, request).rows
        assert (row.values("channel"), row.n) == (("store", "hotline"), 180)
    whole = ask(release, Request("complaints", by=("channel",), grain=Grain.ALL)).rows
    assert [(r.values("channel"), r.n) for r in whole] == [(("store", "hotline"), 180), (("website",), 16)]
    release.close()
