"""What changed in meaning, and only that: each test is named after what a plain text diff gets wrong."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from metrics.__main__ import app
from metrics.errors import DataError
from metrics.headlines.diff import lines
from metrics.strategy.diff import Comparison, Difference, compare
from metrics.strategy.model import Strategy
from metrics.strategy.versions import version
from metrics.strategy.yaml import read_yaml
from metrics.words import Words
from tests.conftest import AUDIT
from tests.diff.conftest import RENAMED, TEXT, edited


def read(text: str) -> Strategy:
    data, _, found = read_yaml(text, "strategy.yaml")
    assert not found and isinstance(data, dict)
    return Strategy.model_validate(data)


DEMO = read(TEXT)


def changes(text: str) -> Comparison:
    return compare(DEMO, read(text))


def only(text: str) -> Difference:
    (found,) = changes(text).differences
    return found


def test_comments_and_layout_are_no_change() -> None:
    text = re.sub(r"^ *#.*\n", "", TEXT, flags=re.M)
    assert not changes(text).differences
    assert not changes(TEXT.replace("value: 82}", "value: 82.0}").replace("{hours: 2}", "{hours: 2.0}")).differences


def test_order_is_no_change_where_it_means_nothing_and_one_where_it_does() -> None:
    raw = DEMO.model_dump(mode="json")
    for name in ("kpis", "goals", "questions", "views", "events"):
        raw[name] = raw[name][::-1]
    # The first KPI is the one on a goal's card where none is named; all of the demo name theirs.
    assert not compare(DEMO, Strategy.model_validate(raw)).differences
    raw = DEMO.model_dump(mode="json")
    raw["journey"] = raw["journey"][::-1]
    (found,) = compare(DEMO, Strategy.model_validate(raw)).differences
    assert (found.section, found.field) == ("journey", "order")


def test_a_renamed_kpi_is_not_one_that_went_and_one_that_came() -> None:
    found = changes(RENAMED)
    assert found.renamed == {"kpis": {"first_reply_2h": "first_reply_4h"}}
    told = {(d.id, d.field): (d.before, d.after) for d in found.meant}
    assert told == {
        ("first_reply_4h", "id"): ("first_reply_2h", "first_reply_4h"),
        ("first_reply_4h", "formula"): ("replied_within(hours=2)", "replied_within(hours=4)"),
        ("first_reply_4h", "targets.value"): (82.0, 93.0),
    }
    assert [(d.id, d.field) for d in found.wording] == [("first_reply_4h", "name")]


def test_another_number_in_the_same_place_is_not_a_renamed_one() -> None:
    """Price went and stock came: both are means of a question for the same goal."""
    text = edited(("r_price", "r_stock"), ("Price felt to be fair", "Goods in stock")).replace("price_fair", "in_stock")
    found = changes(text)
    assert "kpis" not in found.renamed
    assert {(d.id, d.field) for d in found.differences if d.id in ("price_fair", "in_stock")} >= {
        ("price_fair", ""),
        ("in_stock", ""),
    }


def test_of_two_candidates_that_fit_alike_none_is_taken() -> None:
    raw = DEMO.model_dump(mode="json")
    kpi = next(k for k in raw["kpis"] if k["id"] == "fcr")
    raw["kpis"].remove(kpi)
    raw["kpis"] += [{**kpi, "id": "fcr_one"}, {**kpi, "id": "fcr_two"}]
    assert "kpis" not in compare(DEMO, Strategy.model_validate(raw)).renamed


def test_a_renamed_goal_takes_its_kpis_along() -> None:
    found = changes(TEXT.replace("keep_customers", "keep_them"))
    assert found.renamed == {"goals": {"keep_customers": "keep_them"}}
    assert [(d.section, d.id, d.field) for d in found.differences] == [("goals", "keep_them", "id")]


@pytest.mark.parametrize(
    ("old", "new", "section", "field"),
    [
        ("of: {hours: 2}", "of: {hours: 4}", "kpis", "formula"),
        ("where: {region: [central]}", "where: {region: [south]}", "kpis", "formula"),
        ("{by: 2026-12-31, value: 82}", "{by: 2026-12-31, value: 90}", "kpis", "targets.value"),
        ("    counter: reopened", "    counter: complaint_rate", "kpis", "counter"),
        ("closing_days: 5", "closing_days: 9", "disclosure", "closing_days"),
        ("sponsor: {en: Head of marketing, vi: Phụ trách tiếp thị}", "sponsor: Board", "goals", "sponsor"),
        ("name: {en: Call-back slots, vi: Hẹn giờ gọi lại}", "name: Answer at night", "kpis", "levers"),
        ("dimensions: [region, channel]", "dimensions: [region]", "views", "dimensions"),
        ("scale: [1, 7]", "scale: [1, 5]", "questions", "scale"),
        ("pool_with: website", "pool_with: zalo", "dimensions", "values.pool_with"),
        ("horizon: 2026-12-31", "horizon: 2027-12-31", "goals", "horizon"),
        ("used_for: strategy", "used_for: pay", "used_for", "used_for"),
    ],
)
def test_what_decides_a_number_or_who_answers_for_it_is_told(old: str, new: str, section: str, field: str) -> None:
    found = changes(TEXT.replace(old, new, 1))
    assert (section, field) in {(d.section, d.field) for d in found.meant}, found.differences
    assert len({d.id for d in found.meant}) == 1


def test_words_alone_are_told_apart() -> None:
    found = only(edited(("What do customers come to us about?", "Why do customers come to us?"), text=TEXT))
    assert found.section == "views"
    named = only(
        edited(("{en: Solved the first time, vi: Xử lý xong ngay lần đầu}", "{en: Solved at once, vi: Xong ngay}"))
    )
    assert named.wording


def test_a_formula_that_changed_without_a_record_is_told() -> None:
    assert changes(RENAMED).unrecorded == ("first_reply_4h",)
    entry = "of: {hours: 4}\n    history: [{date: 2026-03-01, what: Four hours instead of two}]"
    assert changes(RENAMED.replace("of: {hours: 4}", entry)).unrecorded == ()


def test_no_field_of_the_model_is_forgotten() -> None:
    """Every leaf of the demo strategy is changed in turn; each change is told."""
    raw = DEMO.model_dump(mode="json")
    leaves = list(_leaves(raw, ()))
    tried = 0
    for path in leaves[:: 1 if AUDIT else 37]:
        changed = json.loads(json.dumps(raw))
        _change(changed, path)
        try:
            other = Strategy.model_validate(changed)
        except ValidationError:
            continue
        if other == DEMO or path == ("version",):
            continue
        tried += 1
        assert compare(DEMO, other).differences, path
    assert tried > 20


def _leaves(value: Any, path: tuple[Any, ...]) -> Any:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    elif isinstance(value, list) and value:
        for i, inner in enumerate(value):
            yield from _leaves(inner, (*path, i))
    elif value is not None:
        yield path


def _change(raw: Any, path: tuple[Any, ...]) -> None:
    at = raw
    for step in path[:-1]:
        at = at[step]
    value = at[path[-1]]
    if isinstance(value, bool):
        at[path[-1]] = not value
    elif isinstance(value, int | float):
        at[path[-1]] = value + 1
    elif re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)):
        at[path[-1]] = "2031-01-01"
    else:
        at[path[-1]] = f"{value}x"


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_the_changes_are_said_in_both_languages(lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("metrics.words.STRICT", True)
    said = "\n".join(lines(changes(RENAMED), Words(lang)))
    assert "first_reply_2h → first_reply_4h" in said and "82 → 93" in said
    assert lines(compare(DEMO, DEMO), Words(lang))[-1] == Words(lang)("Nothing changed in meaning.")


# ── Versions ──


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    for text in (TEXT, RENAMED):
        (tmp_path / "strategy.yaml").write_text(text, encoding="utf-8")
        for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
            who = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
            subprocess.run(["git", *who, *words], cwd=tmp_path, check=True, capture_output=True)
    return tmp_path


def test_a_revision_of_git_is_a_version(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository)
    assert version("HEAD~1:strategy.yaml") == DEMO
    said = CliRunner().invoke(app, ["diff", "HEAD~1:strategy.yaml"])
    assert said.exit_code == 0 and "replied_within(hours=2) → replied_within(hours=4)" in said.output


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("HEAD~9:strategy.yaml", "no such revision"),
        ("HEAD:nothing.yaml", "no such file"),
        ("--output=x:strategy.yaml", "no revision"),
        ("HEAD:", "no revision"),
        ("nothing.yaml", "cannot be read"),
    ],
)
def test_what_is_no_version_is_refused_in_one_line(
    name: str, what: str, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository)
    with pytest.raises(DataError, match=what):
        version(name)
    said = CliRunner().invoke(app, ["diff", "--", name])
    assert said.exit_code == 1 and isinstance(said.exception, SystemExit)
    assert len(said.output.strip().splitlines()) == 1


def test_outside_a_repository_and_without_git_the_reason_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(DataError, match="no git repository"):
        version("HEAD:strategy.yaml", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DataError, match="not installed"):
        version("HEAD:strategy.yaml", tmp_path)


def test_a_version_that_breaks_a_later_rule_can_still_be_compared(tmp_path: Path) -> None:
    old = tmp_path / "old.yaml"
    old.write_text(TEXT.replace("    counter: reopened", "    counter: nothing_there"), encoding="utf-8")
    assert compare(version(str(old)), DEMO).differences
    old.write_text(TEXT.replace("metric: fcr", "metrik: fcr"), encoding="utf-8")
    with pytest.raises(DataError, match=r"old.yaml:\d+:\d+"):
        version(str(old))
