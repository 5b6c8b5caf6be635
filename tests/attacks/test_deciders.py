"""Return by how a complaint went is a result of whoever handled the complaint, though nobody handled the order."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from random import Random

import pytest

from metrics.build import build
from metrics.build.deciders import DECIDED
from metrics.release import Release
from tests.attacks.captured import Said, released
from tests.build.small import STRATEGY, Row, small_company, write_company

BACK = "repurchase(days=30)"
HOA = "Nguyễn Thị Hoa"
CUT = "  - {id: by_complaint, dimensions: [complaint], question: Do they return?}\n"
SECOND = "  - {id: complaint_by_channel, dimensions: [channel, complaint], question: Where?, priority: 3}\n"


def company(escalated: list[str]) -> dict[str, list[Row]]:
    """600 first orders, half of them with a complaint; slow ones are handled by the ``escalated`` staff in turn."""
    rng, tables = Random(1), small_company()
    for k in range(600):
        month, customer = f"{2025 + (9 + k % 6) // 12}-{(9 + k % 6) % 12 + 1:02d}", f"KH-{1000 + k:05d}"
        tables["customers"].append({"customer": customer, "joined": "2025-10-01", "segment": "household"})
        order = {"order": f"DX-{k:05d}", "customer": customer, "channel": ("store", "website")[k % 2], "amount": 9}
        tables["orders"].append(order | {"at": f"{month}-{k % 20 + 1:02d} 09:00"})
        if rng.random() < 0.4:
            tables["orders"].append(order | {"order": f"DY-{k:05d}", "at": f"{month}-{k % 20 + 6:02d} 09:00"})
        if k % 2 == 0:
            slow = k // 6 % 3 == 0
            team = escalated if slow else [f"Nguyễn Thị {c}1nh" for c in "ABCDEFGH"]
            tables["contacts"].append(
                {
                    "contact": f"PX-{k:05d}", "customer": customer, "order": order["order"],
                    "at": f"{month}-{k % 20 + 2:02d} 10:00", "stage": "support", "touchpoint": "hotline_call",
                    "channel": ("store", "hotline", "website")[k % 3], "agent": team[k // 18 % len(team)],
                    "complaint": "yes", "resolved": f"{month}-{k % 20 + (5 if slow else 2):02d} 12:00",
                }
            )  # fmt: skip
    return tables


def told(folder: Path, tables: dict[str, list[Row]], views: str = CUT) -> list[Said]:
    folder.mkdir(exist_ok=True)
    build(
        *write_company(folder, tables, strategy=STRATEGY.replace("kpis:\n", f"{views}kpis:\n", 1)), folder / "r.duckdb"
    )
    release = Release(folder / "r.duckdb")
    found = [s for s in released(release) if s.metric == BACK and "complaint" in dict(s.dims)]
    release.close()
    return found


def behind(tables: dict[str, list[Row]], said: Said) -> Counter[str]:
    """Staff who handled the slow complaints among the first orders of a cell."""
    first: dict[str, str] = {}
    for order in sorted(tables["orders"], key=lambda o: str(o["at"])):
        first.setdefault(str(order["customer"]), str(order["order"]))
    mine = {o["order"]: str(o["at"])[:7] for o in tables["orders"] if first[str(o["customer"])] == o["order"]}
    slow: dict[str, set[str]] = defaultdict(set)
    for c in tables["contacts"]:
        if c.get("order") in mine and mine[c["order"]] in _months(said.period) and c["resolved"][8:10] > c["at"][8:10]:
            slow[str(c["order"])].add(str(c["agent"]))
    return Counter(who for staff in slow.values() for who in staff)


def _months(period: str) -> set[str]:
    if "Q" not in period:
        return {period}
    return {f"{period[:4]}-{3 * int(period[-1]) - i:02d}" for i in range(3)}


def alone(said: list[Said]) -> list[Said]:
    """Cells of slow complaints alone."""
    return [s for s in said if dict(s.dims)["complaint"] == ("slow",)]


def test_return_after_one_persons_complaints_is_not_told(tmp_path: Path) -> None:
    tables = company([HOA])
    found = told(tmp_path / "one", tables)
    assert found and not alone(found)
    assert all("slow" not in dict(s.dims)["complaint"] or len(dict(s.dims)["complaint"]) > 1 for s in found)
    whole = {s.period: sum(x.sums["n"] for x in found if x.period == s.period) for s in found}
    assert all(n > 100 for n in whole.values()), "the cells of a period are all of its customers"


def test_return_after_the_complaints_of_many_is_told(tmp_path: Path) -> None:
    many = company([f"Trần Văn {c}" for c in ("An", "Bé", "Cư", "Du", "Em", "Gấm", "Hà", "Ích")])
    found = alone(told(tmp_path / "many", many))
    assert found and all(len(behind(many, s)) >= 5 for s in found)


def test_without_the_deciders_one_persons_result_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault: the attack above finds it."""
    monkeypatch.setitem(DECIDED, "cohorts", frozenset())
    tables = company([HOA])
    found = alone(told(tmp_path / "planted", tables))
    assert found and all(set(behind(tables, s)) == {HOA} for s in found)


def test_one_view_alone_cuts_by_what_others_decide(tmp_path: Path) -> None:
    """Two such views of the same customers could be subtracted; the joint test does not see these staff."""
    found = told(tmp_path / "two", company([f"Trần Văn {c}" for c in "ABCDEFGH"]), CUT + SECOND)
    assert found and all([d for d, _ in s.dims] == ["complaint"] for s in found)
