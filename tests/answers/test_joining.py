"""Cells over several blocks: a sum only where whole cells match, checked against sums over rows."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.joining import Piece, join
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
