"""Two versions of a strategy, before they are compared: as plain values, and with the names of the newer one.

A KPI that lost its id is taken for one that is new when both read the same metric and serve the same goal or the same
scope; what was only given another name would otherwise look like one number that went and another that came."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import SequenceMatcher
from typing import Any
from unicodedata import normalize

from metrics.kpis import BY_ID
from metrics.strategy.model import Strategy

Plain = Any
Renames = Mapping[str, Mapping[str, str]]

#: Fields that name a thing of a section by its id.
REFERS: dict[str, frozenset[str]] = {
    "goals": frozenset({"goal"}),
    "kpis": frozenset({"kpi", "first_kpi", "kpis", "counter", "outcome", "stated", "volume"}),
    "questions": frozenset({"question", "listening_posts"}),
    "journey": frozenset({"stage"}),
    "views": frozenset({"view"}),
}
ALIKE = 4.0
"""Points from which two things are one: a KPI's metric, goal and scope make four."""


def plain(strategy: Strategy) -> Plain:
    """The strategy as plain values; texts composed and with single spaces, so that a new line in YAML is no change."""
    found: Plain = _tidy(strategy.model_dump(mode="json"))
    for goal in found["goals"]:
        goal["first_kpi"] = next((k["id"] for k in found["kpis"] if k["goal"] == goal["id"]), None)
    for kpi in found["kpis"]:
        metric = BY_ID.get(kpi["metric"])
        if metric:
            kpi["of"] = metric.given(kpi["of"])
    return found


def _tidy(value: Plain) -> Plain:
    if isinstance(value, dict):
        return {k: _tidy(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_tidy(v) for v in value]
    return normalize("NFC", " ".join(value.split())) if isinstance(value, str) else value


def renames(before: Strategy, after: Strategy) -> dict[str, dict[str, str]]:
    """By section, old id -> new id of what was given another id. Goals first: a KPI is known by the goal it serves."""
    old, new = plain(before), plain(after)
    found: dict[str, dict[str, str]] = {}
    for section, alike in LIKENESS.items():
        pairs = _pair(old[section], new[section], alike)
        if pairs:
            found[section] = pairs
            old = followed(old, {section: pairs})
    return found


def followed(strategy: Plain, renamed: Renames) -> Plain:
    """The older version with the newer ids, wherever they stand."""
    done = strategy
    for section, ids in renamed.items():
        done = _follow(done, REFERS[section], ids)
        done = {**done, section: [{**t, "id": ids.get(t["id"], t["id"])} for t in done[section]]}
    return done


def _follow(value: Plain, fields: frozenset[str], ids: Mapping[str, str]) -> Plain:
    if isinstance(value, list):
        return [_follow(v, fields, ids) for v in value]
    if not isinstance(value, dict):
        return value
    found: dict[str, Plain] = {}
    for name, inner in value.items():
        if name in fields and isinstance(inner, str):
            found[name] = ids.get(inner, inner)
        elif name in fields and isinstance(inner, list) and all(isinstance(i, str) for i in inner):
            found[name] = [ids.get(i, i) for i in inner]
        else:
            found[name] = _follow(inner, fields, ids)
    return found


def _pair(old: list[Plain], new: list[Plain], alike: Callable[[Plain, Plain], float]) -> dict[str, str]:
    """Which of the things that are gone is which of the new ones; nothing where two would fit as well as each other."""
    then, now = {t["id"] for t in old}, {t["id"] for t in new}
    gone, came = [t for t in old if t["id"] not in now], [t for t in new if t["id"] not in then]
    scores = sorted(((alike(a, b), a["id"], b["id"]) for a in gone for b in came), key=lambda s: -s[0])
    found: dict[str, str] = {}
    for score, a, b in scores:
        if score < ALIKE or a in found or b in found.values():
            continue
        rivals = [s for s, x, y in scores if (x == a) != (y == b) and x not in found and y not in found.values()]
        if not any(abs(r - score) < 1e-9 for r in rivals):
            found[a] = b
    return found


def _same(a: Plain, b: Plain, *fields: str) -> float:
    """How many of these fields are the same."""
    return float(sum(a[f] == b[f] for f in fields))


def _goal(a: Plain, b: Plain) -> float:
    texts = _same(a, b, "name", "statement", "customer_outcome", "business_outcome")
    return 2.0 * texts + _same(a, b, "sponsor", "first_kpi", "horizon")


def _kpi(a: Plain, b: Plain) -> float:
    """Metric, goal and scope decide; parameters, stage, owner and name tell two candidates apart. A parameter that
    names something (a question, a series) makes it another number, unless its name says otherwise; one that is a size
    (hours, days) is a changed formula."""
    if a["metric"] != b["metric"]:
        return 0.0
    name = SequenceMatcher(None, a["name"]["en"].casefold(), b["name"]["en"].casefold()).ratio()
    texts = [{k: v for k, v in x["of"].items() if isinstance(v, str)} for x in (a, b)]
    if texts[0] != texts[1] and name < 0.6:
        return 0.0
    same = 2.0 * _same(a, b, "goal") + _same(a, b, "scope")
    return 1.0 + same + name + 0.5 * _same(a, b, "of", "stage", "owner", "direction")


def _question(a: Plain, b: Plain) -> float:
    return 3.0 * _same(a, b, "text") + _same(a, b, "scale") + 0.5 * _same(a, b, "name")


def _stage(a: Plain, b: Plain) -> float:
    return 2.5 * _same(a, b, "customer_goal", "name") + _same(a, b, "owner")


def _view(a: Plain, b: Plain) -> float:
    return 2.0 * _same(a, b, "dimensions", "facts") + _same(a, b, "question")


LIKENESS: dict[str, Callable[[Plain, Plain], float]] = {
    "goals": _goal,
    "questions": _question,
    "journey": _stage,
    "views": _view,
    "kpis": _kpi,
}
