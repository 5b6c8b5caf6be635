"""What changed in meaning between two versions of a strategy: not its text, its order or its comments.

Both are read into the model first, so that spelling, order and comments are gone. Things are paired by id; what lost
its id to another that means the same is renamed, and everything that refers to it follows. Nothing is listed by hand
that could be forgotten: every field of the model is compared, and what is words only is marked so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from metrics.kpis import BY_ID
from metrics.strategy.model import KPI, Strategy
from metrics.strategy.renames import Renames, followed, plain, renames

Plain = Any
"""What JSON can say."""

#: Lists whose order is meaning: customers travel in this order, and a value too small to stand alone joins the next.
ORDERED = {"journey", "touchpoints", "values", "scale", "languages"}
#: What tells the items of a list apart where they have no id, or need none.
KEYS: dict[str, tuple[str, ...]] = {
    "targets": ("by",),
    "drives": ("kpi",),
    "levers": ("name",),
    "history": ("date",),
    "events": ("date", "name"),
    "items": ("question",),
    "outcomes": ("kpi",),
    "segments": ("segment",),
}
#: Words that people read and nothing is measured, aimed at or decided by. A goal's words are its meaning.
WORDING = {"name", "group", "note", "reason", "why_no_scorecards"}
#: Not meaning: the number of the version itself.
LEFT_OUT = {"version"}


@dataclass(frozen=True)
class Difference:
    """One change. ``section``: kpis, goals, views, disclosure ... ``id``: of the thing in the newer version, empty in
    sections that are one thing. ``field``: what of it changed; empty when the whole came or went, ``id`` when it was
    renamed, ``formula`` for metric, parameters and scope of a KPI together, ``order`` where order is meaning. ``key``:
    which target, lever or link. None: was not there. ``wording``: words only."""

    section: str
    id: str
    field: str
    key: str
    before: Plain
    after: Plain
    wording: bool = False


@dataclass(frozen=True)
class Comparison:
    """``renamed``: by section, old id -> new id. ``unrecorded``: KPIs (new ids) whose formula changed without a new
    entry in their ``history``."""

    before: Strategy
    after: Strategy
    differences: tuple[Difference, ...]
    renamed: Renames
    unrecorded: tuple[str, ...]

    @property
    def meant(self) -> tuple[Difference, ...]:
        return tuple(d for d in self.differences if not d.wording)

    @property
    def wording(self) -> tuple[Difference, ...]:
        return tuple(d for d in self.differences if d.wording)

    def pairs(self) -> Iterator[tuple[KPI | None, KPI | None]]:
        """Each KPI before and after, in the order of the newer version; None where there is none."""
        came_from = {new: old for old, new in self.renamed.get("kpis", {}).items()}
        old = {k.id: k for k in self.before.kpis}
        for kpi in self.after.kpis:
            yield old.pop(came_from.get(kpi.id, kpi.id), None), kpi
        for kpi in old.values():
            yield kpi, None


def compare(before: Strategy, after: Strategy) -> Comparison:
    """The changes in meaning from one strategy to another, section by section in the order of the model."""
    renamed = renames(before, after)
    old, new = followed(plain(before), renamed), plain(after)
    found: list[Difference] = []
    for section in new:
        if section in LEFT_OUT:
            continue
        if isinstance(new[section], list) and section not in ("events",) and _has_ids(old[section], new[section]):
            found += _things(section, old[section], new[section], renamed.get(section, {}))
        else:
            found += _fields(section, "", {section: old[section]}, {section: new[section]}, whole=section)
    changed = {d.id for d in found if d.section == "kpis" and d.field == "formula"}
    return Comparison(before, after, tuple(found), renamed, _unrecorded(changed, old["kpis"], new["kpis"]))


def formula(kpi: KPI) -> str:
    """The number behind a KPI as one text: ``csat(question=csat) in by_stage: stage=delivery``."""
    return _formula(kpi.model_dump(mode="json"))


def _formula(kpi: Mapping[str, Plain]) -> str:
    metric = BY_ID.get(kpi["metric"])
    text = metric.key(kpi["of"]) if metric else f"{kpi['metric']}({sorted(kpi['of'].items())})"
    scope = kpi["scope"]
    if scope is None:
        return text
    where = "; ".join(f"{d}={'+'.join(sorted(values))}" for d, values in scope["where"].items())
    return f"{text} in {scope['view']}: {where}"


def _unrecorded(changed: set[str], old: list[Plain], new: list[Plain]) -> tuple[str, ...]:
    then = {k["id"]: k for k in old}
    found = []
    for kpi in new:
        known = [c["date"] for c in then[kpi["id"]]["history"]] if kpi["id"] in then else []
        if kpi["id"] in changed and not any(c["date"] not in known for c in kpi["history"]):
            found.append(kpi["id"])
    return tuple(found)


# ── Things with an id ──


def _has_ids(*lists: list[Plain]) -> bool:
    return all(isinstance(item, dict) and "id" in item for items in lists for item in items)


def _things(section: str, old: list[Plain], new: list[Plain], renamed: Mapping[str, str]) -> Iterator[Difference]:
    """Goals, KPIs, views ...: those that came, went, were renamed or changed."""
    then, now = {t["id"]: t for t in old}, {t["id"]: t for t in new}
    came_from = {new_id: old_id for old_id, new_id in renamed.items()}
    for id, thing in now.items():
        if id not in then:
            yield Difference(section, id, "", "", None, _shown(thing))
            continue
        if id in came_from:
            yield Difference(section, id, "id", "", came_from[id], id)
        yield from _thing(section, then[id], thing)
    for id, thing in then.items():
        if id not in now:
            yield Difference(section, id, "", "", _shown(thing), None)
    yield from _order(section, "", section, [t for t in then if t in now], [t for t in now if t in then])


def _shown(thing: Plain) -> Plain:
    return {k: v for k, v in thing.items() if k != "first_kpi"}


def _thing(section: str, before: Plain, after: Plain) -> Iterator[Difference]:
    id = after["id"]
    skip = frozenset({"id"})
    if section == "kpis":
        skip |= {"metric", "of", "scope"}
        if _formula(before) != _formula(after):
            yield Difference(section, id, "formula", "", _formula(before), _formula(after))
    if section == "goals":
        before, after = _carded(before), _carded(after)
    yield from _fields(section, id, before, after, skip)


def _carded(goal: Plain) -> Plain:
    """Naming the first KPI as the one on the card says what was said before by leaving it out."""
    return {**goal, "kpi": goal["kpi"] or goal.get("first_kpi"), "first_kpi": None}


def _fields(
    section: str, id: str, before: Plain, after: Plain, skip: frozenset[str] = frozenset(), whole: str = ""
) -> Iterator[Difference]:
    for name in after:
        if name in skip:
            continue
        for field, key, old, new in _values(name, before.get(name), after[name]):
            shown = field.removeprefix(f"{whole}.") if whole else field
            last = field.rpartition(".")[2]
            wording = last in WORDING and old is not None and new is not None and section != "goals"
            yield Difference(section, id, shown, key, old, new, wording)


# ── Values ──


def _values(name: str, old: Plain, new: Plain) -> Iterator[tuple[str, str, Plain, Plain]]:
    """(field, key, before, after) of everything below a field that differs."""
    if old == new:
        return
    if _is_model(old) and _is_model(new):
        for part in new:
            yield from ((f"{name}.{f}", k, a, b) for f, k, a, b in _values(part, old.get(part), new[part]))
    elif isinstance(old, list) and isinstance(new, list) and any(isinstance(i, dict) for i in (*old, *new)):
        yield from _items(name, old, new)
    elif isinstance(old, list) and isinstance(new, list):
        if name in ORDERED or name == "dimensions" or sorted(map(str, old)) != sorted(map(str, new)):
            yield name, "", old, new
    else:
        yield name, "", old, new


def _is_model(value: Plain) -> bool:
    """A group of fields, not a text in two languages."""
    return isinstance(value, dict) and set(value) != {"en", "vi"}


def _items(name: str, old: list[Plain], new: list[Plain]) -> Iterator[tuple[str, str, Plain, Plain]]:
    then, now = {_key(name, i): i for i in old}, {_key(name, i): i for i in new}
    for key, item in now.items():
        if key not in then:
            yield name, key, None, item
        else:
            for field, inner, before, after in _values(name, then[key], item):
                yield field, f"{key}/{inner}" if inner else key, before, after
    for key, item in then.items():
        if key not in now:
            yield name, key, item, None
    if name in ORDERED:
        both = [k for k in then if k in now], [k for k in now if k in then]
        if both[0] != both[1]:
            yield f"{name}.order", "", *both


def _key(name: str, item: Plain) -> str:
    if name not in KEYS and "id" in item:
        return str(item["id"])
    parts = [item[k] for k in KEYS.get(name, ()) if k in item]
    return " ".join(p["en"] if isinstance(p, dict) else str(p) for p in parts) or str(sorted(item.items()))


def _order(section: str, id: str, name: str, old: list[str], new: list[str]) -> Iterator[Difference]:
    if name in ORDERED and old != new:
        yield Difference(section, id, "order", "", old, new)
