"""``check --explain CODE``: what a code means, why, and a case that has it beside one that has not."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

from metrics.strategy.cases import Case, cases
from metrics.strategy.excerpt import excerpt, lines_at
from metrics.strategy.finding import Severity
from metrics.strategy.load import check_text
from metrics.strategy.rules import RULES
from metrics.words import Words


@dataclass(frozen=True)
class Note:
    """A code with its name and the reason for it: the documentation of a finding."""

    code: str
    severity: Severity
    name: str
    reason: str


def _file(code: str, name: str, reason: str) -> Note:
    return Note(code, Severity.ERROR, name, reason)


#: Codes of the file and of its shape; those of the rules follow.
NOTES: tuple[Note, ...] = (
    _file("Y001", "file_not_read", "The strategy file is there and can be read."),
    _file("Y002", "file_too_large", "A strategy fits on a few pages: a file above 500 kB holds data."),
    _file("Y003", "not_utf_8", "The file is UTF-8, so that Vietnamese reads alike on every machine."),
    _file("Y004", "not_yaml", "The file is YAML: indents line up, brackets and quotes close, values can be read."),
    _file("Y005", "key_twice", "A key stands once; with two, most programs keep the last one and say nothing."),
    _file("Y006", "no_keys", "The file begins with keys; the first ones are version and used_for."),
    _file("Y007", "too_deep", "The file is not nested deeper than a strategy, and repeats nothing without end."),
    _file("Y008", "yes_or_no", "Older programs read a plain yes, no, on or off as true or false, newer ones as text."),
    _file("Y009", "odd_number", "010 is eight to one program and ten to the next, 16:30 a text or 990."),
    _file("Y010", "tab", "YAML is indented with spaces; a tab is as wide as each editor likes."),
    _file("Y011", "merge_key", "Merge keys (<<) hide where a value comes from, and newer YAML has dropped them."),
    _file("Y013", "second_document", "One file is one strategy."),
    _file("M001", "key_missing", "A key that the strategy cannot do without is missing."),
    _file("M002", "unknown_key", "Every key is a known one: a misspelt key would be read by nobody."),
    _file("M003", "wrong_value", "Every value has the form its key asks for: a date, a number, a list, a known word."),
    _file("M004", "key_no_word", "A key is a word, not a number, a date or a list."),
    *(Note(rule.code, rule.severity, rule.name, rule.reason) for rule in RULES),
)
BY_CODE: dict[str, Note] = {note.code: note for note in NOTES}


def explain(code: str, w: Words) -> str | None:
    """The documentation page of a code as text; None for a code there is not."""
    note = BY_CODE.get(code.upper())
    if note is None:
        return None
    lines = [f"{note.code} {note.name} ({w(SEVERITY_WORDS[note.severity])})", "", w(note.reason)]
    found = cases()
    for case in [c for c in found.failing if c.code == note.code][:1]:
        lines += ["", w("Found here:"), *_failing(case, w)]
    for case in [c for c in found.failing if c.code == note.code][:1]:
        near = next((c for c in found.passing if c.code == note.code), None)
        lines += ["", w("Not found here:"), *_passing(near.text if near else found.small, case.text)]
    return "\n".join(lines)


SEVERITY_WORDS: dict[Severity, str] = {
    Severity.ERROR: "error: stops the build",
    Severity.DEBT: "debt: stands on the strategy page until somebody decides",
    Severity.HINT: "hint: reads better otherwise",
}


def _failing(case: Case, w: Words) -> list[str]:
    text, found = case.text, cases()
    said = [f for f in check_text(text.encode(), "s", found.today, found.history).findings if f.code == case.code]
    lines = excerpt(text, *case.places[0], around=2)
    return [*lines, *("  " + sentence for sentence in said[0].say(w))] if said else lines


def _passing(text: str, failing: str) -> list[str]:
    """The lines of the passing text that the failing one has otherwise."""
    ours, theirs = text.split("\n"), failing.split("\n")
    changed = [op for op in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes() if op[0] != "equal"]
    wanted: list[int] = []
    for _, start, end, _, _ in changed[:4]:
        wanted += range(max(0, start - 1), min(len(ours), max(end, start + 1) + 1))
    return lines_at(text, sorted(set(wanted))[:14])
