"""Value as a JSON object: what the command ``value`` prints for other programs. Unrounded; nulls where nothing
stands."""

from __future__ import annotations

from typing import Any

from metrics.loyalty.value.told import Estimate
from metrics.release import Release
from metrics.value import Value
from metrics.value.cells import Share
from metrics.value.growth import Part
from metrics.value.worth import Point


def value_object(found: Value, release: Release) -> dict[str, Any]:
    """{segment, as_of, draft, outcome, worth, point, curve, seen, growth, referral, returned, cohorts}; money is the
    declared margin unless ``in_revenue``; shares run from 0 to 100."""
    at, g, r = found.worth, found.growth, found.referral
    return {
        "segment": found.segment,
        "as_of": release.as_of,
        "draft": release.draft,
        "currency": release.strategy.organisation.currency,
        "outcome": at.kpi.id if at and at.kpi else None,
        "worth": at
        and {
            "method": at.method.value,
            "why": at.why.value,
            "n": at.n,
            "months": at.months,
            "in_revenue": at.in_revenue,
            "new_customers_a_year": at.new,
            "acquisition_cost": at.cost,
            "payback_months": at.payback[0] if at.payback else None,
            "foreseen_percent": at.foreseen,
            **{name: _estimate(getattr(at, name)) for name in ("worth", "orders", "spend", "stay", "returner")},
        },
        "point": at
        and {
            "days": at.days,
            "counted_over_months": at.over,
            "five_per_customer": _estimate(at.five),
            "one_a_year": _estimate(at.point_year),
            "five_a_year": _estimate(at.five_year),
        },
        "curve": [_point(p) for p in at.curve] if at else [],
        "seen": [_point(p) for p in at.seen] if at else [],
        "growth": g
        and {
            "quarters": list(g.quarters),
            "last_year": g.base,
            "kept": _part(g.kept),
            "earned": _part(g.earned),
            "new_otherwise": _part(g.bought),
            "earned_growth_rate": _part(g.rate),
        },
        "referral": r and {"year": _share(r.year), "periods": [{"period": p, **_share(s)} for p, s in r.periods]},
        "returned": [
            {"days": x.days, "value": x.value, "low": x.low, "high": x.high, "n": x.n}
            for x in (found.cohorts.returned if found.cohorts else ())
        ],
        "cohorts": [
            {
                "period": c.period,
                "new_customers": c.n,
                "ages": [{"month": age, "state": s.state.value, **_share(s)} for age, s in enumerate(c.shares, 1)],
            }
            for c in (found.cohorts.rows if found.cohorts else ())
        ],
    }


def _estimate(e: Estimate | None) -> dict[str, float] | None:
    return {"value": e.value, "low": e.low, "high": e.high} if e else None


def _part(p: Part | None) -> dict[str, float | None] | None:
    return {"percent": p.value, "low": p.low, "high": p.high, "revenue": p.money} if p else None


def _share(s: Share) -> dict[str, float | int | None]:
    return {"value": s.value, "low": s.low, "high": s.high, "n": s.n}


def _point(p: Point) -> dict[str, float | None]:
    return {"months": p.months, "value": p.value, "low": p.low, "high": p.high}
