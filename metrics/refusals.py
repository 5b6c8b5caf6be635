"""What a refusal says, in both languages: one constant text per kind, whatever was asked."""

from __future__ import annotations

from metrics.errors import Refused
from metrics.words import Words

REASONS: dict[Refused, str] = {
    Refused.PERSON: (
        "Nobody is graded here: no result about one member of staff, a team or a shift is shown, to anyone."
    ),
    Refused.NOT_CLEARED: "This is not cleared, or nobody declared it. A wider total may have it.",
    Refused.SAMPLED: "The orders here are a sample of orders, and return cannot be computed from a sample.",
    Refused.TOO_FEW: "There are too few answers to say what goes with loyalty.",
    Refused.NO_SIGNAL: "The sources hold no signal for this KPI yet.",
    Refused.OUTSIDE: "No segment and no month has reached this, so nobody is there to compare with.",
}
WAYS_OUT: dict[Refused, str] = {
    Refused.PERSON: (
        "Look instead at what customers meet at each stage: show a KPI --by stage, or open the page Journey."
    ),
    Refused.NOT_CLEARED: "Ask for a KPI and a view that strategy.yaml declares, or for the total.",
    Refused.SAMPLED: "Map a file with all orders of each customer, and take the trait sample_of away.",
    Refused.TOO_FEW: (
        "Widen the period or ask more customers: a model needs at least 10 answers per driver and 200 in all."
    ),
    Refused.NO_SIGNAL: "Map a source for it in sources.yaml, or place a listening post at the stage.",
    Refused.OUTSIDE: "Stay inside the range that is told with the KPI, or try it in one place first and measure it.",
}


def reason(kind: Refused, w: Words) -> str:
    """Why this is refused. An unknown kind reads as not cleared."""
    return w(REASONS.get(kind, REASONS[Refused.NOT_CLEARED]))


def way_out(kind: Refused, w: Words) -> str:
    """The useful thing to do instead."""
    return w(WAYS_OUT.get(kind, WAYS_OUT[Refused.NOT_CLEARED]))
