"""From effects to words: the evidence of a link, and the label of a KPI. Pure rules on figures; no data, no engine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from metrics.errors import Refused
from metrics.loyalty.evidence import Base, Evidence, Label, Why, one_reason
from metrics.loyalty.links import Effect

#: Monthly changes below which they are shown, and nothing is concluded: three years.
FIRM_MONTHS = 36
#: False discoveries among those called discoveries, at most.
FALSE = 0.05


@dataclass(frozen=True)
class Verdict:
    evidence: Evidence
    why: Why


def many(effects: Iterable[Effect]) -> float:
    """The largest p that still counts when so many effects are looked at together (Benjamini and Hochberg, "Controlling
    the False Discovery Rate", JRSS B 57(1), 1995); 0 where none does."""
    found = sorted(e.chance for e in effects)
    passed = [p for i, p in enumerate(found, start=1) if p <= FALSE * i / len(found)]
    return max(passed, default=0.0)


def doubt(effect: Effect, limit: float) -> Why | None:
    """Why nothing may be concluded from an effect, None where something may. ``limit``: see ``many``."""
    if effect.leak:
        return Why.LEAK
    if effect.base is Base.MONTHS and effect.n < FIRM_MONTHS:
        return Why.TOO_FEW
    if not effect.sure:
        return Why.INCLUDES_ZERO
    if effect.chance > limit:
        return Why.ONE_OF_MANY
    return None if effect.stable else Why.UNSTABLE


def link(effect: Effect | Refused, sign: int, limit: float, identity: bool = False, tested: bool = False) -> Verdict:
    """The evidence of a declared link. ``sign``: +1 where more of the one should go with more of the other, -1 where
    with less; ``limit``: the p that counts among all links; ``tested``: an action with a comparison moved both, this
    way round.

    Observed takes an interval without zero on the believed side, the same sign in both halves and in the main
    segments, and no leak; contradicted the same on the other side. What falls short is unclear, also what has too few
    behind it or is not cleared; where the sources say nothing it stays assumed."""
    if identity:
        return Verdict(Evidence.IDENTITY, Why.ARITHMETIC)
    if tested:
        return Verdict(Evidence.TESTED, Why.TESTED)
    if isinstance(effect, Refused):
        if one_reason(effect) is Refused.NOT_CLEARED:
            return Verdict(Evidence.UNCLEAR, Why.NOT_CLEARED)
        return Verdict(Evidence.ASSUMED, Why.NOT_MEASURED)
    why = doubt(effect, limit)
    if why:
        return Verdict(Evidence.UNCLEAR, why)
    if effect.effect * sign > 0:
        return Verdict(Evidence.OBSERVED, Why.EFFECT)
    return Verdict(Evidence.CONTRADICTED, Why.AGAINST)


def label(
    behaviour: Effect | Refused, score: Effect | Refused, sign: int, limit: float, tested: bool = False
) -> tuple[Label, Why]:
    """What is known of a KPI and loyalty, from its effect on behaviour and on the score. ``sign``: +1 where a higher
    KPI is better; ``limit``: the p that counts among all KPIs.

    It moves the score only where its effect on the score lies certainly on the good side, its effect on behaviour
    includes zero, and it carries certainly more of the score than of behaviour: a weak KPI is no hollow one."""
    if tested:
        return Label.RETURN, Why.TESTED
    if isinstance(behaviour, Refused):
        known = one_reason(behaviour) is Refused.NOT_CLEARED
        return Label.NONE, Why.NOT_CLEARED if known else Why.NOT_MEASURED
    why = doubt(behaviour, limit)
    if why is None:
        good = behaviour.effect * sign > 0
        return (Label.RETURN, Why.EFFECT) if good else (Label.CONTRADICTED, Why.AGAINST)
    if why is Why.INCLUDES_ZERO and not isinstance(score, Refused) and score.part and behaviour.part:
        moves = score.sure and score.effect * sign > 0 and not score.leak
        if moves and score.part[0] > behaviour.part[1]:
            return Label.SCORE_ONLY, Why.INCLUDES_ZERO
    return Label.NONE, why
