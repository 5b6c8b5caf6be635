"""Two kinds of figures that must never be taken for each other: a share of what a model explains, and an effect.

A share says how much goes with an outcome; a planted driver that changes nothing still has one. Only an effect can be
multiplied by a move. What-ifs take effects alone, and the type checker sees to it; so does the program.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Share:
    """Percent of explained variance, 0 to 100, with its 95 % interval. It orders drivers and is worth no money."""

    percent: float
    low: float
    high: float


@dataclass(frozen=True)
class Effect:
    """Change of an outcome, in its unit, for one unit of a cause, with its 95 % interval. ``draws``: replicates, which
    belong together across effects: replicate r resampled the same customers in all of them."""

    value: float
    low: float
    high: float
    draws: tuple[float, ...]


def chained(effects: tuple[Effect, ...]) -> Effect:
    """The effect of the first cause on the last outcome: the product, replicate by replicate.

    Raises TypeError for anything that is no Effect, a Share above all, and ValueError without any."""
    import numpy as np

    for effect in effects:
        if not isinstance(effect, Effect):
            raise TypeError("only effects can be chained: a share says nothing of what a change is worth")
    if not effects:
        raise ValueError("no effect to chain")
    most = max(len(e.draws) for e in effects)
    draws = np.ones(most)
    for effect in effects:
        draws = draws * np.array(effect.draws if len(effect.draws) == most else [effect.value] * most)
    value = float(np.prod([e.value for e in effects]))
    if len(effects) == 1:
        return effects[0]
    low, high = np.percentile(draws, [2.5, 97.5])
    return Effect(value, float(low), float(high), tuple(draws.tolist()))
