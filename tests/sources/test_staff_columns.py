"""Staff columns are declared or the build stops; nothing can be cut by one, whatever it is called or holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from metrics.errors import DataError

BASE = """files:
  - file: t.csv
    tables: [{{table: contacts, columns: {{contact_id: id, opened: when{columns}}}}}]
{declared}"""


def contacts(columns: str = "", declared: str = "") -> str:
    return BASE.format(columns=columns, declared=f"    {declared}\n" if declared else "")


@pytest.mark.parametrize(
    "column",
    [
        "agent", "Agent_name", "agentId", "Supervisor", "Manager", "Agent Shift", "Assignee", "Handled by", "team_id",
        "nhân viên", "Nhân Viên", "NHAN_VIEN", "ma_nv", "Người xử lý", "Ca trực", "Tổng đài viên", "tennhanvien",
        "nhân viên phụ trách", "Trưởng nhóm", "Extension", "cashier", "аgent",
    ],
)  # fmt: skip
def test_an_undeclared_staff_column_stops_the_build(reads: Callable[..., Any], column: str) -> None:
    text = f"id,when,{column}\n1,2025-03-01,Nguyễn Planted\n"
    with pytest.raises(DataError) as caught:
        reads(contacts(), {"t.csv": text})
    said = str(caught.value)
    assert column in said and "t.csv" in said and "'workforce'" in said and "'not_staff'" in said
    assert "Planted" not in said and ":3:11" in said
    for declared in (f"workforce: ['{column}']", f"not_staff: ['{column}']"):
        got = reads(contacts(declared=declared))
        assert got.result.files[0].rows == 1 and "Planted" not in got.texts()
    got = reads(contacts(columns=f", staff: '{column}'"))
    assert got.staff("contacts") == [(0, 0)] and "Planted" not in got.texts()


@pytest.mark.parametrize(
    "column",
    [
        "customer_name",
        "channel",
        "store_city",
        "created_at",
        "csat",
        "khách hàng",
        "kênh",
        "chủ đề",
        "ngày tạo",
        "sản phẩm",
    ],
)
def test_other_columns_do_not(reads: Callable[..., Any], column: str) -> None:
    got = reads(contacts(), {"t.csv": f"id,when,{column}\n1,2025-03-01,Trần Planted\n"})
    assert got.result.files[0].rows == 1
    assert "Planted" not in got.texts() + repr(got.result), "a name that nobody mapped is never read"


@pytest.mark.parametrize(
    "mapped", ["channel: agent", "topic: agent", "customer_id: agent", "stage: agent", "order_id: agent"]
)
def test_a_staff_column_is_no_way_to_cut(reads: Callable[..., Any], mapped: str) -> None:
    text = "id,when,agent\n1,2025-03-01,x\n"
    for yaml in (contacts(f", {mapped}"), contacts(f", {mapped}, staff: agent")):
        with pytest.raises(DataError, match="tells members of staff or teams apart"):
            reads(yaml, {"t.csv": text})


@pytest.mark.parametrize("part", ["where: {agent: [x]}", "where_present: agent"])
def test_rows_cannot_be_chosen_by_staff(reads: Callable[..., Any], part: str) -> None:
    yaml = f"files: [{{file: t.csv, tables: [{{table: contacts, columns: {{contact_id: id, opened: when}}, {part}}}]}}]"
    with pytest.raises(DataError, match="tells members of staff or teams apart"):
        reads(yaml, {"t.csv": "id,when,agent\n1,2025-03-01,x\n"})


@pytest.mark.parametrize(
    "values",
    [
        ["Nguyễn Thị Hoa", "Trần Văn Nam", "Lê Thị Thu"],
        ["Nguyen Thi Hoa", "Tran Van Nam", "Pham Thi Thu"],
        ["Emma Johnson", "Michael Lee", "Olivia Wang"],
        ["a.nguyen@example.org", "b.tran@example.org", "c.le@example.org"],
        ["Ext. 1203", "ext 1204", "Máy lẻ 305"],
    ],
)
def test_values_that_are_people_are_found_under_any_name(reads: Callable[..., Any], values: list[str]) -> None:
    text = "id,when,kind\n" + "".join(f"{i},2025-03-01,{v}\n" for i, v in enumerate(values))
    with pytest.raises(DataError) as caught:
        reads(contacts(", channel: kind"), {"t.csv": text})
    assert "'kind'" in str(caught.value) and ":4:" in str(caught.value.where)
    assert not any(v in str(caught.value) for v in values)
    got = reads(contacts(", channel: kind", "not_staff: [kind]"))
    assert got.result.files[0].rows == len(values)


@pytest.mark.parametrize(
    "values",
    [
        ["Hotline", "Cửa hàng", "Website", "Zalo"],
        ["Hà Nội", "Hồ Chí Minh", "Đà Nẵng", "Hải Phòng", "Cần Thơ"],
        ["Billing Question", "Service Outage", "Payments"],
        ["Tủ lạnh", "Máy giặt", "Lò vi sóng"],
        ["Los Angeles", "San Francisco", "New York"],
    ],
)
def test_values_of_the_journey_are_not_people(reads: Callable[..., Any], values: list[str]) -> None:
    text = "id,when,kind\n" + "".join(f"{i},2025-03-01,{v}\n" for i, v in enumerate(values))
    assert reads(contacts(", topic: kind"), {"t.csv": text}).rows("contacts", "topic") == values


def test_a_column_one_to_one_with_staff_is_found(reads: Callable[..., Any]) -> None:
    """A code for each agent is the agent."""
    people, codes = ["p1", "p2", "p3", "p4"], ["red", "blue", "green", "white"]
    coded = "".join(f"{i},2025-03-01,{people[i % 4]},{codes[i % 4]}\n" for i in range(40))
    mixed = "".join(f"{i},2025-03-01,{people[i % 4]},{codes[i % 3]}\n" for i in range(40))
    yaml = contacts(", staff: agent, channel: code")
    with pytest.raises(DataError, match="'code'"):
        reads(yaml, {"t.csv": "id,when,agent,code\n" + coded})
    assert len(reads(yaml, {"t.csv": "id,when,agent,code\n" + mixed}).rows("contacts", "channel")) == 40


def test_scores_about_staff_are_scores(reads: Callable[..., Any]) -> None:
    """A column read as a number can name nobody: 'staff were friendly' is a question, not a person."""
    yaml = (
        "files: [{file: t.csv, tables: [{table: answers, columns: {}, items:"
        " [{column: staff friendliness, question: csat, scale: [1, 5]}]}]}]"
    )
    got = reads(yaml, {"t.csv": "staff friendliness\n5\nNguyễn Planted\n"})
    assert got.rows("answers", "score") == [5.0] and got.rejects() == [("t.csv", 3, "staff friendliness", "NOT_NUMBER")]


def test_a_declared_column_that_is_not_there_is_a_slip(reads: Callable[..., Any]) -> None:
    with pytest.raises(DataError, match=r"no column 'tem'. Did you mean 'team'"):
        reads(contacts(declared="workforce: [tem]"), {"t.csv": "id,when,team\n1,2025-03-01,x\n"})


def test_a_link_leads_to_no_staff(reads: Callable[..., Any]) -> None:
    yaml = """files:
  - file: t.csv
    tables:
      - table: orders
        columns: {order_id: id, customer_id: who, ordered_at: when}
        links: {customer_id: {file: p.csv, key: who, value: agent}}
"""
    with pytest.raises(DataError, match=r"sources.yaml:7:61: Column 'agent' of 'p.csv'"):
        reads(yaml, {"t.csv": "id,who,when\n1,a,2025-03-01\n", "p.csv": "who,agent\na,x\n"})
