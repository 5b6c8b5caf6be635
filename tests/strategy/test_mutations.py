"""Each key of the shipped strategy is removed and corrupted in turn; `check` must say so, on the right line.

Which keys there are comes from the model, so a new field is mutated too. The values are changed after the file was
read, which costs a hundredth of reading it again; a sample is changed in the text itself."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
from pydantic import BaseModel

from metrics.strategy.finding import Finding, Now, Path, Places
from metrics.strategy.load import check_text, check_values
from metrics.strategy.model import (
    KPI,
    Action,
    Brand,
    Change,
    Dimension,
    DimensionValue,
    Disclosure,
    DriverItem,
    Event,
    Goal,
    Lever,
    Link,
    Local,
    Loyalty,
    Organisation,
    Panel,
    Purpose,
    Question,
    Reading,
    Stage,
    Strategy,
    Touchpoint,
    Value,
    View,
)  # fmt: skip
from metrics.strategy.yaml import read_yaml
from tests.conftest import AUDIT, ROOT

TEXT = (ROOT / "strategy.yaml").read_text(encoding="utf-8")
AS_OF = date(2026, 4, 5)

#: Keys that the model can do without and a rule cannot: what is found when one is removed.
DEMANDED: dict[tuple[type[BaseModel], str], str] = {
    (Brand, "promises"): "R001",
    (Brand, "core_competence"): "R006",
    (Goal, "customer_outcome"): "G004",
    (Goal, "business_outcome"): "G005",
    (Goal, "horizon"): "G010",
    (Goal, "promise"): "R004",
    (Loyalty, "outcome"): "B006",
    (KPI, "goal"): "G001",
    (KPI, "owner"): "O002",
    (KPI, "targets"): "T001",
    (KPI, "reading"): "K007",
    (KPI, "levers"): "K006",
    (Lever, "owner"): "K012",
    (Link, "reason"): "L002",
    (Link, "review"): "L005",
    (Strategy, "brand"): "R001",
    (Strategy, "loyalty"): "B006",
    (Action, "lever"): "A010",
    (Action, "kpi"): "A001",
    (Action, "expected"): "A002",
    (Action, "review"): "A003",
    (Action, "owner"): "A009",
    (Question, "purpose"): "Q003",
    **{(Purpose, name): "Q003" for name in Purpose.model_fields},
}
#: Keys that may be left out: their default is a decision too, or another rule sees what it led to.
FREE: dict[type[BaseModel], tuple[str, ...]] = {
    Change: ("redefines",),
    Organisation: ("note", "currency", "time_zone", "languages"),
    Brand: ("vision", "segments"),
    Touchpoint: ("channel", "self_service"),
    Stage: ("group", "touchpoints", "listening_posts", "presence", "volume"),
    Question: ("name", "listens_to"),
    DriverItem: ("stage",),
    Panel: tuple(Panel.model_fields),
    Value: tuple(Value.model_fields),
    Loyalty: ("stated", "drivers", "panel", "value"),
    Goal: ("kpi",),
    DimensionValue: ("matches", "pool_with"),
    Dimension: ("values", "over_hours"),
    View: ("facts", "priority"),
    Reading: ("within_days",),
    Lever: ("id",),
    Link: ("identity",),
    KPI: ("of", "promise", "scope", "stage", "since", "history", "drives", "counter"),
    Action: ("stage", "scope"),
    Disclosure: tuple(Disclosure.model_fields),
    Event: ("kpis", "redefines", "repeats"),
    Strategy: ("why_no_scorecards", "questions", "dimensions", "views", "actions", "disclosure", "events"),
}


@dataclass(frozen=True)
class Site:
    """A key that stands in the file: the model and field it belongs to, and its path."""

    model: type[BaseModel]
    field: str
    path: Path

    @property
    def required(self) -> bool:
        return self.model.model_fields[self.field].is_required()


def models(kind: type[BaseModel], seen: set[type[BaseModel]]) -> set[type[BaseModel]]:
    if kind not in seen:
        seen.add(kind)
        for field in kind.model_fields.values():
            for part in parts(field.annotation):
                if isinstance(part, type) and issubclass(part, BaseModel):
                    models(part, seen)
    return seen


def parts(kind: Any) -> Iterator[Any]:
    yield kind
    for inner in get_args(kind):
        yield from parts(inner)


def sites(node: Any, path: Path, places: Places) -> Iterator[Site]:
    """Every key of the file that is a field of a model, from the checked strategy and the places of the file."""
    if isinstance(node, tuple):
        for i, child in enumerate(node):
            yield from sites(child, (*path, i), places)
    if isinstance(node, BaseModel):
        for name in type(node).model_fields:
            if (*path, name) in places.keys:
                yield Site(type(node), name, (*path, name))
                yield from sites(getattr(node, name), (*path, name), places)


DATA, PLACES, _ = read_yaml(TEXT, "s.yaml")
READ = check_text(TEXT.encode(), "s.yaml", AS_OF)
assert READ.strategy is not None
SITES = tuple(sites(READ.strategy, (), PLACES))
REQUIRED = tuple(s for s in SITES if s.required)


def corruptions(site: Site) -> list[Any]:
    """Values that can never be right at this key, by the type of its field."""
    kind = site.model.model_fields[site.field].annotation
    inner = [k for k in (get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)) if k is not NoneType]
    found: list[Any] = [None, {}] if site.required else []
    for k in inner[:1]:
        k = get_args(k)[0] if get_origin(k) is Annotated else k
        origin = get_origin(k) or k
        if origin is str:
            found += [7, [], "  " if site.model is Local else "Not an id"]
        elif k is Local:
            found += [7, [], "", "  ", {"en": "x"}]
        elif origin in (int, float):
            found += ["x", []]
        elif origin is date:
            found += ["soon", 7, "2026-13-01"]
        elif origin is bool:
            found += ["maybe", 7]
        elif origin is tuple:
            found += [7, "x", {"a": 1}, *([[]] if site.required else [])]
        elif origin is dict:
            found += [7, []]
        elif origin is Literal:
            found += ["zzz", 7]
        else:
            found += [7, [], "x"]
    return found


def changed(path: Path, value: Any = None, removed: bool = False) -> tuple[Finding, ...]:
    """Findings of the shipped strategy with one key removed, or with another value. The data are put right again."""
    holder: Any = DATA
    for step in path[:-1]:
        holder = holder[step]
    before = dict(holder)
    gone = {p: at for p, at in PLACES.values.items() if p[: len(path)] == path} if removed else {}
    gone_keys = {p: at for p, at in PLACES.keys.items() if p[: len(path)] == path} if removed else {}
    for p in gone:
        del PLACES.values[p]
    for p in gone_keys:
        del PLACES.keys[p]
    try:
        if removed:
            del holder[path[-1]]
        else:
            holder[path[-1]] = value
        strategy, found = check_values(DATA, PLACES, Now(AS_OF))
        assert (strategy is None) == any(f.is_error for f in found)
        return found
    finally:
        holder.clear()
        holder.update(before)
        PLACES.values.update(gone)
        PLACES.keys.update(gone_keys)


def line(path: Path) -> int:
    return PLACES.values[path][0]


def test_the_model_is_mutated_whole() -> None:
    """Every optional field is demanded by a rule or free on purpose; every required one stands in the shipped file."""
    every = models(Strategy, set())
    optional = {(m, n) for m in every for n, f in m.model_fields.items() if not f.is_required()}
    free = {(m, n) for m, names in FREE.items() for n in names}
    assert optional == set(DEMANDED) | free and not set(DEMANDED) & free
    needed = {(m, n) for m in every for n, f in m.model_fields.items() if f.is_required()}
    assert needed == {(s.model, s.field) for s in REQUIRED}
    assert len(REQUIRED) > 1_700
    assert set(DEMANDED) <= {(s.model, s.field) for s in SITES}


@pytest.mark.parametrize("part", range(8))
def test_every_required_key_is_missed_where_it_stood(part: int) -> None:
    for site in REQUIRED[part::8]:
        found = changed(site.path, removed=True)
        missing = [f for f in found if f.code == "M001" and dict(f.values)["key"] == site.field]
        assert [f.place.line for f in missing] == [line(site.path[:-1])], site
        assert all(f.is_error for f in missing)


@pytest.mark.parametrize("part", range(8))
def test_every_corrupted_key_is_found_on_its_line(part: int) -> None:
    """One corruption of each key in turn; all of them under CX_AUDIT=1."""
    for number, site in enumerate(SITES[part::8]):
        values = corruptions(site)
        for value in values if AUDIT else values[number % len(values) :][:1]:
            found = [f for f in changed(site.path, value) if f.is_error]
            inside = (
                {line(p) for p in PLACES.values if p[: len(site.path)] == site.path} if value == {"en": "x"} else set()
            )
            assert {f.place.line for f in found} & (inside | {line(site.path)}), (site, value, found)


@pytest.mark.parametrize(("model", "field"), list(DEMANDED), ids=lambda v: v if isinstance(v, str) else v.__name__)
def test_a_demanded_key_is_missed_at_its_owner(model: type[BaseModel], field: str) -> None:
    mine = [s for s in SITES if (s.model, s.field) == (model, field)]
    for site in mine if AUDIT or len(mine) < 12 else random.Random(1).sample(mine, 12):
        if model is Link and site.field == "reason" and (*site.path[:-1], "identity") in PLACES.values:
            continue
        found = [f for f in changed(site.path, removed=True) if f.code == DEMANDED[model, field]]
        owner = site.path[:-1]
        named = {line(owner), line((*owner, "id")) if (*owner, "id") in PLACES.values else 0}
        named |= {line(owner[:-1]), line((*owner[:-1], "id"))} if model is Purpose else set()
        assert {f.place.line for f in found} & named, (site, found)


@pytest.mark.parametrize("site", [s for s in SITES if not s.required][:: 1 if AUDIT else 15], ids=lambda s: str(s.path))
def test_no_removed_key_ends_in_a_traceback(site: Site) -> None:
    changed(site.path, removed=True)


def in_the_text() -> list[Site]:
    """Required keys on lines of their own, one of each kind: those whose removal leaves the lines above as they are."""
    lines, chosen = TEXT.split("\n"), {}
    for site in REQUIRED:
        at, column = PLACES.keys[site.path]
        own = re.match(r" *(?:- )?$", lines[at - 1][: column - 1])
        if own and "- " not in own.group() and PLACES.values[site.path[:-1]][0] < at:
            chosen.setdefault((site.model, site.field), site)
    return list(chosen.values())


@pytest.mark.parametrize("site", in_the_text()[:: 1 if AUDIT else 3], ids=lambda s: f"{s.model.__name__}.{s.field}")
def test_a_key_removed_from_the_text_is_missed_on_its_line(site: Site) -> None:
    lines = TEXT.split("\n")
    at, column = PLACES.keys[site.path]
    end = at
    while end < len(lines) and (not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) >= column):
        end += 1
    text = "\n".join(lines[: at - 1] + lines[end:])
    found = check_text(text.encode(), "s.yaml", AS_OF).findings
    wanted = ("M001", PLACES.values[site.path[:-1]])
    assert wanted in [(f.code, (f.place.line, f.place.column)) for f in found]
