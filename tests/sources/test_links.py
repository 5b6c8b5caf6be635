"""Rows find their contact, order, customer and staff; after that only numbers are left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

YAML = """files:
  - file: tickets.csv
    tables:
      - table: contacts
        where: {type: [ticket]}
        columns: {contact_id: id, opened: when, customer_id: who, order_id: order, staff: [agent, second]}
      - table: answers
        where_present: score
        columns: {contact_id: id, score: score}
        constants: {question: csat}
  - file: orders.csv
    tables:
      - table: orders
        columns: {order_id: order, customer_id: who, ordered_at: when, status: state, staff: seller}
  - file: survey.csv
    tables:
      - table: answers
        columns: {response_id: r, order_id: order, contact_id: ticket, customer_id: who, question: q, score: s}
  - file: invited.csv
    tables: [{table: invitations, columns: {order_id: order, question: q}}]
  - file: complaints.csv
    tables: [{table: complaints, columns: {complaint_id: c, contact_id: ticket, opened: when}}]
  - file: series.csv
    tables: [{table: series, columns: {month: m, name: n, value: v}}]
traits:
  orders: {leave_out_status: [canceled]}
"""
FILES = {
    "tickets.csv": """type,id,when,who,order,agent,second,score
ticket,T-20,2025-03-01,KH-bbbbbb,,NV-Lan,,5
ticket,T-10,2025-03-02,KH-aaaaaa,O-2,NV-Anh,NV-Lan,
chat,T-30,2025-03-03,KH-cccccc,,NV-Minh,,1
ticket,T-40,2025-03-04,,O-1,,,4
ticket,T-50,2025-03-05,,,nv-lan , NV-LAN,
""",
    "orders.csv": """order,who,when,state,seller
O-1,KH-bbbbbb,2025-01-01,delivered,NV-Zoe
O-2,KH-aaaaaa,2025-01-02,Canceled,
""",
    "survey.csv": """r,order,ticket,who,q,s
