"""Sources that lie or slip: staff columns that are missing, blank or something else, aliases, names inside values,
files that come late or twice, and a month that is not over."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from metrics.build import build
from metrics.errors import DataError
from metrics.release import Release
from tests.attacks.captured import Said, released
from tests.attacks.differencing import audit
from tests.attacks.oracles import fold
from tests.attacks.test_cell_rule import TEAM, answers, contacts, even, told
from tests.build.small import STRATEGY, Row, small_company, write_company


def two_channels(people: list[str]) -> list[Row]:
    return contacts("hotline", even(people, 30)) + contacts("store", even(TEAM, 30), 1000)


# ── Who handled it ──

ALIASES: dict[str, Callable[[str], list[str]]] = {
    "case": lambda s: [s, s.upper(), s.lower()],
    "accents": lambda s: [s, fold(s).title()],
    "spaces": lambda s: [s, s.replace(" ", "  "), s.replace(" ", "\u00a0")],
    "composition": lambda s: [s, unicodedata.normalize("NFD", s)],
    "width": lambda s: [s, "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in s)],
    "zero width": lambda s: [s, "\u200b".join(s), s + "\u200d"],
    "punctuation": lambda s: [s, s.replace(" ", "."), s.replace(" ", "-"), s.replace(" ", "_")],
    "look-alike letters": lambda s: [s, s.replace("a", "а").replace("e", "е")],
}


@pytest.mark.parametrize("how", ALIASES)
def test_three_people_under_many_spellings_are_three(tmp_path: Path, how: str) -> None:
    """Each spelling counted as a person would make five of three."""
    three = ["Oanh Canary", "Phúc Canary", "Quý Canary"]
    rows = two_channels([alias for name in three for alias in ALIASES[how](name)])
    found, _ = told(tmp_path, rows, answers(rows))
    assert found
    assert not [s for s in found if dict(s.dims).get("channel") == ("hotline",)]


def test_a_staff_column_that_repeats_the_contact_id_stops_the_build(tmp_path: Path) -> None:
    """Every contact would be handled by somebody else: each cell has its five, and one person's has too."""
    rows = [dict(r, agent=r["contact"]) for r in two_channels(["Một Người"])]
    with pytest.raises(DataError, match="tells rows apart") as caught:
        told(tmp_path, rows, answers(rows))
    assert "PH-" not in str(caught.value) and "sources.yaml" in str(caught.value)
    rows = [dict(r, agent=f"call {i * 7919:09d}") for i, r in enumerate(rows)]
    with pytest.raises(DataError, match="tells rows apart"):
        told(tmp_path, rows, answers(rows))


def test_a_blank_staff_column_clears_nothing(tmp_path: Path) -> None:
    rows = [dict(r, agent=None) for r in two_channels(TEAM)]
    assert told(tmp_path, rows, answers(rows))[0] == []


def test_a_missing_staff_column_stops_the_build(tmp_path: Path) -> None:
    strategy, sources = write_company(tmp_path, {"contacts": two_channels(TEAM)})
    sources.write_text(sources.read_text().replace(", staff: [agent, second]", ""), encoding="utf-8")
    with pytest.raises(DataError, match="staff"):
        build(strategy, sources, tmp_path / "release.duckdb")
    assert not (tmp_path / "release.duckdb").exists()


@pytest.mark.parametrize(
    "column",
    ["Agent", "nhân viên", "nha\u0302n vie\u0302n", "NHAN VIEN", "nhanVien", "Tổng đài viên", "tong_dai_vien",
     "Ca trực", "\u0430gent", "agent_id", "rep", "handler", "HandledBy", "Supervisor", "Trưởng ca",
     "MSNV", "call center"],
)  # fmt: skip
def test_an_undeclared_staff_column_stops_the_build_without_a_value(tmp_path: Path, column: str) -> None:
    strategy, sources = write_company(tmp_path, {"contacts": two_channels(TEAM)})
    path = tmp_path / "contacts.csv"
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([f"{head},{column}", *(f"{line},Lê Bí Mật" for line in lines)]), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        build(strategy, sources, tmp_path / "release.duckdb")
    assert "Bí Mật" not in str(caught.value) and "workforce" in str(caught.value)
    assert not (tmp_path / "release.duckdb").exists()


