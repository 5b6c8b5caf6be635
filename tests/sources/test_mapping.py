"""The sources file: every mistake has a line, a column and a way to mend it."""

from __future__ import annotations

from pathlib import Path

import pytest

from metrics.errors import DataError
from metrics.sources.mapping import load_sources

GOOD = """as_of: 2026-04-05
files:
  - file: tickets.csv
    tables:
      - table: contacts
        where: {type: [ticket, 1]}
        columns: {contact_id: id, opened: created, staff: [agent, second]}
        constants: {stage: support, is_complaint: true}
        formats: {opened: "%d/%m/%Y"}
      - table: answers
        where_present: csat
        columns: {score: csat}
        constants: {question: csat}
    workforce: [team]
traits:
  answers: {one_per: order_id}
"""


def load(tmp_path: Path, text: str) -> object:
    path = tmp_path / "sources.yaml"
    path.write_text(text, encoding="utf-8")
    return load_sources(path)


def test_a_good_file_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text(GOOD, encoding="utf-8")
    sources = load_sources(path)
    feed = sources.files[0].tables[0]
    assert feed.columns == {"contact_id": ("id",), "opened": ("created",), "staff": ("agent", "second")}
    assert feed.where == {"type": ("ticket", "1")} and feed.constants["is_complaint"] == "true"
    assert sources.trait("answers").one_per == "order_id" and sources.trait("orders").one_per is None
    assert str(sources.place("files", 0, "tables", 1, "columns", "score")).endswith("sources.yaml:12:26")


@pytest.mark.parametrize(
    ("old", "new", "place", "said"),
    [
        ("table: contacts", "table: contact", "5:16", "Unknown table 'contact'. Did you mean 'contacts'?"),
        ("opened: created", "openned: created", "7:44", "no column 'openned'. Did you mean 'opened'?"),
        ("score: csat", "scor: csat", "12:25", "no column 'scor'. Did you mean 'score'?"),
        ("workforce: [team]", "workfroce: [team]", "14:", "Unknown entry 'workfroce'. Did you mean 'workforce'?"),
        ("where_present: csat", "where_presnt: csat", "11:", "Did you mean 'where_present'?"),
        ("as_of: 2026-04-05", "as_off: 2026-04-05", "1:", "'as_of' is missing"),
        ("as_of: 2026-04-05", "as_of: yesterday", "1:8", "'as_of' cannot be read"),
        ("contact_id: id, ", "", "7:", "contacts needs 'contact_id'"),
        ("columns: {score: csat}", "columns: {answered_at: csat}", "12:", "answers needs 'score'"),
        ("opened: created", "opened: [created, closed]", "7:", "'opened' takes one source column"),
        ("stage: support", "stage: support, opened: 2025-01-01", "8:", "'opened' has a column and a constant"),
        ("stage: support", "staff: bot", "8:", "Staff cannot be a constant"),
        ('opened: "%d', 'stage: "%d', "9:", "'stage' is no mapped time"),
        ("workforce: [team]", "workforce: [agent]", "7:", "'agent' is declared 'workforce', so it is never read"),
        ("workforce: [team]", "workforce: [x]\n    not_staff: [x]", "14:", "both 'workforce' and 'not_staff'"),
        ("one_per: order_id", "one_per: order", "16:", "Did you mean 'order_id'?"),
        ("  answers: {one_per", "  answer: {one_per", "16:", "Unknown table 'answer'. Did you mean 'answers'?"),
        ("traits:", "trait:", "15:", "Unknown entry 'trait'. Did you mean 'traits'?"),
        ("where: {type: [ticket, 1]}", "where: {type: []}", "6:", "type"),
        (
            "constants: {question: csat}",
            "items: [{column: q1, question: csat, scale: [1, 5]}]",
            "12:",
            "from the items",
        ),
        ("as_of: 2026", "as_of: [2026", "", "This is not YAML"),
        ("where_present: csat", "where_present: csat\n        where_present: csat", "12:9", "stands here twice"),
        ("    workforce: [team]", "  - file: tickets.csv\n    tables: [{table: series, columns: {}}]", "14:", "twice"),
    ],
)
def test_a_mistake_has_a_place_and_a_mend(tmp_path: Path, old: str, new: str, place: str, said: str) -> None:
    assert old in GOOD
    with pytest.raises(DataError) as caught:
        load(tmp_path, GOOD.replace(old, new))
    assert said in str(caught.value)
    assert str(caught.value.where).startswith(f"{tmp_path / 'sources.yaml'}:{place}")
    assert caught.value.mend


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such sources file"):
        load_sources(tmp_path / "nothing.yaml")


@pytest.mark.parametrize(
    "file",
    (GOOD, GOOD.replace(", staff: [agent, second]", "")),
    ids=("mapped", "named as workforce"),
)
def test_nobody_is_declared_away(tmp_path: Path, file: str) -> None:
    """'no_staff' would switch the protection of staff off; a file that has a column about them says otherwise."""
    with pytest.raises(DataError, match="declared to have no staff") as raised:
        load(tmp_path, file.replace("traits:\n", "traits:\n  contacts: {no_staff: true}\n"))
    line = next(i for i, text in enumerate(file.splitlines(), 1) if text == "traits:") + 1
    assert f":{line}:" in str(raised.value)
