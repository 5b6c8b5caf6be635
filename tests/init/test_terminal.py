"""`init` driven through a real terminal, in both languages: what it writes, `check` passes and `build` takes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from metrics.demo import generate
from metrics.strategy.load import load
from metrics.strategy.model import Strategy
from tests.conftest import ROOT
from tests.init.answers import ENGLISH, VIETNAMESE, Dialogue

ENV = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "TERM": "xterm", "CX_LANG": "", "COLUMNS": "200"}


@pytest.fixture
def company(tmp_path: Path) -> Path:
    """A folder with the demo company's sources, small, and no strategy."""
    generate(tmp_path / "data", scale=0.1)
    return tmp_path


def terminal(folder: Path, *words: str) -> pexpect.spawn[str]:
    return pexpect.spawn(
        sys.executable, ["-m", "metrics", "init", *words], cwd=str(folder), env=ENV, encoding="utf-8", timeout=60
    )  # fmt: skip


def answered(session: pexpect.spawn[str], dialogue: Dialogue) -> str:
    """The whole conversation, as it stood on the screen."""
    said = []
    for prompt, answer in dialogue:
        session.expect_exact(prompt)
        said += [session.before or "", prompt]
        session.sendline(answer)
    session.expect(pexpect.EOF)
    session.close()
    return "".join([*said, session.before or ""])


def metrics(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    run = [sys.executable, "-m", "metrics", *words]
    return subprocess.run(run, cwd=folder, env=ENV, capture_output=True, text=True, timeout=300)


def written(folder: Path) -> Strategy:
    loaded = load(folder / "strategy.yaml")
    assert loaded.strategy is not None, loaded.findings
    return loaded.strategy


@pytest.mark.parametrize("dialogue", [ENGLISH, VIETNAMESE], ids=["en", "vi"])
def test_a_strategy_from_the_terminal_is_checked_and_built(company: Path, dialogue: Dialogue) -> None:
    session = terminal(company)
    screen = answered(session, dialogue)
    assert session.exitstatus == 0, screen
    check = metrics(company, "check")
    assert check.returncode == 0, check.stdout
    build = metrics(company, "build")
    assert build.returncode == 0, build.stderr
    show = metrics(company, "show", "return_90", "--grain", "all", "--format", "json")
    assert show.returncode == 0 and '"n"' in show.stdout, show.stderr
    first = (company / "strategy.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=./strategy.schema.json"
    assert (company / "strategy.schema.json").exists()


def test_goals_are_asked_first_and_no_kpi_before_its_goal(company: Path) -> None:
    screen = answered(terminal(company), ENGLISH)
    order = (
        "What do you want to reach",
        "Another goal",
        "What do loyal customers do",
        "Are these your stages",
        "KPIs of the goal",
    )
    places = [screen.index(part) for part in order]
    assert places == sorted(places)
    assert "name on a card" not in screen[: places[-1]]
    strategy = written(company)
    assert [g.id for g in strategy.goals] == ["keep_our_customers", "grow_online"]
    assert {k.goal for k in strategy.kpis} == {g.id for g in strategy.goals}
    assert [k.id for k in strategy.kpis] == ["return_90", "on_time", "revenue"]
    revenue = strategy.kpi("revenue")
    assert revenue.counter == "return_90" and revenue.targets[0].value == 580_000_000
    assert strategy.kpi("on_time").targets[0].value == 92.5 and strategy.kpi("on_time").drives[0].kpi == "return_90"
    reading = strategy.kpi("revenue").reading
    assert reading and reading.high("en") == "no", "a text that older programs read as false stays a text"
    text = (company / "strategy.yaml").read_text(encoding="utf-8")
    assert not any(word in text for word in ("Jane", "Smith", "NV-00017", "2020-01-01"))


def test_vietnamese_answers_make_a_vietnamese_strategy(company: Path) -> None:
    answered(terminal(company), VIETNAMESE)
    strategy = written(company)
    assert strategy.organisation.languages[0] == "vi"
    assert [s.id for s in strategy.journey] == ["buy", "lap_dat"] and strategy.journey[1].name("vi") == "Lắp đặt"
    assert [k.id for k in strategy.kpis] == ["csat", "return_90"] and strategy.loyalty.outcome == "return_90"
    assert strategy.goals[0].statement("vi") == "Khách quay lại vì lần trước đúng như đã hứa"
    text = (company / "strategy.yaml").read_text(encoding="utf-8")
    assert "# Hành trình theo bước chân của khách." in text and "Lan" not in text


@pytest.mark.parametrize("key", ["\x03", "\x04"], ids=["ctrl-c", "ctrl-d"])
def test_whoever_leaves_in_the_middle_finds_nothing_written(company: Path, key: str) -> None:
    session = terminal(company, "--lang", "en")
    session.expect_exact("What do you want to reach")
    session.sendline("Keep our customers")
    session.expect_exact("one sentence")
    session.send(key)
    session.expect(pexpect.EOF)
    session.close()
    assert session.exitstatus == 1 and "Traceback" not in (session.before or "")
    assert sorted(p.name for p in company.iterdir()) == ["data"]


def test_a_file_that_is_there_is_not_written_over(company: Path) -> None:
    """Refused before the first question."""
    (company / "strategy.yaml").write_text("mine\n", encoding="utf-8")
    for words in ([], ["--from", "retail"]):
        run = metrics(company, "init", "--lang", "en", *words)
        assert run.returncode == 1 and "is there already" in run.stderr and run.stdout == ""
    assert (company / "strategy.yaml").read_text(encoding="utf-8") == "mine\n"
