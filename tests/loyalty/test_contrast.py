"""Must-haves and delighters, drivers that say the same, and drivers that give the outcome away."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest
from statsmodels.api import OLS, add_constant
from statsmodels.stats.outliers_influence import variance_inflation_factor

from metrics.engines.duckdb import DuckDBEngine
from metrics.loyalty.contrast import Levels, cut, ends, leaks, levels
from metrics.loyalty.drivers import Term
from metrics.loyalty.evidence import Kind, Method, Shape
from metrics.loyalty.lmg import Array, lmg, products
from tests.loyalty.rows import DRAWN, fitted


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    with DuckDBEngine() as made:
        yield made


def scores(rng: np.random.Generator, n: int, p: int, mean: float = 6.5) -> Array:
    halo = rng.normal(size=(n, 1))
    out: Array = np.clip(np.round(mean + 1.8 * (0.5 * halo + 0.87 * rng.normal(size=(n, p)))), 1, 10)
    return out


def put(engine: DuckDBEngine, x: Array, y: Array) -> list[Term]:
    columns = {f"x{i}": x[:, i].astype(np.int64) for i in range(x.shape[1])}
    engine.register("t", pa.table({**columns, "y": y.astype(np.int64), "block": np.arange(len(y)) % 200}))
    return [Term(name, driver=name) for name in columns]


def test_must_have_linear_and_delighter_are_told_apart(engine: DuckDBEngine) -> None:
    """Planted: x0 hurts when poor and helps no more above the middle, x1 is a line, x2 only delights, x3 is nothing."""
    rng = np.random.default_rng(1)
    x = scores(rng, 6000, 4)
    felt = 3 * np.minimum(x[:, 0], 6) + 1.5 * x[:, 1] + 3 * np.maximum(x[:, 2], 7) + 4 * rng.normal(size=6000)
    terms = put(engine, x, np.round(10 * felt))
    model = fitted(list("0123"), x, np.round(10 * felt), np.arange(6000))
    sure = {terms[int(r.term.driver)] for r in model.rows if r.effect_low > 0 or r.effect_high < 0}
    at = [levels(engine, "t", t.column, "y") for t in terms]
    found = ends(engine, "t", terms, at, Term("y", 0.1), DRAWN, sure=sure)
    assert [found[t].shape for t in terms] == [Shape.MUST_HAVE, Shape.LINEAR, Shape.DELIGHTER, Shape.UNCLEAR]
    assert found[terms[0]].penalty[2] < -3 and found[terms[2]].reward[1] > 3
    assert terms[3] not in sure


def test_penalty_and_reward_are_the_dummies_of_a_regression(engine: DuckDBEngine) -> None:
    rng = np.random.default_rng(2)
    x = scores(rng, 3000, 2)
    y = (rng.random(3000) < 1 / (1 + np.exp(-(x.sum(axis=1) - 13) / 3))).astype(float)
    terms = put(engine, x, y)
    at = [levels(engine, "t", t.column, "y") for t in terms]
    found = ends(engine, "t", terms, at, Term("y", 100.0), DRAWN)
    cuts = [cut(a) for a in at]
    dummies = [f for i, c in enumerate(cuts) if c for f in (x[:, i] <= c[0], x[:, i] >= c[1])]
    ols = OLS(100 * y, add_constant(np.column_stack(dummies).astype(float))).fit(cov_type="HC1")
    for i, t in enumerate(terms):
        for k, end in ((1 + 2 * i, found[t].penalty), (2 + 2 * i, found[t].reward)):
            low, high = ols.conf_int()[k]
            assert end[0] == pytest.approx(ols.params[k], rel=5e-3)
            assert end[1:] == pytest.approx((low, high), abs=0.12 * (high - low))


def test_a_straight_line_stays_straight_where_answers_pile_up_at_the_top(engine: DuckDBEngine) -> None:
    """Friendly staff, mean 8.6: nearly everybody is close to the top, and the low end lies far from the middle."""
    rng = np.random.default_rng(3)
    x = scores(rng, 20_000, 2, mean=8.6)
    terms = put(engine, x, np.round(10 * (x.sum(axis=1) + 2 * rng.normal(size=20_000))))
    at = [levels(engine, "t", t.column, "y") for t in terms]
    found = ends(engine, "t", terms, at, Term("y", 0.1), DRAWN, sure=terms)
    assert {e.shape for e in found.values()} == {Shape.LINEAR}
    assert all(-e.penalty[0] > 1.3 * e.reward[0] for e in found.values()), "the penalty is larger, the slope is not"


def test_a_yes_or_no_has_no_ends() -> None:
    assert cut(Levels(np.array([0, 1]), np.array([50.0, 50.0]), np.zeros(2), np.zeros(2))) is None


def test_ends_that_are_rare_are_not_told() -> None:
    rows = np.array([1.0, 1.0, 98.0, 100.0])
    assert cut(Levels(np.arange(4), rows, np.zeros(4), np.zeros(4))) is None


def of(score: Array, y: Array) -> Levels:
    value = np.unique(score)
    counted = [(score == v) for v in value]
    return Levels(
        value.astype(np.int64),
        np.array([float(c.sum()) for c in counted]),
        np.array([float(y[c].sum()) for c in counted]),
        np.array([float((y[c] ** 2).sum()) for c in counted]),
    )


def test_a_score_recorded_from_the_outcome_is_a_leak() -> None:
    rng = np.random.default_rng(4)
    left = rng.random(2000) < 0.3
    after = np.where(left, 1 + (rng.random(2000) < 0.3), 4 + (rng.random(2000) < 0.5)).astype(float)
    honest = np.clip(np.round(3.4 - 1.2 * left + rng.normal(size=2000)), 1, 5)
    assert leaks(of(after, left.astype(float)), Kind.BEHAVIOUR)
    assert not leaks(of(honest, left.astype(float)), Kind.BEHAVIOUR)
    assert leaks(of(after, after), Kind.STATED) and not leaks(of(honest, after), Kind.STATED)


def test_a_rare_level_settles_nothing() -> None:
    """Three customers who all came back are no proof that a ten brings everybody back."""
    score = np.array([5.0] * 500 + [10.0] * 3)
    y = np.array([0.0, 1.0] * 250 + [1.0] * 3)
    assert not leaks(of(score, y), Kind.BEHAVIOUR)


def test_drivers_that_say_nearly_the_same_are_one_group() -> None:
    rng = np.random.default_rng(5)
    x = rng.normal(size=(2000, 4))
    x[:, 1] = x[:, 0] + 0.2 * rng.normal(size=2000)
    y = x[:, 0] + x[:, 2] + rng.normal(size=2000)
    model = fitted(list("abcd"), x, y, np.arange(2000))
    row = {r.term.driver: r for r in model.rows}
    assert (row["a"].cluster, row["b"].cluster, row["c"].cluster, row["d"].cluster) == (1, 1, 0, 0)
    for i, name in enumerate("abcd"):
        expected = variance_inflation_factor(add_constant(x), i + 1)
        assert row[name].vif == pytest.approx(expected, rel=0.01)
    grouped = lmg(products(np.column_stack([x, y])), groups=[(0, 1), (2,), (3,)])
    assert row["a"].cluster_share == pytest.approx(100 * grouped.shares[0] / grouped.r2, rel=0.01)
    low, share, high = row["b"].cluster_low, row["b"].cluster_share, row["b"].cluster_high
    assert low is not None and share is not None and high is not None and low < share < high


def test_controls_are_partialled_out() -> None:
    rng = np.random.default_rng(6)
    x = rng.normal(size=(3000, 3))
    region = (x[:, 0] + rng.normal(size=3000) > 0).astype(np.int64)
    y = x[:, 1] + 2 * region + rng.normal(size=3000)
    model = fitted(list("abc"), x, y, np.arange(3000), controls={"region": region})
    found = lmg(products(np.column_stack([x, region, y])), controls=[3])
    expected = 100 * found.shares / (found.r2 - found.r2_controls)
    ols = OLS(y, add_constant(np.column_stack([x, region]))).fit()
    for row in model.rows:
        i = "abc".index(row.term.driver)
        assert row.share == pytest.approx(expected[i], rel=5e-3, abs=5e-3)
        assert row.effect == pytest.approx(ols.params[1 + i], rel=5e-3, abs=2e-3)
    assert model.r2_controls == pytest.approx(found.r2_controls, rel=5e-3)


def test_twenty_drivers_have_intervals_too() -> None:
    """2^20 subsets a thousand times would take a day; the delta method takes seconds, and is near the bootstrap."""
    rng = np.random.default_rng(7)
    x = rng.normal(size=(4000, 20)) + rng.normal(size=(4000, 1))
    y = x[:, :4].sum(axis=1) + 4 * rng.normal(size=4000)
    model = fitted([f"{i:02}" for i in range(20)], x, y, np.arange(4000))
    assert model.method is Method.DELTA and sum(r.share for r in model.rows) == pytest.approx(100, abs=0.5)
    assert {r.term.driver for r in model.rows[:4]} == {"00", "01", "02", "03"}
    assert all(r.low < r.share < r.high for r in model.rows)
    assert all(r.rank_low <= 4 for r in model.rows[:4]) and all(r.rank_high >= 5 for r in model.rows[4:])


def test_the_delta_method_is_near_the_bootstrap() -> None:
    rng = np.random.default_rng(8)
    x = rng.normal(size=(3000, 6)) + rng.normal(size=(3000, 1))
    y = x[:, :3].sum(axis=1) + 3 * rng.normal(size=3000)
    by = {m: fitted(list("abcdef"), x, y, np.arange(3000), method=m) for m in Method}
    for one, two in zip(by[Method.BOOTSTRAP].rows, by[Method.DELTA].rows):
        assert one.term == two.term and one.effect_low == two.effect_low
        assert (two.low, two.high) == pytest.approx((one.low, one.high), abs=0.2 * (one.high - one.low))


def test_halves_agree_on_what_is_there_and_not_on_noise() -> None:
    rng = np.random.default_rng(9)
    x = rng.normal(size=(4000, 5))
    clear = fitted(list("abcde"), x, x @ [5.0, 4.0, 3.0, 2.0, 1.0] + rng.normal(size=4000), np.arange(4000))
    noise = fitted(list("abcde"), x, rng.normal(size=4000), np.arange(4000))
    assert clear.halves > 0.95 and all(r.same_halves for r in clear.rows)
    assert noise.halves < 0.5 and not all(r.same_halves for r in noise.rows)


def test_places_are_told_as_ranges() -> None:
    rng = np.random.default_rng(10)
    x = rng.normal(size=(3000, 4))
    model = fitted(list("abcd"), x, x @ [2.0, 1.0, 1.0, 0.0] + 2 * rng.normal(size=3000), np.arange(3000))
    places = {r.term.driver: (r.rank_low, r.rank_high) for r in model.rows}
    assert places == {"a": (1, 1), "b": (2, 3), "c": (2, 3), "d": (4, 4)}
