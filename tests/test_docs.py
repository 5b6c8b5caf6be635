"""The documents are run: commands exist and work, links lead somewhere, layers are the tested ones."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from metrics.__main__ import app
from tests.conftest import Demo
from tests.test_layers import LAYERS

ROOT = Path(__file__).parent.parent
DOCS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def commands(name: str) -> list[str]:
    blocks = re.findall(r"```(?:sh|bat)\n(.*?)```", text(name), flags=re.S)
    lines = [line.split("   #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line]


METRICS = [c.split("python -m metrics ", 1)[1] for c in commands("README.md") if "python -m metrics " in c]


@pytest.mark.parametrize("name", DOCS)
def test_links_and_files_exist(name: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", text(name)):
        assert "://" in target or (ROOT / target).exists(), f"{name}: {target}"
    for target in re.findall(r"`((?:metrics|tests|pages|benchmarks|examples|data)/[\w./]+)`", text(name)):
        path = target.rstrip("/")
        if "NAME" in path or path in ("data/sources.yaml",):
            continue
        assert (ROOT / path).exists() or (ROOT / f"{path}.py").exists(), f"{name}: {target}"


def test_make_targets_exist() -> None:
    known = set(re.findall(r"^([a-z]+):", text("Makefile"), flags=re.M))
    for name in DOCS:
        for target in re.findall(
            r"`?make ([a-z]+)`?", "\n".join(commands(name)) + " ".join(re.findall(r"`make [a-z]+`", text(name)))
        ):
            assert target in known, f"{name}: make {target}"


@pytest.mark.parametrize("command", METRICS)
def test_commands_of_the_readme_run(command: str, demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(demo.strategy, tmp_path / "strategy.yaml")
    shutil.copytree(demo.folder, tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    words = shlex.split(command)
    if words[0] == "demo":
        words += ["--scale", "0.02"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output


def test_ci_calls_the_test_command_of_the_readme() -> None:
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8") and "make test" in text("README.md")


def test_layers_of_the_architecture_are_the_tested_ones() -> None:
    table = text("ARCHITECTURE.md").split("## Layers")[1].split("## ")[0]
    named = set(re.findall(r"`(dashboard|pages[\w.]*|metrics\.\w+)`", table))
    tested = {
        package for packages in LAYERS for package in packages if package.count(".") < 2 or package.startswith("pages")
    }
    assert {p for p in named if p != "pages/"} == tested


def test_requirements_are_pinned_and_say_why() -> None:
    for line in text("requirements.txt").splitlines():
        if line and not line.startswith("#"):
            assert re.match(r"[\w.-]+==[\w.]+ +# .{8,}", line), line
