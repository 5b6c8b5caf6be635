"""The shipped strategy.yaml is a model of how to write one, and its schema knows it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from metrics.strategy.load import load
from metrics.strategy.model import Local, Strategy
from metrics.strategy.rules_listening import unanswered
from metrics.strategy.schema import json_schema
from tests.strategy.cases import SMALL, edited

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "strategy.yaml"
AS_OF = date(2026, 4, 5)


@pytest.fixture(scope="module")
def strategy() -> Strategy:
    loaded = load(SHIPPED, AS_OF)
    assert loaded.strategy is not None, loaded.findings
    return loaded.strategy


def test_its_only_debt_is_what_the_company_knows_of(strategy: Strategy) -> None:
    """The blind spot and the number without a handle are findings about the company, not faults of the file."""
    findings = load(SHIPPED, AS_OF).findings
    text = SHIPPED.read_text(encoding="utf-8").splitlines()
    found = {(f.code, text[(f.place.line or 0) - 1].split("id: ")[-1]) for f in findings}
    assert found == {("J001", "installation"), ("J001", "use"), ("K006", "price_fair")}


def test_it_shows_every_part_of_a_strategy(strategy: Strategy) -> None:
    """A model of how to write one: each optional block is there, each question answers all eight."""
    assert strategy.brand.vision and strategy.brand.core_competence and strategy.brand.segments
    assert {p.id for p in strategy.brand.promises} == {g.promise for g in strategy.goals}
    assert all(unanswered(q.purpose) == () for q in strategy.questions)
    assert all(lever.owner for k in strategy.kpis for lever in k.levers)
    assert {a.start > AS_OF for a in strategy.actions} == {True, False} and any(a.scope for a in strategy.actions)
    assert strategy.loyalty.panel.by and strategy.loyalty.value.margin


def test_every_goal_has_kpis_and_every_kpi_a_purpose(strategy: Strategy) -> None:
    assert len(strategy.goals) == 4 and len(strategy.journey) == 9
    for goal in strategy.goals:
        assert any(k.goal == goal.id for k in strategy.kpis) and strategy.kpi(str(goal.kpi)).goal == goal.id
    for kpi in strategy.kpis:
        assert kpi.owner and kpi.reading and any(t.by > AS_OF for t in kpi.targets)
    assert {lever.kind for k in strategy.kpis for lever in k.levers} == {"policy", "process", "behaviour"}


def test_links_form_a_tree_to_the_loyalty_outcome(strategy: Strategy) -> None:
    """Every KPI has one first link at most, and following them ends at an outcome of a goal."""
    root = strategy.loyalty.outcome
    below = set()
    for kpi in strategy.kpis:
        at, way = kpi, [kpi.id]
        while at.drives:
            at = strategy.kpi(at.drives[0].kpi)
            way.append(at.id)
        if at.id == root:
            below.add(kpi.id)
    assert len(below) >= 18 and {"on_time_central", "installed_on_day", "fcr", "tnps"} <= below
    identities = {(k.id, link.kpi) for k in strategy.kpis for link in k.drives if link.identity}
    assert identities == {("on_time_central", "on_time"), ("on_time_other", "on_time")}


def texts(node: Any) -> list[Local]:
    if isinstance(node, Local):
        return [node]
    if isinstance(node, tuple):
        return [t for item in node for t in texts(item)]
    return [t for name in getattr(type(node), "model_fields", {}) for t in texts(getattr(node, name))]


def test_both_languages_are_written(strategy: Strategy) -> None:
    same = {t.en for t in texts(strategy) if t.en == t.vi}
    assert same <= {"Mộc An Retail", "Hotline", "Zalo", "Website", "Facebook", "11/11", "12/12"}
    for text in texts(strategy):
        assert "!" not in text.en + text.vi and "quý khách" not in text.vi.lower()


def test_the_schema_is_a_schema_and_accepts_the_shipped_files() -> None:
    validator = jsonschema.validators.validator_for(json_schema())
    validator.check_schema(json_schema())
    for path in (SHIPPED, *ROOT.glob("examples/*/strategy.yaml")):
        assert not list(validator(json_schema()).iter_errors(as_json_types(path.read_text(encoding="utf-8")))), path
    assert not list(validator(json_schema()).iter_errors(as_json_types(SMALL)))


def test_every_key_of_the_schema_is_explained() -> None:
    """An editor shows the description beside the key."""
    schema = json_schema()
    shapes = {"strategy.yaml": schema, **schema["$defs"]}
    assert len(shapes) > 25
    for name, shape in shapes.items():
        assert shape.get("description"), name
        properties = (shape["anyOf"][1] if "anyOf" in shape else shape)["properties"]
        for key, field in properties.items():
            assert len(field.get("description", "")) > 6, f"{name}.{key}"


@pytest.mark.parametrize(
    "pairs",
    [
        ("used_for: strategy", "used_for: bonus"),
        ("version: 1\n", ""),
        ("customer_outcome: Served", "costumer_outcome: Served"),
        ("presence: none", "presence: absent"),
        ("id: keep\n", "id: Keep it\n"),
        ("scale: [0, 10]", "scale: [0]"),
    ],
)
def test_the_schema_refuses_what_check_refuses(pairs: tuple[str, str]) -> None:
    validator = jsonschema.validators.validator_for(json_schema())(json_schema())
    assert list(validator.iter_errors(as_json_types(edited(pairs))))


def as_json_types(text: str) -> Any:
    """YAML as an editor's JSON Schema checker sees it: dates are strings."""

    def plain(node: Any) -> Any:
        if isinstance(node, dict):
            return {k: plain(v) for k, v in node.items()}
        if isinstance(node, list):
            return [plain(v) for v in node]
        return node.isoformat() if isinstance(node, date) else node

    return plain(YAML(typ="safe", pure=True).load(text))