R-1,O-1,,,csat,5
R-1,O-1,,,tnps,9
R-2,O-2,T-20,,csat,4
,,T-99,KH-dddddd,csat,3
,,,,tnps,7
""",
    "invited.csv": "order,q\nO-2,csat\nO-9,csat\n",
    "complaints.csv": "c,ticket,when\nC-1,T-10,2025-03-06\n",
    "series.csv": "m,n,v\n2025-02,followers,10\n2025-03-15,followers,12.5\n",
}


def test_rows_find_each_other(reads: Callable[..., Any]) -> None:
    got = reads(YAML, FILES)
    # in order of their ids: KH-aaaaaa 0, KH-bbbbbb 1, KH-dddddd 2; the chat is no contact here, so its customer is none
    assert got.rows("orders", "row", "customer", "left_out") == [(0, 1, False), (1, 0, True)]
    assert got.rows("contacts", "row", "row_no", "customer", "order_row", "order_given") == [
        (0, 2, 1, None, True),
        (1, 3, 0, 1, True),
        (2, 5, 1, 0, True),
        (3, 6, None, None, True),
    ]
    assert got.rows("answers", "file_no", "row_no", "contact_row", "order_row", "customer", "contact_given") == [
        (0, 2, 0, None, 1, True),
        (0, 4, None, None, None, True),
        (0, 5, 2, 0, 1, True),
        (2, 2, None, 0, 1, True),
        (2, 3, None, 0, 1, True),
        (2, 4, 0, 1, 1, True),
        (2, 5, None, None, 2, True),
        (2, 6, None, None, None, True),
    ]
    assert got.rows("answers", "response") == [0, 1, 2, 3, 3, 5, 6, 7]
    assert got.rows("invitations", "order_row", "order_given", "contact_row", "contact_given") == [
        (1, True, None, False),
        (None, True, None, False),
    ]
    assert got.rows("complaints", "contact_row", "customer", "opened") == [(1, 0, datetime(2025, 3, 6))]
    assert got.rows("series", "month", "name", "value") == [
        (date(2025, 2, 1), "followers", 10.0),
        (date(2025, 3, 1), "followers", 12.5),
    ]


def test_staff_are_numbered_once_over_all_tables(reads: Callable[..., Any]) -> None:
    got = reads(YAML, FILES)
    # nv-anh 0, nv-lan 1, nv-zoe 2; 'nv-lan ' and ' NV-LAN' are NV-Lan: counted as two they would hide that one did it
    assert got.staff("contacts") == [(0, 1), (1, 0), (1, 1), (3, 1)]
    assert got.staff("orders") == [(0, 2)]
    assert got.rows("contacts", "staff_given") == [True] * 4
    assert got.result.staff_mapped == {
        "contacts": True, "answers": False, "invitations": False, "orders": True, "complaints": False, "series": False,
    }  # fmt: skip
    assert got.result.identities.staff == {"NV-Lan", "NV-Anh", "NV-LAN", "nv-lan", "NV-Zoe"}


def test_no_id_is_left_in_memory_or_in_what_is_printed(reads: Callable[..., Any]) -> None:
    got = reads(YAML, FILES)
    left = got.texts() + repr(got.result) + str(got.result)
    for id in ("KH-", "NV-", "nv-", "T-10", "T-20", "O-1", "R-1", "C-1"):
        assert id not in left
    assert got.result.identities.customers == {"KH-aaaaaa", "KH-bbbbbb", "KH-dddddd"}
    tables = set(got.engine.query("SELECT table_name FROM duckdb_tables()")["table_name"].to_pylist())
    assert tables == {f"src_{t}" for t in got.result.tables} | {"src_contacts_staff", "src_orders_staff"}


def test_files_are_counted_by_table(reads: Callable[..., Any]) -> None:
    got = reads(YAML, FILES)
    counts = {(f.file, f.table): (f.rows, f.rejected, f.left_out) for f in got.result.files}
    assert counts == {
        ("tickets.csv", "contacts"): (4, 0, 1),
        ("tickets.csv", "answers"): (3, 0, 2),
        ("orders.csv", "orders"): (2, 0, 0),
        ("survey.csv", "answers"): (5, 0, 0),
        ("invited.csv", "invitations"): (2, 0, 0),
        ("complaints.csv", "complaints"): (1, 0, 0),
        ("series.csv", "series"): (2, 0, 0),
    }
    spans = {(f.file, f.table): (f.data_from, f.data_to) for f in got.result.files}
    assert spans["tickets.csv", "contacts"] == (date(2025, 3, 1), date(2025, 3, 5))
    assert spans["tickets.csv", "answers"] == (None, None)


def test_one_table_from_two_files(reads: Callable[..., Any]) -> None:
    yaml = """files:
  - {file: a.csv, tables: [{table: contacts, columns: {contact_id: id, opened: when, staff: agent}}]}
  - {file: b.csv, tables: [{table: contacts, columns: {contact_id: nr, opened: at, channel: via}}]}
"""
    a = "id,when,agent\n1,2025-03-01,x\n2,2025-03-02,y\n"
    b = "nr,at,via\n3,2025-03-03,store\n1,2025-03-04,store\n"
    got = reads(yaml, {"a.csv": a, "b.csv": b})
    assert got.rows("contacts", "row", "file_no", "row_no", "channel", "staff_given") == [
        (0, 0, 2, None, True),
        (1, 0, 3, None, True),
        (2, 1, 2, "store", False),
    ]
    assert got.rejects() == [("b.csv", 3, "nr", "DUPLICATE")]


def test_the_same_files_give_the_same_tables(reads: Callable[..., Any]) -> None:
    first, second = reads(YAML, FILES), reads(YAML, FILES)
    assert first.texts() == second.texts() and first.result == second.result


def test_of_several_answers_the_last_row_counts_for_each_question(reads: Callable[..., Any]) -> None:
    yaml = """files:
  - file: s.csv
    tables: [{table: answers, columns: {order_id: o, question: q, score: s}}]
traits: {answers: {one_per: order_id}}
"""
    rows = ["A,csat,1", "B,csat,2", "A,tnps,9", "A,csat,3", ",csat,4", ",csat,5"]
    got = reads(yaml, {"s.csv": "o,q,s\n" + "\n".join(rows) + "\n"})
    assert got.rows("answers", "row_no") == [3, 4, 5, 6, 7] and got.result.files[0].replaced == 1
    assert got.result.trait("answers").one_per == "order_id"
