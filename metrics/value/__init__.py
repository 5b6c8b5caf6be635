"""What a point of retention is worth here: who stays, what customers bring, and what that grows to, as plain data.

Reads cleared sums and fitted results of the release only.
"""

from __future__ import annotations

from dataclasses import dataclass

from metrics.errors import Refused
from metrics.loyalty.value.sums import outcome
from metrics.release import Release
from metrics.value.cells import Cells
from metrics.value.cohorts import Cohorts, cohorts
from metrics.value.growth import Growth, Referral, growth, referral
from metrics.value.worth import Worth, worth


@dataclass(frozen=True)
class Value:
    """``refused``: why there is nothing, None where there is something. ``pooled``: the segment asked for does not
    stand alone, so that only all customers can be told of."""

    segment: str | None
    segments: tuple[str, ...]
    """Segments that stand alone and can be asked for."""
    cohorts: Cohorts | None
    worth: Worth | None
    growth: Growth | None
    referral: Referral | None
    refused: Refused | None
    pooled: bool
    undeclared: bool
    """The strategy names no outcome that is coming back or staying."""


def value(release: Release, segment: str | None = None) -> Value:
    """Everything about the value of customers, of all or of one segment."""
    alone = tuple(
        v for v, _ in release.strategy.values("segment") if v in release.value_models or Cells(release, v).alone
    )
    pooled = segment is not None and segment not in alone
    asked = None if pooled else segment
    cells = Cells(release, asked)
    found = cohorts(cells)
    reason = release.value_models.get("", ("", Refused.NO_SIGNAL.value, 0, 0))[1]
    refused = next((r for r in Refused if r.value == reason), None) if found is None else None
    if found is None and refused is None:
        refused = Refused.NOT_CLEARED
    return Value(
        segment=asked,
        segments=alone,
        cohorts=found,
        worth=worth(cells),
        growth=growth(cells),
        referral=referral(cells),
        refused=refused,
        pooled=pooled,
        undeclared=outcome(release.strategy) is None,
    )
