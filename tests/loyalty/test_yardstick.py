"""The yardstick of our survival figures is right itself: statsmodels gives a published hazard model to its digits.

The product fits no hazard model (its models come from sums); its curve of customers who come back is held against
statsmodels in ``test_value_lifetable``, and here statsmodels against R's ``survival`` and lifelines on the same people.

``rossi.csv``: 432 men released from prison, followed for a year (Rossi, Berk and Lenihan, Money, Work and Crime, 1980),
as the lifelines package ships them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.hazard_regression import PHReg

KNOWN = {
    "fin": -0.37942216649, "age": -0.05743774268, "race": 0.31389978784, "wexp": -0.14979569767, "mar": -0.43370387794,
    "paro": -0.0848710825, "prio": 0.09149708099, "loglik": -658.7476594, "C": 0.6403292471,
}  # fmt: skip
COLUMNS = [name for name in KNOWN if name not in ("loglik", "C")]


@pytest.fixture(scope="module")
def men() -> pd.DataFrame:
    return pd.read_csv(Path(__file__).with_name("rossi.csv")).astype(float)


def test_the_published_hazard_model(men: pd.DataFrame) -> None:
    found = PHReg(men["week"], men[COLUMNS], status=men["arrest"], ties="efron").fit()
    assert dict(zip(COLUMNS, found.params)) == pytest.approx({c: KNOWN[c] for c in COLUMNS}, abs=1e-8)
    assert found.llf == pytest.approx(KNOWN["loglik"], abs=1e-6)
    assert concordance(men, men[COLUMNS].to_numpy() @ found.params) == pytest.approx(KNOWN["C"], abs=1e-9)


def concordance(men: pd.DataFrame, risk: np.ndarray) -> float:
    """Harrell's C: of pairs in which one is known to have been arrested first, how often he had the higher risk."""
    week, arrest = men["week"].to_numpy(), men["arrest"].to_numpy() == 1
    sooner = (week[:, None] < week) | ((week[:, None] == week) & ~arrest[None, :])
    pairs = arrest[:, None] & sooner & ~np.eye(len(men), dtype=bool)
    higher = (risk[:, None] > risk) + 0.5 * (risk[:, None] == risk)
    return float(higher[pairs].sum() / pairs.sum())


@pytest.mark.real
def test_these_are_the_reference_numbers(shared: Path) -> None:
    assert json.loads((shared.parent / "reference" / "models.json").read_text())["cox_rossi"] == KNOWN
