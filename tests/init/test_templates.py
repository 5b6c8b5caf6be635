"""Templates are clean in any year, and what was typed into `init` comes out of the file as it was typed."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from typer.testing import CliRunner

from metrics.__main__ import app
from metrics.commands.init import Template
from metrics.strategy.draft import SCHEMA_LINE, SECTIONS, as_yaml, id_of, moved
from metrics.strategy.load import check_text
from metrics.strategy.model import Local
from metrics.strategy.offers import CHANNELS, KPIS, QUESTIONS, STAGES
from metrics.strategy.rules_kpis import SHORT, SHORTER
from metrics.strategy.schema import json_schema
from metrics.words import Words
from tests.conftest import ROOT
from tests.strategy.test_shipped import as_json_types, texts

RUN = CliRunner()
FOLDER = ROOT / "metrics" / "strategy" / "templates"


def test_every_template_is_offered() -> None:
    assert {p.stem for p in FOLDER.glob("*.yaml")} == {t.value for t in Template}


@pytest.mark.parametrize("today", [date(2026, 11, 27), date(2027, 1, 1), date(2030, 12, 31)], ids=str)
@pytest.mark.parametrize("template", list(Template), ids=lambda t: t.value)
def test_a_template_is_clean_in_any_year(template: Template, today: date, tmp_path: Path) -> None:
    """No error, no debt, no hint: a first strategy begins without a finding."""
    to = tmp_path / "strategy.yaml"
    result = RUN.invoke(app, ["init", "--from", template.value, "--out", str(to), "--as-of", today.isoformat()])
    assert result.exit_code == 0, result.output
    loaded = check_text(to.read_bytes(), "s.yaml", today)
    assert loaded.findings == () and loaded.strategy is not None
    assert all(t.by > today for k in loaded.strategy.kpis for t in k.targets)
    assert to.read_text(encoding="utf-8").startswith(SCHEMA_LINE)
    validator = jsonschema.validators.validator_for(json_schema())(json_schema())
    assert not list(validator.iter_errors(as_json_types(to.read_text(encoding="utf-8"))))
    assert json.loads((tmp_path / "strategy.schema.json").read_text(encoding="utf-8")) == json_schema()
    again = RUN.invoke(app, ["init", "--from", template.value, "--out", str(to)])
    assert again.exit_code == 1


@pytest.mark.parametrize("template", list(Template), ids=lambda t: t.value)
def test_a_template_is_whole_and_in_both_languages(template: Template) -> None:
    text = (FOLDER / f"{template.value}.yaml").read_text(encoding="utf-8")
    strategy = check_text(text.encode(), "s.yaml", date(2026, 11, 27)).strategy
    assert strategy is not None and len(strategy.goals) == 3 and len(strategy.kpis) >= 10
    assert any(s.presence == "none" for s in strategy.journey) and strategy.actions
    assert {lever.kind for k in strategy.kpis for lever in k.levers} == {"policy", "process", "behaviour"}
    same = {t.en for t in texts(strategy) if t.en == t.vi}
    assert same <= {"Website", "Hotline", "Zalo", "Chat"}
    assert all("!" not in t.en + t.vi for t in texts(strategy) if isinstance(t, Local))


def test_dates_move_by_whole_years() -> None:
    assert moved("by: 2027-12-31, 2028-03-31", date(2026, 5, 1)) == "by: 2027-12-31, 2028-03-31"
    assert moved("by: 2027-12-31, 2028-03-31", date(2029, 1, 1)) == "by: 2030-12-31, 2031-03-31"
    assert moved("by: 2027-12-31", date(2020, 1, 1)) == "by: 2027-12-31"


HOSTILE = (
    "no", "Yes", "true", "null", "~", "010", "16:30", "1_000", "- a", "a: b", "a #b", "'", '"', "\\n", "{en: x}", "[x",
    "&a", "*a", "!x", "| ", "> x", "%x", "`x", "giá: 5 triệu", "“ngoặc”", "=", "<<", "2027-01-01", "a,b", "x  y", "🙂",
    ".nan",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_what_was_typed_comes_out_of_the_file_as_it_was_typed(text: str) -> None:
    """Named after the lie: a goal called “no” that the next program reads as false."""
    goal = {"id": "keep", "name": text, "statement": text, "customer_outcome": text, "business_outcome": text}
    kpi = {"id": "back", "name": "Back", "metric": "repurchase", "of": {"days": 90}, "goal": "keep", "owner": "Sales"}
    sections = {
        "version": 1,
        "used_for": "strategy",
        "organisation": {"name": text},
        "goals": [{**goal, "sponsor": "Sales"}],
        "journey": [{"id": "buy", "name": text, "customer_goal": text, "owner": "Sales"}],
        "kpis": [{**kpi, "direction": "up", "levers": [{"kind": "policy", "name": text, "owner": "Sales"}]}],
    }
    loaded = check_text(as_yaml(sections, Words("vi")).encode(), "s.yaml")
    assert loaded.strategy is not None, loaded.findings
    strategy, wanted = loaded.strategy, text.strip()
    found = [strategy.organisation.name, strategy.goals[0].name, strategy.goals[0].business_outcome]
    found += [strategy.journey[0].customer_goal, strategy.kpis[0].levers[0].name]
    assert {t and t.vi for t in found} == {wanted}


def test_ids_are_ids_and_differ() -> None:
    taken: set[str] = set()
    names = ("Giữ khách đang có", "giữ khách, đang có", "4 in 10", "!!!", "???", "x" * 90)
    assert [id_of(name, taken) for name in names] == [
        "giu_khach_dang_co", "giu_khach_dang_co_2", "x_4_in_10", "x", "x_2", "x" * 32,
    ]  # fmt: skip


def test_what_is_offered_is_translated_and_fits_on_a_card() -> None:
    """Names of websites and apps are the same in both languages."""
    vi = Words("vi")
    offered = [text for s in STAGES for text in (s.name, s.customer_goal, s.owner)]
    offered += (
        [text for q in QUESTIONS for text in (q.name, q.text)] + [k.name for k in KPIS] + [c for _, c in CHANNELS]
    )
    offered += [said for _, said in SECTIONS if said]
    same = {"Website", "Hotline", "Zalo", "Facebook"}
    assert not [text for text in offered if vi(text) == text and text not in same]
    assert all(len(vi(text)) <= SHORT and len(text) <= SHORT for text in (k.name for k in KPIS))
    assert all(len(vi(s.owner)) <= SHORTER and len(s.owner) <= SHORTER for s in STAGES)
