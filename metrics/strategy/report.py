"""Findings as text, as JSON and as SARIF 2.1.0 (OASIS), in the order of the file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import quote

from metrics.strategy.excerpt import excerpt, printable
from metrics.strategy.explain import BY_CODE, NOTES
from metrics.strategy.finding import Finding, Severity
from metrics.words import Words

SARIF = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS: dict[Severity, str] = {Severity.ERROR: "error", Severity.DEBT: "warning", Severity.HINT: "note"}

#: Codes whose line may hold a person: it is pointed at, never printed again.
QUIET = ("N001", "N002", "O001", "V001")


def as_text(findings: Iterable[Finding], lang: str = "en", sources: dict[str, str] | None = None) -> str:
    """``strategy.yaml:12:5: error G001 what``, the line itself (from ``sources``: file → text), how to mend it; counts
    at the end."""
    w = Words(lang)
    found = list(findings)
    hidden = {(f.place.file, f.place.line) for f in found if f.code in QUIET}
    lines = []
    for f in sorted(found, key=_order):
        what, mend = f.say(w)
        lines.append(f"{f.place}: {f.severity.value} {f.code} {printable(what)}")
        text, line = (sources or {}).get(f.place.file), f.place.line
        if text is not None and (f.place.file, line) not in hidden and line and isinstance(f.place.column, int):
            lines += excerpt(text, line, f.place.column)
        lines += [f"        {printable(mend)}", ""]
    counts = {s: sum(f.severity is s for f in found) for s in Severity}
    lines.append(
        w(
            "Errors: {errors}, debts: {debts}, hints: {hints}.",
            errors=counts[Severity.ERROR],
            debts=counts[Severity.DEBT],
            hints=counts[Severity.HINT],
        )
    )
    if found:
        code = min(found, key=lambda f: (list(Severity).index(f.severity), f.order)).code
        lines.append(w("Why, and an example: python -m metrics check --explain {code}", code=code))
    return "\n".join(lines)


def as_json(findings: Iterable[Finding], lang: str = "en") -> str:
    """A list of {code, severity, file, line, column, what, mend} in the order of the file."""
    w = Words(lang)
    rows = []
    for f in sorted(findings, key=_order):
        what, mend = f.say(w)
        place = {"file": f.place.file, "line": f.place.line, "column": f.place.column}
        rows.append({"code": f.code, "severity": f.severity.value, **place, "what": what, "mend": mend})
    return json.dumps(rows, ensure_ascii=False, indent=1)


def as_sarif(findings: Iterable[Finding], lang: str = "en") -> str:
    """One run of SARIF 2.1.0 with every code as a rule. Errors are ``error``, debts ``warning``, hints ``note``."""
    w = Words(lang)
    codes = [note.code for note in NOTES]
    rules = [
        {
            "id": note.code,
            "name": "".join(part.capitalize() for part in note.name.split("_")),
            "shortDescription": {"text": w(note.reason)},
            "help": {"text": f"python -m metrics check --explain {note.code}"},
            "defaultConfiguration": {"level": LEVELS[note.severity]},
        }
        for note in NOTES
    ]
    results = [_result(f, w, codes.index(f.code)) for f in sorted(findings, key=_order)]
    driver = {"name": "CX KPI strategy check", "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": SARIF, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1)


def _result(finding: Finding, w: Words, index: int) -> dict[str, Any]:
    what, mend = finding.say(w)
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(finding.place.file)}}
    if finding.place.line:
        physical["region"] = {"startLine": finding.place.line}
        if isinstance(finding.place.column, int):
            physical["region"]["startColumn"] = finding.place.column
    return {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": LEVELS[finding.severity],
        "message": {"text": f"{what} {mend}"},
        "locations": [{"physicalLocation": physical}],
    }


def _uri(file: str) -> str:
    """A relative path as a relative reference, an absolute one as a file URI."""
    path = PurePath(file)
    return Path(file).as_uri() if path.is_absolute() and "\0" not in file else quote(path.as_posix())


def known_code(code: str) -> bool:
    return code.upper() in BY_CODE


def _order(finding: Finding) -> tuple[str, tuple[int, int, str]]:
    return finding.place.file, finding.order
