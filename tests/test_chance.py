"""What identical people differ by: the exact median against a simulation, and against counting every case."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from metrics.chance import chance, median_range


def simulated_shares_within(p: float, d: float, points: float, people: int = 20, answers: int = 20) -> float:
    """Share of 100,000 drawn companies whose best and worst lie at most ``points`` apart."""
    drawn = np.random.default_rng(7).multinomial(answers, [p, 1 - p - d, d], size=(100_000, people))
    scores = 100 * (drawn[:, :, 0] - drawn[:, :, 2]) / answers
    return float(np.mean(scores.max(axis=1) - scores.min(axis=1) <= points + 1e-9))


@pytest.mark.parametrize(("p", "d"), [(0.45, 0.21), (0.40, 0.18), (0.30, 0.30), (0.60, 0.10), (0.9, 0.05)])
def test_the_gap_is_the_median_of_a_simulation(p: float, d: float) -> None:
    gap = chance(p, d).gap
    assert simulated_shares_within(p, d, gap) >= 0.49
    assert simulated_shares_within(p, d, gap - 5) <= 0.51


@pytest.mark.parametrize("law", [[0.2, 0.5, 0.3], [0.1, 0.1, 0.1, 0.7], [0.25] * 4, [0.0, 1.0]])
@pytest.mark.parametrize("people", [2, 3, 4])
def test_the_median_range_counts_every_case(law: list[float], people: int) -> None:
    reach = [0.0] * len(law)
    for case in product(range(len(law)), repeat=people):
        reach[max(case) - min(case)] += float(np.prod([law[c] for c in case]))
    expected = int(np.argmax(np.cumsum(reach) >= 0.5 - 1e-12))
    assert median_range(np.array(law), people) == expected


def test_twenty_identical_people_with_twenty_answers_are_65_points_apart() -> None:
    """The reference of the design, for a true score of +24."""
    found = chance(0.45, 0.21)
    assert (found.people, found.answers, round(found.score), found.gap) == (20, 20, 24, 65)


def test_the_drawn_example_has_the_gap_that_is_claimed() -> None:
    found = chance(0.35, 0.25)
    assert len(found.scores) == found.people
    assert found.scores[-1] - found.scores[0] == found.gap
    assert list(found.scores) == sorted(found.scores)
    assert found == chance(0.35, 0.25)


@pytest.mark.parametrize(("p", "d"), [(0.8, 0.3), (-0.1, 0.2), (0.2, -0.1)])
def test_what_is_no_share_is_refused(p: float, d: float) -> None:
    with pytest.raises(ValueError, match="shares"):
        chance(p, d)
