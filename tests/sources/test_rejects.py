"""Bad rows are set aside with file, row, column and reason; what they hold is told nowhere, and none is lost."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from metrics.errors import DataError
from metrics.sources.rejects import Reason, Reject, write_rejects

CONTACTS = """files:
  - file: t.csv
    tables:
      - table: contacts
        columns: {contact_id: id, opened: when, wait_seconds: wait, is_complaint: bad, promised_at: due}
"""
ORDERS = """files:
  - file: t.csv
    tables: [{table: orders, columns: {order_id: id, customer_id: who, ordered_at: when, amount: paid}}]
"""
ANSWERS = """files:
  - file: t.csv
    tables: [{table: answers, columns: {question: q, score: s, scale_min: low, scale_max: high, answered_at: when}}]
"""
GOOD_CONTACT, GOOD_ORDER, GOOD_ANSWER = "1,2025-03-01,5,1,2027-01-01", "1,K1,2025-03-01,5000", "csat,4,1,5,2025-03-01"
CASES = [
    (CONTACTS, "id,when,wait,bad,due", GOOD_CONTACT, "Lan-Planted,,5,1,", "when", Reason.BLANK),
    (CONTACTS, "id,when,wait,bad,due", GOOD_CONTACT, " ,2025-03-01,5,1,", "id", Reason.BLANK),
    (CONTACTS, "id,when,wait,bad,due", GOOD_CONTACT, "2,Lan-Planted,5,1,", "when", Reason.NOT_TIME),
    (CONTACTS, "id,when,wait,bad,due", GOOD_CONTACT, "2,2025-03-01,Lan-Planted,1,", "wait", Reason.NOT_NUMBER),
    (CONTACTS, "id,when,wait,bad,due", GOOD_CONTACT, "2,2025-03-01,nan,1,", "wait", Reason.NOT_NUMBER),
    (CONTACTS, "id,when,wait,bad,due", GOOD_CONTACT, "2,2025-03-01,5,Lan-Planted,", "bad", Reason.NOT_BOOL),
    (CONTACTS, "id,when,wait,bad,due", GOOD_CONTACT, "2,2026-04-06,5,1,", "when", Reason.AFTER_AS_OF),
    (CONTACTS, "id,when,wait,bad,due", GOOD_CONTACT, "1,2025-03-02,5,1,", "id", Reason.DUPLICATE),
    (CONTACTS, "id,when,wait,bad,due", GOOD_CONTACT, "2,2025-03-02,5,1,,Lan-Planted", "", Reason.BROKEN),
    (ORDERS, "id,who,when,paid", GOOD_ORDER, "2,,2025-03-01,5000", "who", Reason.BLANK),
    (ORDERS, "id,who,when,paid", GOOD_ORDER, "2,K1,2025-03-01,Lan-Planted", "paid", Reason.NOT_MONEY),
    (ORDERS, "id,who,when,paid", GOOD_ORDER, "2,K1,2025-03-01,1.250", "paid", Reason.AMBIGUOUS),
    (ANSWERS, "q,s,low,high,when", GOOD_ANSWER, "csat,6,1,5,2025-03-01", "s", Reason.OFF_SCALE),
    (ANSWERS, "q,s,low,high,when", GOOD_ANSWER, "csat,0,1,5,2025-03-01", "s", Reason.OFF_SCALE),
    (ANSWERS, "q,s,low,high,when", GOOD_ANSWER, "csat,4,1,7,2025-03-01", "high", Reason.OTHER_SCALE),
    (ANSWERS, "q,s,low,high,when", GOOD_ANSWER, "tnps,4,1,10,2025-03-01", "low", Reason.OTHER_SCALE),
    (ANSWERS, "q,s,low,high,when", GOOD_ANSWER, "Lan-Planted,4,,,2025-03-01", "q", Reason.UNKNOWN_QUESTION),
    (ANSWERS, "q,s,low,high,when", GOOD_ANSWER, ",4,,,2025-03-01", "q", Reason.BLANK),
]


@pytest.mark.parametrize(("yaml", "head", "good", "bad", "column", "reason"), CASES)
def test_a_bad_row_is_set_aside_and_says_where(
    reads: Callable[..., Any], yaml: str, head: str, good: str, bad: str, column: str, reason: Reason
) -> None:
    got = reads(yaml, {"t.csv": f"{head}\n{good}\n{bad}\n"})
    table = got.result.tables[0]
    assert got.result.rejects == (Reject("t.csv", table, 3, column, reason),)
    assert got.rows(table, "row_no") == [2]
    (file,) = got.result.files
    assert (file.rows, file.rejected, file.blank, file.left_out) == (1, 1, 0, 0)
    assert "Planted" not in repr(got.result) + got.texts()


def test_every_reason_has_its_case() -> None:
    assert {case[-1] for case in CASES} | {Reason.NOT_LINKED} == set(Reason)


def test_an_id_without_its_link_is_set_aside(reads: Callable[..., Any]) -> None:
    yaml = """files:
  - file: t.csv
    tables:
      - table: orders
        columns: {order_id: id, customer_id: who, ordered_at: when}
        links: {customer_id: {file: people.csv, key: who, value: person}}
