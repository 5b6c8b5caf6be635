"""Findings of the strategy file for readers of a page: by the names they know, and without a word that was typed.

A page is read by others than who wrote the file. So a finding says the declared name of a thing instead of its id, and
a word is only repeated when this product or the strategy declares it: what was mistyped may be somebody's name. The
place leads whoever may mend it to the text itself.
"""

from __future__ import annotations

import re
from functools import lru_cache

from metrics.kpis import BY_ID
from metrics.strategy.finding import Finding, Value
from metrics.strategy.model import CONDITION_VALUES, DIMENSIONS, Strategy
from metrics.strategy.schema import json_schema
from metrics.words import Words

#: A number, also in the spellings that YAML readers do not agree on.
NUMBER = re.compile(r"[\d.,%…_+-]+|0[xo][\da-fA-F_]+|nan|\.?inf")
#: Words that YAML readers do not agree on.
TRUTHS = ("yes", "no", "on", "off", "y", "n", "true", "false")
#: Where the thing that a finding names by its id is declared; several where it can be either.
SECTIONS: dict[str, tuple[str, ...]] = {
    "kpi": ("kpis",),
    "goal": ("goals",),
    "stage": ("journey",),
    "question": ("questions",),
    "view": ("views",),
    "dimension": ("dimensions",),
    "action": ("actions",),
    "promise": ("promises",),
    "counter": ("kpis",),
    "way": ("kpis",),
    "other": ("kpis", "views", "goals"),
    "first": ("kpis", "views"),
    "name": ("kpis", "goals", "journey", "questions", "dimensions"),
}


def told(finding: Finding, strategy: Strategy | None, w: Words) -> tuple[str, str]:
    """What is wrong and how to mend it. ``strategy``: what is declared, that of the file or of the last release."""
    values = {key: _said(key, value, strategy, w) for key, value in finding.values}
    return w(finding.what, **values), w(finding.mend, **values)


def _said(key: str, value: Value, strategy: Strategy | None, w: Words) -> Value:
    if not isinstance(value, str):
        return value
    name = _name(key, value, strategy, w)
    if name:
        return name
    if key == "problem":
        # The YAML reader's own words; what it quotes from the file is left out unless it is punctuation.
        return re.sub(r"'([^']*)'|\"([^\"]*)\"", lambda m: "…" if re.search(r"\w", m[0]) else m[0], value)
    known = _words() | (_declared(strategy) if strategy else frozenset())
    parts = [p for p in re.split(r"[\s,;:→>\[\]{}()/–-]+", value) if p]
    return value if all(_plain(p, known) for p in parts) else w("this word")


def _plain(word: str, known: frozenset[str]) -> bool:
    return word in known or word.casefold() in TRUTHS or NUMBER.fullmatch(word) is not None


def _name(key: str, value: str, strategy: Strategy | None, w: Words) -> str:
    if strategy is None:
        return ""
    if " → " in value:
        names = [_name(key, v, strategy, w) or (v if v == "…" else "") for v in value.split(" → ")]
        return " → ".join(names) if all(names) else ""
    for section in SECTIONS.get(key, ()):
        things = strategy.brand.promises if section == "promises" else getattr(strategy, section)
        found = next((t for t in things if t.id == value), None)
        texts = (getattr(found, field, None) for field in ("name", "statement", "question", "text"))
        text = next((t for t in texts if t), None)
        if text:
            return str(text(w.lang))
    return ""


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    """Words of this product: keys of the file, metrics and their parameters, dimensions."""
    metrics = set(BY_ID) | {p.name for m in BY_ID.values() for p in m.parameters}
    conditions = {v for values in CONDITION_VALUES.values() for v in values}
    return frozenset(_keys(json_schema()) | metrics | conditions | set(DIMENSIONS))


def _keys(schema: object) -> set[str]:
    if isinstance(schema, dict):
        own = set(schema.get("properties", ())) | {v for v in schema.get("enum", ()) if isinstance(v, str)}
        return own.union(*(_keys(v) for v in schema.values()))
    return set().union(*(_keys(v) for v in schema)) if isinstance(schema, list) else set()


def _declared(strategy: Strategy) -> frozenset[str]:
    """Ids that a strategy declares."""
    found: set[str] = set()

    def walk(value: object) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("id"), str):
                found.add(value["id"])
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(strategy.model_dump(mode="json"))
    return frozenset(found)
