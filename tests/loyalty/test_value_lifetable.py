"""The product-limit estimate against printed values and against statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from metrics.loyalty.value.lifetable import product_limit

#: Weeks in remission on 6-mercaptopurine (Freireich et al., Blood 21, 1963); printed with its estimate in Kalbfleisch
#: and Prentice, "The Statistical Analysis of Failure Time Data".
LEFT = (6, 6, 6, 7, 10, 13, 16, 22, 23)
WATCHED = (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
PRINTED = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
ERRORS = {6: 0.0764, 7: 0.0869, 10: 0.0963, 13: 0.1068, 16: 0.1141, 22: 0.1282, 23: 0.1346}


def steps(left: tuple[int, ...], watched: tuple[int, ...]) -> list[tuple[float, float, float]]:
    every = (*left, *watched)
    return [(t, sum(e >= t for e in every), left.count(t)) for t in sorted(set(left))]


def test_the_printed_example() -> None:
    found = {s.age: s for s in product_limit(steps(LEFT, WATCHED))}
    assert {age: round(s.still, 3) for age, s in found.items()} == PRINTED
    assert {age: round(s.error, 4) for age, s in found.items()} == ERRORS


def test_statsmodels_gives_the_same() -> None:
    rng = np.random.default_rng(1)
    times, limit = np.ceil(rng.exponential(50, 300)), np.ceil(rng.uniform(10, 120, 300))
    seen, happened = np.minimum(times, limit), times <= limit
    theirs = SurvfuncRight(seen, happened.astype(int))
    mine = product_limit(
        [(t, float((seen >= t).sum()), float((happened & (seen == t)).sum())) for t in theirs.surv_times]
    )
    assert [s.still for s in mine] == pytest.approx(theirs.surv_prob, rel=1e-12)
    assert [s.error for s in mine] == pytest.approx(theirs.surv_prob_se, rel=1e-9)


def test_a_cohort_that_could_not_yet_return_is_not_a_drop() -> None:
    """Half of an old cohort came back by day 90, half of the rest by day 180; a young one was watched for 90 days. Its
    customers say nothing about day 180."""
    found = product_limit([(90, 1000 + 500, 500 + 250), (180, 500, 250)])
    assert [s.still for s in found] == pytest.approx([0.5, 0.25])
    assert found[1].error / found[1].still > found[0].error / found[0].still


def test_nobody_at_risk_ends_the_table() -> None:
    assert [s.age for s in product_limit([(30, 10, 2), (60, 0, 0), (90, 5, 1)])] == [30]
    nobody = product_limit([(30, 10, 0)])[0]
    assert (nobody.still, nobody.low, nobody.high) == (1, 1, 1)