"""
    orders = "id,who,when\n1,a,2025-03-01\n2,zz,2025-03-01\n3,c,2025-03-02\n"
    got = reads(yaml, {"t.csv": orders, "people.csv": "who,person\na,K1\nc,K1\na,K2\nb,K3\n"})
    assert got.rows("orders", "customer") == [0, 0], "a and c are one customer"
    assert got.rejects() == [("people.csv", 4, "who", "DUPLICATE"), ("t.csv", 3, "who", "NOT_LINKED")]
    assert {"a", "b", "c", "K1"} <= got.result.identities.customers


def test_blank_rows_are_counted_and_are_no_rejects(reads: Callable[..., Any]) -> None:
    text = "id,when,wait,bad,due\n1,2025-03-01,5,1,\n,,,,\n\n  , ,,,\n2,2025-03-01,5,1,\n,,,,\n"
    got = reads(CONTACTS, {"t.csv": text})
    assert got.result.files[0].blank == 4 and not got.rejects() and got.rows("contacts", "row_no") == [2, 6]


def test_every_row_is_counted_once(reads: Callable[..., Any]) -> None:
    yaml = """files:
  - file: t.csv
    tables:
      - table: answers
        where: {kind: [survey, "2"]}
        where_present: s
        blank: [Offered]
        columns: {order_id: o, score: s}
        constants: {question: csat}
traits: {answers: {one_per: o_id}}
""".replace("o_id", "order_id")
    rows = [
        "survey,A,5", "survey,A,1", "ticket,A,3", "survey,B,Offered", "2,B,9", "2,C,4", ",,", "survey,,2", "survey,,3",
        "survey,C,offered", "survey,D,four",
    ]  # fmt: skip
    got = reads(yaml, {"t.csv": "kind,o,s\n" + "\n".join(rows) + "\n"})
    (file,) = got.result.files
    assert (file.rows, file.rejected, file.blank, file.replaced, file.left_out) == (4, 2, 1, 1, 3)
    assert sum((file.rows, file.rejected, file.blank, file.replaced, file.left_out)) == len(rows)
    assert got.rows("answers", "row_no", "score") == [(3, 1.0), (7, 4.0), (9, 2.0), (10, 3.0)]


def test_a_column_that_fails_in_every_row_is_a_wrong_mapping(reads: Callable[..., Any]) -> None:
    rows = "".join(f"{i},{i % 28 + 1}/3/2025,5,1,\n" for i in range(1, 40))
    with pytest.raises(DataError, match=r"sources.yaml:3:11: No row of 't.csv' can be read into contacts.*'when'"):
        reads(CONTACTS, {"t.csv": "id,when,wait,bad,due\n" + rows})


def test_bad_constants_and_formats_stop_the_build(reads: Callable[..., Any]) -> None:
    base = "files: [{file: t.csv, tables: [{table: contacts, columns: {contact_id: id, opened: when}, %s}]}]"
    for part, said in (
        ("constants: {stage: suport}", "no stage 'suport'. Did you mean 'support'?"),
        ("constants: {channel: phone}", "no channel 'phone'"),
        ("constants: {is_complaint: maybe}", "cannot be read as a bool"),
        ('formats: {opened: "%Q"}', "no date format"),
    ):
        with pytest.raises(DataError) as caught:
            reads(base % part, {"t.csv": "id,when\n1,2025-03-01\n"})
        assert said in str(caught.value) and "sources.yaml:2:" in str(caught.value.where)
    got = reads(base % "constants: {channel: Cửa Hàng}", {"t.csv": "id,when\n1,2025-03-01\n"})
    assert got.rows("contacts", "channel") == ["Cửa Hàng"], "a spelling of the strategy is as good as its id"


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ("{column: q, question: csta, scale: [1, 5]}", "no question 'csta'. Did you mean 'csat'?"),
        ("{column: q, question: csat, scale: [1, 7]}", "asks 'csat' from 1 to 5"),
        ("{column: q, question: csat, scale: [1, 5], stage: by}", "no stage 'by'. Did you mean 'buy'?"),
        ("{column: p, question: csat, scale: [1, 5]}", "no column 'p'"),
    ],
)
def test_an_item_is_a_question_of_the_strategy_on_its_scale(reads: Callable[..., Any], item: str, said: str) -> None:
    yaml = f"files: [{{file: t.csv, tables: [{{table: answers, columns: {{}}, items: [{item}]}}]}}]"
    with pytest.raises(DataError) as caught:
        reads(yaml, {"t.csv": "q\n5\n"})
    assert said in str(caught.value)


def test_the_rejects_file_holds_no_value(reads: Callable[..., Any], tmp_path: Path) -> None:
    text = "id,when,wait,bad,due\n1,2025-03-01,Lan-Planted,1,\n2,Lan-Planted,5,1,\n3,2025-03-01,5,1,\n"
    got = reads(CONTACTS, {"t.csv": text})
    path = tmp_path / "rejects.csv"
    write_rejects(got.result.rejects, path)
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    assert lines == [
        ["file", "row", "column", "reason"],
        ["t.csv", "2", "wait", Reason.NOT_NUMBER.value],
        ["t.csv", "3", "when", Reason.NOT_TIME.value],
    ]
    write_rejects((), path)
    assert path.read_text(encoding="utf-8").splitlines() == ["file,row,column,reason"]
