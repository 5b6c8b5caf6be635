"""What chance alone does to scores of people: identical people, each with a handful of answers, still spread wide.

The reason for having no scorecards, shown with the company's own shares of promoters and detractors. Nothing here is
about anybody: the people are simulated, and all have the same true score.
Checked against the exact distribution of the range of independent multinomial scores (tests/test_chance.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

PEOPLE = 20
ANSWERS = 20
DRAWS = 4001
SEED = 20


@dataclass(frozen=True)
class Chance:
    """``score``: the true NPS they share, in points. ``gap``: median over all draws of the distance between best and
    worst. ``scores``: one draw with exactly that gap, lowest first."""

    people: int
    answers: int
    score: float
    gap: int
    scores: tuple[int, ...]


def chance(promoters: float, detractors: float, people: int = PEOPLE, answers: int = ANSWERS) -> Chance:
    """Scores of identical people by chance alone; shares of promoters and detractors from 0 to 1.

    Raises ValueError when the shares are no shares. The seed is fixed: the page says the same on every visit."""
    if promoters < 0 or detractors < 0 or promoters + detractors > 1 or people < 2 or answers < 1:
        raise ValueError("promoters and detractors are shares of the same answers, of at least two people")
    shares = [promoters, max(0.0, 1 - promoters - detractors), detractors]
    drawn = np.random.default_rng(SEED).multinomial(answers, shares, size=(DRAWS, people))
    scores = 100 * (drawn[:, :, 0] - drawn[:, :, 2]) / answers
    gaps = scores.max(axis=1) - scores.min(axis=1)
    middle = float(np.sort(gaps)[DRAWS // 2])
    typical = scores[int(np.flatnonzero(np.isclose(gaps, middle))[0])]
    return Chance(
        people=people,
        answers=answers,
        score=100 * (promoters - detractors),
        gap=round(middle),
        scores=tuple(sorted(round(float(s)) for s in typical)),
    )
