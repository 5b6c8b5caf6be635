"""What chance alone does to scores of people: identical people, each with a handful of answers, still spread wide.

The reason for having no scorecards, shown with the company's own shares of promoters and detractors. Nothing here is
about anybody: the people are imagined, and all have the same true score.

The median gap is exact: the range of independent, equally distributed scores has P(range <= r) = sum over a of
P(a <= score <= a + r)^n - P(a < score <= a + r)^n (David and Nagaraja, Order Statistics, 3rd ed. 2003, ch. 2).
Checked against a simulation and against counting every case (tests/test_chance.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PEOPLE = 20
ANSWERS = 20
DRAWS = 4000
SEED = 20


@dataclass(frozen=True)
class Chance:
    """``score``: the true NPS they share, in points. ``gap``: median distance between best and worst, in points.
    ``scores``: one draw with that gap, lowest first."""

    people: int
    answers: int
    score: float
    gap: int
    scores: tuple[int, ...]


def chance(promoters: float, detractors: float, people: int = PEOPLE, answers: int = ANSWERS) -> Chance:
    """Scores of identical people by chance alone; shares of promoters and detractors from 0 to 1.

    Raises ValueError when the shares are no shares. The example is drawn with a fixed seed: the page says the same on
    every visit."""
    if promoters < 0 or detractors < 0 or promoters + detractors > 1 or people < 2 or answers < 1:
        raise ValueError("promoters and detractors are shares of the same answers, of at least two people")
    law = _one_score(promoters, detractors, answers)
    steps = median_range(law, people)
    drawn = np.random.default_rng(SEED).choice(law.size, size=(DRAWS, people), p=law)
    ranges = drawn.max(axis=1) - drawn.min(axis=1)
    typical = np.sort(drawn[int(np.argmin(np.abs(ranges - steps)))]) - answers
    return Chance(
        people=people,
        answers=answers,
        score=100 * (promoters - detractors),
        gap=round(100 * steps / answers),
        scores=tuple(round(100 * int(s) / answers) for s in typical),
    )


def gap(promoters: float, detractors: float, people: int, answers: int) -> int:
    """Median distance between best and worst of identical people, in points; arguments as for ``chance``."""
    return round(100 * median_range(_one_score(promoters, detractors, answers), people) / answers)


def median_range(law: NDArray[np.float64], people: int) -> int:
    """Median of max - min of ``people`` independent draws from ``law``, the probabilities of 0, 1, 2, ..."""
    below = np.concatenate([[0.0], np.cumsum(law)])
    for steps in range(law.size):
        low = np.arange(-steps, law.size)
        first, last = np.maximum(low, 0), np.minimum(low + steps + 1, law.size)
        whole = below[last] - below[first]
        without = np.where(low >= 0, whole - law[first], whole)
        if float(np.sum(whole**people - without**people)) >= 0.5:
            return steps
    return law.size - 1


def _one_score(promoters: float, detractors: float, answers: int) -> NDArray[np.float64]:
    """Probabilities of promoters minus detractors among the answers of one person, from -answers to +answers."""
    one = np.array([detractors, max(0.0, 1 - promoters - detractors), promoters])
    law = np.ones(1)
    for _ in range(answers):
        law = np.convolve(law, one)
    total: NDArray[np.float64] = law / law.sum()
    return total