def test_a_name_inside_a_value_is_in_no_file_of_the_build(tmp_path: Path) -> None:
    """A topic "Billing – Lan" among others names a person: it is no declared value, so it counts as "other"."""
    rows = two_channels(TEAM)
    plain = ["Billing", "Payment", "Refund", "Delivery", "Opening hours", "Warranty"]
    for i, row in enumerate(rows):
        row["topic"] = f"Billing – {TEAM[i % 3]}" if i % 4 == 1 else plain[i // 4 % 6]
    topics = "  - {id: topic, name: Topic, values: [{id: billing, name: Billing}, {id: payment, name: Payment}]}\n"
    view = "  - {id: by_topic, dimensions: [topic], question: About?}\n"
    text = STRATEGY.replace("  - {id: waited,", f"{topics}  - {{id: waited,")
    text = text.replace("  - {id: by_channel,", f"{view}  - {{id: by_channel,")
    found, _ = told(tmp_path, rows, answers(rows), text)
    values = {v for s in found for d, vs in s.dims if d == "topic" for v in vs}
    assert "payment" in values and values <= {"billing", "payment", "other"}
    data = fold((tmp_path / "release.duckdb").read_bytes().decode("utf-8", "ignore"))
    assert not any(fold(name) in data for name in TEAM) and "opening hours" not in data


# ── When it came ──


def totals(path: Path) -> dict[tuple[str, str], float]:
    release = Release(path)
    found = {(s.metric, s.period): s.sums["n"] for s in released(release) if not s.dims}
    release.close()
    return found


def test_the_running_month_is_not_told(tmp_path: Path) -> None:
    rows = two_channels(TEAM)
    strategy, sources = write_company(tmp_path, {"contacts": rows}, as_of="2026-03-20")
    build(strategy, sources, tmp_path / "release.duckdb")
    assert {p for _, p in totals(tmp_path / "release.duckdb")} == {"2026-01", "2026-02"}


def test_a_file_given_twice_counts_once(tmp_path: Path) -> None:
    rows = two_channels(TEAM)
    strategy, sources = write_company(tmp_path, {"contacts": rows})
    build(strategy, sources, tmp_path / "once.duckdb")
    text = sources.read_text(encoding="utf-8")
    entry = text[text.index("  - file: contacts.csv") : text.index("traits:")]
    (tmp_path / "again.csv").write_bytes((tmp_path / "contacts.csv").read_bytes())
    again = entry.replace("contacts.csv", "again.csv")
    sources.write_text(text.replace(entry, entry + again), encoding="utf-8")
    report = build(strategy, sources, tmp_path / "twice.duckdb")
    assert totals(tmp_path / "twice.duckdb") == totals(tmp_path / "once.duckdb")
    assert sum(f.rejected for f in report.files) == len(rows)


def test_two_builds_of_which_one_lacks_a_person_are_told_apart_by_the_auditor() -> None:
    """The attack of the test above, made by hand: it can be seen."""
    rows = contacts("store", even(TEAM, 30))
    frame = pd.DataFrame(rows)
    frame["month"], frame["who"] = "2026-01", [frozenset({r["agent"]}) for r in rows]
    frame["build"] = np.where(frame["agent"] == TEAM[0], "late", "early")
    said = [Said("m", "2026-01", (), {}), Said("m", "2026-01", (("build", ("early",)),), {})]
    (leak,) = audit(said, frame, {"m": np.ones(len(frame), bool)}, calculator=False).leaks[:1]
    assert leak.staff == (TEAM[0],)


def test_rows_set_aside_leave_no_value_behind(tmp_path: Path) -> None:
    """Names where scores, times and money should be; in the rejects file only their places stand."""
    tables = small_company()
    for i, row in enumerate(tables["answers"][:40]):
        row["score"] = TEAM[i % 8]
    for i, row in enumerate(tables["contacts"][:40]):
        row["at"] = f"lúc {TEAM[i % 8]} trực"
    for row in tables["orders"][:40]:
        row["amount"] = f"{TEAM[0]} giảm giá"
    report = build(*write_company(tmp_path, tables), tmp_path / "out" / "release.duckdb")
    assert report.rejects_file is not None
    for path in (tmp_path / "out").iterdir():
        data = fold(path.read_bytes().decode("utf-8", "ignore"))
        assert not any(fold(name) in data for name in TEAM), path.name


def test_one_file_per_colleague_is_told_as_one_table(tmp_path: Path) -> None:
    """Names, rows and days of exports that each hold one person's contacts are in no release; source rows have two
    digits, so that nothing is left of them when what was published is taken away."""
    strategy, sources = write_company(tmp_path, small_company())
    lines = (tmp_path / "contacts.csv").read_text("utf-8").splitlines()
    (tmp_path / "contacts.csv").write_text("\n".join(lines[:1000]) + "\n", "utf-8")
    (tmp_path / "calls_hoa.csv").write_text("\n".join([lines[0], *lines[1000:]]) + "\n", "utf-8")
    text = sources.read_text("utf-8")
    at = text.index("  - file: contacts.csv")
    entry = text[at : text.index("  - file:", at + 5)]
    sources.write_text(text.replace(entry, entry + entry.replace("contacts.csv", "calls_hoa.csv")), "utf-8")
    build(strategy, sources, tmp_path / "release.duckdb")
    release = Release(tmp_path / "release.duckdb")
    told = {table: (file, rows) for file, table, rows, *_ in release.sources}
    release.close()
    assert len(lines) - 1 == 1440
    assert told["contacts"] == ("", 1400) and told["orders"] == ("orders.csv", 240)
    assert b"calls_hoa" not in (tmp_path / "release.duckdb").read_bytes()
