"""Staff inside allowed dimensions: in the sources they count as other, declared they stop the build, never printed."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from metrics.build import build
from metrics.build.report import lines
from metrics.errors import DataError
from metrics.strategy.load import load
from tests.build.small import STRATEGY, small_company, write_company

TOPICS = """  - id: topic
    name: Topic
    values:
      - {id: billing, name: Billing, matches: [Hoá đơn]}
      - {id: delivery, name: Delivery}
  - {id: waited"""
WITH_TOPICS = STRATEGY.replace("  - {id: waited", TOPICS).replace(
    "kpis:\n", "  - {id: by_topic, dimensions: [topic], question: About what?}\nkpis:\n", 1
)
LIKE_STAFF = ("Billing – Lan", "Team Hoa", "hoa@example.vn", "x1234")


def company(extra: tuple[str, ...] = ()) -> dict[str, list[dict[str, object]]]:
    tables = small_company()
    texts = ("billing", "delivery", "Hoá đơn", "something else", *extra)
    for i, row in enumerate(tables["contacts"]):
        # a name that no list of names knows, as they stand in every company
        row["agent"] = f"Zorblax Quu{str(row['agent'])[-4]}"
        row["topic"] = texts[i % len(texts)]
    return tables


def test_texts_like_staff_count_as_other_and_are_counted_by_dimension(tmp_path: Path) -> None:
    tables = company(LIKE_STAFF)
    out = tmp_path / "release.duckdb"
    report = build(*write_company(tmp_path, tables, strategy=WITH_TOPICS), out)
    rows = sum(row["topic"] in LIKE_STAFF for row in tables["contacts"])
    assert report.staff_shaped == {"topic": rows}
    text = "\n".join(lines(report))
    assert f"topic: {rows:,} rows" in text
    assert not any(name in text for name in LIKE_STAFF)
    with duckdb.connect(str(out), read_only=True) as file:
        values = {v for (v,) in file.execute("SELECT DISTINCT value FROM cell WHERE dimension = 'topic'").fetchall()}
    assert values == {"billing", "delivery", "other"}
    assert not any(name.encode() in out.read_bytes() for name in LIKE_STAFF)


def test_a_name_of_the_sources_inside_a_text_is_counted_too(tmp_path: Path) -> None:
    tables = company(("For Zorblax QuuAsh", "For us (zorblax quua)", "For us – Zorblax QuuB"))
    report = build(*write_company(tmp_path, tables, strategy=WITH_TOPICS), tmp_path / "release.duckdb")
    assert report.staff_shaped == {"topic": sum("us " in str(row["topic"]) for row in tables["contacts"])}


def test_ordinary_texts_are_not_counted(tmp_path: Path) -> None:
    report = build(*write_company(tmp_path, company(), strategy=WITH_TOPICS), tmp_path / "release.duckdb")
    assert report.staff_shaped == {} and "read like staff" not in "\n".join(lines(report))


@pytest.mark.parametrize(
    "value",
    [
        "{id: billing, name: Billing, matches: [Hoá đơn, Zorblax QuuA]}",
        "{id: billing, name: Billing, matches: [Hoá đơn, Gửi – zorbläx quuc]}",
        "{id: billing, name: {en: Billing, vi: ZORBLAX QUUH}}",
    ],
)
def test_a_declared_value_that_is_a_member_of_staff_stops_the_build_without_its_name(
    tmp_path: Path, value: str
) -> None:
    strategy = WITH_TOPICS.replace("{id: billing, name: Billing, matches: [Hoá đơn]}", value)
    out = tmp_path / "release.duckdb"
    with pytest.raises(DataError) as caught:
        build(*write_company(tmp_path, company(), strategy=strategy), out)
    said = str(caught.value)
    line = next(i for i, text in enumerate(strategy.splitlines(), 1) if "id: billing" in text)
    assert f"strategy.yaml:{line}:9" in said and "quu" not in said.casefold() and not out.exists()


@pytest.mark.parametrize("value", LIKE_STAFF)
def test_a_declared_value_like_staff_is_a_finding_without_its_name(tmp_path: Path, value: str) -> None:
    path = tmp_path / "strategy.yaml"
    path.write_text(WITH_TOPICS.replace("[Hoá đơn]", f"['{value}']"), encoding="utf-8")
    found = [f for f in load(path).errors if f.code == "V012"]
    assert len(found) == 1 and found[0].values == ()
