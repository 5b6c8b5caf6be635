"""The product-limit estimate against printed values and against statsmodels."""

from __future__ import annotations

import json
from pathlib import Path

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

#: Days of 228 patients with advanced lung cancer until death, and until last seen (Loprinzi et al., Journal of Clinical
#: Oncology 12(3), 1994); ``lung`` of R's survival package.
DIED = (
    5, 11, 11, 11, 12, 13, 13, 15, 26, 30, 31, 53, 53, 54, 59, 60, 60, 61, 62, 65, 65, 71, 79, 81, 81, 88, 88,
    92, 93, 95, 95, 105, 107, 107, 110, 116, 118, 122, 131, 132, 132, 135, 142, 144, 145, 145, 147, 153, 156,
    156, 163, 163, 163, 166, 166, 167, 170, 175, 176, 177, 179, 179, 180, 181, 181, 182, 183, 186, 189, 194,
    197, 199, 201, 201, 202, 207, 208, 210, 212, 218, 222, 223, 226, 229, 230, 239, 239, 245, 246, 267, 268,
    269, 270, 283, 284, 285, 285, 286, 288, 291, 293, 301, 303, 305, 306, 310, 310, 320, 329, 337, 340, 345,
    348, 350, 351, 353, 353, 361, 363, 363, 364, 371, 371, 387, 390, 394, 426, 428, 429, 433, 442, 444, 450,
    455, 457, 460, 473, 477, 519, 520, 524, 524, 533, 550, 558, 567, 574, 583, 613, 624, 641, 643, 654, 655,
    687, 689, 705, 707, 728, 731, 735, 765, 791, 814, 883,
)  # fmt: skip
SEEN = (
    92, 105, 173, 174, 175, 177, 185, 188, 191, 192, 196, 197, 202, 203, 211, 221, 222, 224, 225, 225, 235, 237,
    240, 243, 252, 259, 266, 269, 272, 276, 279, 284, 292, 292, 296, 300, 301, 303, 315, 332, 356, 364, 376,
    382, 384, 404, 413, 444, 458, 511, 511, 529, 543, 551, 559, 588, 740, 806, 821, 840, 965, 1010, 1022,
)  # fmt: skip
#: Of R 4.2.2 and survival: median, share at 365 days, its standard error.
LUNG = {"median": 310, "S365": 0.4092416245, "se365": 0.03582363817}


def steps(left: tuple[int, ...], watched: tuple[int, ...]) -> list[tuple[float, float, float]]:
    every = (*left, *watched)
    return [(t, sum(e >= t for e in every), left.count(t)) for t in sorted(set(left))]


def test_the_printed_example() -> None:
    found = {s.age: s for s in product_limit(steps(LEFT, WATCHED))}
    assert {age: round(s.still, 3) for age, s in found.items()} == PRINTED
    assert {age: round(s.error, 4) for age, s in found.items()} == ERRORS


def test_lung_cancer_as_r_has_it() -> None:
    found = product_limit(steps(DIED, SEEN))
    assert (len(DIED), len(SEEN)) == (165, 63)
    assert next(s.age for s in found if s.still <= 0.5) == LUNG["median"]
    at_year = [s for s in found if s.age <= 365][-1]
    assert (at_year.still, at_year.error) == pytest.approx((LUNG["S365"], LUNG["se365"]), abs=5.1e-11)


@pytest.mark.real
def test_these_are_the_references_beside_the_data(shared: Path) -> None:
    assert json.loads((shared.parent / "reference" / "models.json").read_text())["km_lung"] == LUNG


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
