"""Findings as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable

from metrics.strategy.finding import Finding
from metrics.words import Words


def as_text(findings: Iterable[Finding], lang: str = "en") -> str:
    """One line each, ``strategy.yaml:12:5 error G001 what. mend``, in the order of the file; a count at the end."""
    w = Words(lang)
    lines = [f"{f.place} {f.severity.value} {f.code} {' '.join(f.say(w))}" for f in sorted(findings, key=_order)]
    return "\n".join([*lines, w("Findings: {count}", count=len(lines))])


def as_json(findings: Iterable[Finding], lang: str = "en") -> str:
    """A list of {code, severity, file, line, column, what, mend} in the order of the file."""
    w = Words(lang)
    rows = []
    for f in sorted(findings, key=_order):
        what, mend = f.say(w)
        place = {"file": f.place.file, "line": f.place.line, "column": f.place.column}
        rows.append({"code": f.code, "severity": f.severity.value, **place, "what": what, "mend": mend})
    return json.dumps(rows, ensure_ascii=False, indent=1)


def _order(finding: Finding) -> tuple[int, int, str]:
    return finding.order
