"""A small company with a release written by hand, so that every figure on its map can be checked on paper."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from metrics.release import FORMAT, Release, write
from metrics.strategy.model import Strategy

Dims = tuple[tuple[str, tuple[str, ...]], ...]


def kpi(
    id: str,
    metric: str,
    stage: str | None = None,
    target: float | None = None,
    direction: str = "up",
    scoped: bool = False,
    **of: str | int,
) -> dict[str, Any]:
    found: dict[str, Any] = {"id": id, "name": id, "metric": metric, "of": of, "goal": "keep", "direction": direction}
    found |= {"stage": stage, "targets": [{"by": "2026-12-31", "value": target}] if target else []}
    return found | ({"scope": {"view": "by_stage", "where": {"stage": [stage]}}} if scoped else {})


def post(id: str, name: str, owner: str, *questions: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "name": name, "customer_goal": "Well", "owner": owner, "listening_posts": questions, **more}


def levels_at(*counts: int) -> dict[str, float]:
    return {"n": float(sum(counts)), **{f"l{i}": float(c) for i, c in enumerate(counts, 1)}}


TOPICS = ("installation", "invoice", "price")
STRATEGY: dict[str, Any] = {
    "version": 1,
    "used_for": "strategy",
    "organisation": {"name": "Small"},
    "goals": [{"id": "keep", "name": "Keep", "statement": "Keep", "sponsor": "Board"}],
    "journey": [
        post(
            "find", "Find <b>us</b>", "Marketing", presence="none", touchpoints=[{"id": "friend", "name": "A friend"}]
        ),
        post("delivery", "Delivery", "Logistics", "csat"),
        post("installation", "Installation", "Fitters", volume="fitted"),
        post("invoice", "Invoice", "Finance", volume="complaints"),
        post("support", "Support", "Care", "csat", volume="complaints"),
        post("again", "Again", "Board", "rec"),
    ],
    "questions": [
        {"id": "csat", "text": "Satisfied?", "scale": [1, 5]},
        {"id": "rec", "text": "Recommend?", "scale": [0, 10], "listens_to": "relationship"},
        {"id": "level", "text": "Level?", "scale": [1, 6]},
    ],
    "loyalty": {"outcome": "return_90"},
    "dimensions": [
        {
            "id": "channel",
            "name": "Channel",
            "values": [{"id": v, "name": v.title()} for v in ("store", "hotline", "zalo", "website", "facebook")],
        },
        {"id": "topic", "name": "Topic", "values": [{"id": v, "name": v} for v in TOPICS]},
    ],
    "views": [
        {"id": "by_stage", "dimensions": ["stage", "channel"], "question": "Where?"},
        {"id": "by_channel", "dimensions": ["channel"], "question": "How?"},
        {"id": "by_topic", "dimensions": ["topic"], "question": "Why?"},
        {"id": "by_installation", "dimensions": ["installation"], "question": "And then?"},
    ],
    "kpis": [
        kpi("rec", "nps", "again", question="rec"),
        kpi("return_90", "repurchase", "again", target=40, days=90),
        kpi("first_time", "fcr", "support"),
        kpi("glad_support", "csat", "support", target=80, scoped=True, question="csat"),
        kpi("glad_delivery", "csat", "delivery", target=80, scoped=True, question="csat"),
        kpi("fitted", "on_time", "installation", target=90, promise="installation"),
        kpi("complaints", "complaint_rate", direction="down"),
        kpi("new", "new_customers"),
        kpi("level", "ladder", question="level"),
    ],
}

QUARTER = "2025-Q4"
MONTHS = ("2025-10", "2025-11", "2025-12")
CSAT, RETURN, FITTED = "csat(question=csat)", "repurchase(days=90)", "on_time(promise=installation)"
WEB = ("website", "facebook")


def stage(*values: str) -> tuple[str, tuple[str, ...]]:
    return ("stage", values)


def channel(*values: str) -> tuple[str, tuple[str, ...]]:
    return ("channel", values)


#: (metric, view, dims) -> sums of the quarter. Channels of delivery: website stands with Facebook, Zalo has none.
NUMBERS: dict[tuple[str, str, Dims], dict[str, float]] = {
    (CSAT, "", ()): {"n": 1000, "satisfied": 780},
    (CSAT, "by_stage", (stage("delivery"),)): {"n": 600, "satisfied": 420},
    (CSAT, "by_stage", (stage("delivery"), channel("store"))): {"n": 300, "satisfied": 246},
    (CSAT, "by_stage", (stage("delivery"), channel("hotline"))): {"n": 100, "satisfied": 70},
    (CSAT, "by_stage", (stage("delivery"), channel(*WEB))): {"n": 200, "satisfied": 104},
    (CSAT, "by_stage", (stage("support"),)): {"n": 400, "satisfied": 320},
    (CSAT, "by_stage", (stage("support"), channel("store", "hotline", "zalo", *WEB))): {"n": 400, "satisfied": 320},
    ("complaint_rate", "", ()): {"n": 2000, "complaints": 1000},
    ("complaint_rate", "by_stage", (stage("support"),)): {"n": 1500, "complaints": 700},
    ("complaint_rate", "by_stage", (stage("support"), channel("store"))): {"n": 900, "complaints": 400},
    ("complaint_rate", "by_stage", (stage("support"), channel("hotline", "zalo", *WEB))): {"n": 600, "complaints": 300},
    ("complaint_rate", "by_stage", (stage("delivery", "invoice"),)): {"n": 300, "complaints": 250},
    ("complaint_rate", "by_stage", (stage("delivery", "invoice"), channel("store"))): {"n": 300, "complaints": 250},
    ("complaint_rate", "by_stage", (stage("other"),)): {"n": 200, "complaints": 50},
    ("complaint_rate", "by_stage", (stage("other"), channel("store"))): {"n": 200, "complaints": 50},
    ("complaint_rate", "by_topic", (("topic", ("installation",)),)): {"n": 400, "complaints": 190},
    ("complaint_rate", "by_topic", (("topic", ("invoice",)),)): {"n": 600, "complaints": 110},
    ("complaint_rate", "by_topic", (("topic", ("price",)),)): {"n": 1000, "complaints": 700},
    (FITTED, "", ()): {"n": 260, "kept": 200},
    (RETURN, "", ()): {"n": 1000, "returned": 330},
    (RETURN, "by_installation", (("installation", ("kept",)),)): {"n": 200, "returned": 82},
    (RETURN, "by_installation", (("installation", ("late", "never")),)): {"n": 60, "returned": 12},
    (RETURN, "by_installation", (("installation", ("other",)),)): {"n": 740, "returned": 236},
    ("new_customers", "", ()): {"n": 1000},
    ("new_customers", "by_installation", (("installation", ("kept",)),)): {"n": 200},
    ("new_customers", "by_installation", (("installation", ("late", "never")),)): {"n": 60},
    ("new_customers", "by_installation", (("installation", ("other",)),)): {"n": 740},
    ("fcr", "", ()): {"n": 1500, "resolved": 1000},
    ("ladder(question=level)", "", ()): levels_at(20, 30, 90, 50, 20, 10),
    ("ladder(question=level)", "by_stage", (stage("delivery"),)): levels_at(20, 20, 80, 50, 20, 10),
    ("ladder(question=level)", "by_stage", (stage("support"),)): levels_at(0, 10, 10, 0, 0, 0),
}


def released(path: Path, numbers: Mapping[tuple[str, str, Dims], Mapping[str, float]] = NUMBERS) -> Release:
    """The release of these numbers: views by quarter, totals by quarter and, a third each, by month."""
    strategy = Strategy.model_validate(STRATEGY)
    cells: dict[tuple[str, Dims], int] = {}
    rows: list[tuple[Any, ...]] = []
    for (metric, view, dims), sums in numbers.items():
        cell = cells.setdefault((view, dims), len(cells) + 1) if dims else 0
        rows += [(metric, view, len(dims), QUARTER, cell, m, float(v), False) for m, v in sums.items()]
        if not dims:
            rows += [(metric, "", 0, month, 0, m, v / 3, False) for month in MONTHS for m, v in sums.items()]
    flat = [
        (number, view, i, d, v)
        for (view, dims), number in cells.items()
        for i, (d, v) in enumerate((d, v) for d, values in dims for v in values)
    ]
    meta = {"as_of": "2026-04-05", "data_to": "2026-03-31", "draft": "true", "format": FORMAT}
    tables: dict[str, list[tuple[Any, ...]]] = {
        "number": rows,
        "cell": flat,
        "meta": list(meta.items()),
        "strategy": [(strategy.model_dump_json(),)],
    }
    write(path, tables)
    return Release(path)
