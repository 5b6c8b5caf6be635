"""The engine's sums are numpy's, to the last digit, and a model knows no difference between them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.engines.duckdb import DuckDBEngine
from metrics.errors import Refusal, Refused
from metrics.loyalty.drivers import Term, fit
from metrics.loyalty.sums import Sums, sums
from tests.conftest import FULL
from tests.loyalty.rows import DRAWN, sums_of


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    with DuckDBEngine() as made:
        yield made


def put(engine: DuckDBEngine, columns: dict[str, np.ndarray]) -> None:
    engine.register("t", pa.table(columns))


@settings(max_examples=25 * FULL, deadline=None)
@given(
    st.integers(0, 2**32),
    st.integers(1, 400),
    st.lists(st.sampled_from([0, 1, 9, 100, 10_000, 4_000_000]), min_size=1, max_size=9),
)
def test_sums_of_products_equal_numpy_exactly(engine: DuckDBEngine, seed: int, n: int, widths: list[int]) -> None:
    """Negative and wide columns, few rows and many, one product a number or three."""
    rng = np.random.default_rng(seed)
    columns = {f"x{i}": rng.integers(-w // 2, w // 2 + 1, n) for i, w in enumerate(widths)}
    block, period = rng.integers(0, 200, n), rng.integers(0, 3, n)
    put(engine, {**columns, "block": block, "period": period})
    found = sums(engine, "t", list(columns), ("period", "block"))
    expected = sums_of(columns, block)
    assert (found.low == expected.low).all()
    by_block = found.by_block()
    assert by_block.dtype == np.int64
    assert (by_block[expected.parts[:, 0].astype(int)] == expected.products).all()
    assert by_block.sum() == expected.products.sum()
    alone = sums(engine, "t", list(columns), ())
    assert (alone.products == found.products.sum(axis=0)[None]).all() and (alone.low == found.low).all()
    for p in set(period.tolist()):
        chosen = period == p
        x = np.column_stack(
            [np.ones(chosen.sum(), int), *(c[chosen] - low for c, low in zip(columns.values(), found.low))]
        )
        assert (found.only("period", p).products.sum(axis=0) == x.T @ x).all()


def test_some_of_the_columns_in_another_order(engine: DuckDBEngine) -> None:
    rng = np.random.default_rng(1)
    columns = {name: rng.integers(0, 10, 100) for name in "abc"}
    put(engine, {**columns, "block": np.arange(100)})
    part = sums(engine, "t", list("abc")).of(["c", "a"])
    alone = sums(engine, "t", ["c", "a"])
    assert part.columns == ("c", "a") and (part.products == alone.products).all() and (part.low == alone.low).all()


def test_a_million_and_a_billion_do_not_overflow_in_silence(engine: DuckDBEngine) -> None:
    put(engine, {"a": np.array([0, 2**31]), "block": np.array([0, 0])})
    with pytest.raises(Refusal) as no:
        sums(engine, "t", ["a"])
    assert no.value.kind is Refused.TOO_FEW


def test_no_rows_no_sums(engine: DuckDBEngine) -> None:
    put(engine, {"a": np.array([], dtype=np.int64), "block": np.array([], dtype=np.int64)})
    with pytest.raises(Refusal) as no:
        sums(engine, "t", ["a"])
    assert no.value.kind is Refused.NO_SIGNAL


def test_a_model_from_sums_is_the_model_from_rows_for_every_cut(engine: DuckDBEngine) -> None:
    """Everybody, each segment, each period: the parts of two passes of the engine against rows picked with numpy."""
    rng = np.random.default_rng(3)
    n = 4000
    customer = rng.integers(0, 3000, n)
    base = rng.normal(size=n)
    x = {f"x{i}": np.clip(np.round(6 + 2 * base + rng.normal(size=n)), 1, 10).astype(np.int64) for i in range(4)}
    y = (rng.random(n) < 1 / (1 + np.exp(-(x["x0"] + x["x1"] - 12) / 3))).astype(np.int64)
    segment, period = rng.integers(0, 3, n), rng.integers(0, 2, n)
    control = (segment == 1).astype(np.int64)
    columns = {**x, "c": control, "y": y}
    put(engine, {**columns, "block": customer % 200, "segment": segment, "period": period})
    terms = [Term(name, driver=name) for name in x]

    def model(found: Sums) -> object:
        return fit(found, terms, Term("y", 100.0), DRAWN, ("c",))

    by = {key: sums(engine, "t", list(columns), (key, "block")) for key in ("segment", "period")}
    cuts = [(by["segment"], np.full(n, True)), (by["period"], np.full(n, True))]
    cuts += [(by["segment"].only("segment", v), segment == v) for v in range(3)]
    cuts += [(by["period"].only("period", v), period == v) for v in range(2)]
    for found, chosen in cuts:
        rows = sums_of({name: column[chosen] for name, column in columns.items()}, customer[chosen])
        assert model(found) == model(rows)
