"""Facts: each rule of design §4 "Rows, months, links" on rows made by hand. Names say the false number prevented."""

from __future__ import annotations

from datetime import date
from math import inf
from unicodedata import normalize

import pytest

from metrics.build.facts import DIMENSIONS
from tests.build.small import STRATEGY

STORE, HOTLINE, WEBSITE, FACEBOOK, OTHER_CHANNEL = range(5)
KEPT, LATE, NEVER, NO_PROMISE = range(4)
NONE, FAST, SLOW, REOPENED, NOT_TOLD = range(5)


def contact(i=1, at="2026-01-10 10:00", **more):
    return {"contact": f"C{i}", "at": at, "agent": "An Nguyen", **more}


def order(i=1, customer="K1", at="2026-01-10 10:00", **more):
    return {"order": f"O{i}", "customer": customer, "at": at, **more}


def test_texts_match_whatever_their_case_spaces_and_accents_are_made_of(facts):
    spelled = ["STORE", " cửa  hàng ", "CỬA HÀNG", normalize("NFD", "Cửa hàng"), "kiosk"]
    known = facts({"contacts": [contact(i, channel=c) for i, c in enumerate(spelled)]})
    assert known.rows("contacts", "channel") == [STORE, STORE, STORE, STORE, OTHER_CHANNEL]


@pytest.mark.parametrize(
    ("promised", "delivered", "place", "kept"),
    [
        ("2026-01-15 08:00", "2026-01-15 21:00", KEPT, True),  # a promise is a day
        ("2026-01-15", "2026-01-16 00:01", LATE, False),
        ("2026-04-04", None, NEVER, False),  # passed, nothing came
        ("2026-04-05", None, NO_PROMISE, None),  # not over yet
        (None, "2026-01-16", NO_PROMISE, None),
    ],
)
def test_an_order_that_never_came_is_not_left_out_of_on_time(facts, promised, delivered, place, kept):
    known = facts({"orders": [order(promised=promised, delivered=delivered)]})
    assert known.rows("orders", "promise", "delivery_kept") == [(place, kept)]


def test_on_time_counts_in_the_month_promised(facts):
    known = facts({"orders": [order(at="2026-01-31 10:00", promised="2026-02-03", delivered="2026-02-03")]})
    assert known.rows("orders", "month", "promised_month") == [(date(2026, 1, 1), date(2026, 2, 1))]


def test_a_cancelled_order_is_neither_late_nor_a_return(facts):
    orders = [
        order(1, at="2026-01-01 10:00"),
        order(2, at="2026-01-20 10:00", promised="2026-01-25", status="canceled"),
    ]
    known = facts({"orders": orders})
    assert known.rows("orders", "row") == [0]
    assert known.rows("cohorts", "gap_days") == [None]


def test_a_cancelled_order_is_left_out_only_if_declared(facts):
    cancelled = order(1, promised="2026-01-25", status="canceled")
    known = facts({"orders": [cancelled]}, traits="{orders: {no_staff: true}}")
    assert known.rows("orders", "promise") == [NEVER]


def test_a_repeat_is_the_same_customer_and_topic_within_seven_days(facts):
    rows = [
        contact(1, "2026-01-01 10:00", customer="K1", topic="late"),  # again on the 8th, same hour
        contact(2, "2026-01-08 10:00", customer="K1", topic="LATE "),  # then on the 15th, one minute later
        contact(3, "2026-01-15 10:01", customer="K1", topic="late"),
        contact(4, "2026-01-15 12:00", customer="K1", topic="price"),
        contact(5, "2026-01-15 13:00", customer="K2", topic="price"),
        contact(6, "2026-01-15 14:00", customer=None, topic="late"),
    ]
    assert facts({"contacts": rows}).rows("contacts", "repeated") == [True, False, False, False, False, None]


def test_what_the_source_declares_as_repeated_wins(facts):
    rows = [contact(1, customer="K1", repeated="no"), contact(2, customer="K1", repeated="yes")]
    assert facts({"contacts": rows}).rows("contacts", "repeated") == [False, True]


def test_hours_not_yet_over_are_infinite_and_untold_ones_unknown(facts):
    rows = [contact(1, resolved="2026-01-10 16:30"), contact(2), contact(3, resolved="2026-01-01 10:00")]
    known = facts({"contacts": rows})
    assert known.rows("contacts", "resolved_hours") == [6.5, inf, None]
    assert known.rows("contacts", "first_response_hours") == [None, None, None]
    assert facts({"contacts": [contact(1)]}).rows("contacts", "resolved_hours") == [None]


def test_how_a_complaint_went(facts):
    rows = [
        contact(1, complaint="no"),
        contact(2, complaint="yes", resolved="2026-01-11 09:59"),
        contact(3, complaint="yes", resolved="2026-01-11 10:00"),
        contact(4, complaint="yes", resolved="2026-01-10 11:00", reopened="yes"),
        contact(5, complaint="yes"),
        contact(6),
    ]
    assert facts({"contacts": rows}).rows("contacts", "complaint") == [NONE, FAST, SLOW, REOPENED, SLOW, NOT_TOLD]


def test_complaints_in_a_file_of_their_own_mark_their_contact(facts):
    known = facts(
        {
            "contacts": [contact(1), contact(2)],
            "complaints": [{"complaint": "X1", "contact": "C2", "at": "2026-01-10 10:00", "resolved": "2026-01-12"}],
        }
    )
    assert known.rows("contacts", "is_complaint", "complaint") == [(False, NONE), (True, SLOW)]


def test_an_answer_counts_in_the_month_of_its_contact_not_of_the_answer(facts):
    answers = [
        {"response": "R1", "contact": "C1", "question": "csat", "score": 4, "at": "2026-02-02"},
        {"response": "R2", "order": "O1", "question": "tnps", "score": 9, "at": "2026-03-01"},
        {"response": "R3", "question": "whole", "score": 9, "at": "2026-03-01"},
        {"response": "R4", "question": "whole", "score": 9},
    ]
    known = facts(
        {"contacts": [contact(at="2026-01-31 10:00")], "orders": [order(at="2026-02-27 10:00")], "answers": answers}
    )
    assert known.rows("answers", "month") == [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1), None]


def test_whose_work_it_was_is_none_only_where_declared(facts):
    rows = [
        contact(1),
        contact(2, agent=None, stage="buy", channel="website"),  # told by stage and channel: self-service
        contact(3, agent=None, touchpoint="checkout"),
        contact(4, agent=None, stage="buy", channel="store"),
        contact(5, agent=None),
        contact(6, second="Binh Tran"),
    ]
    known = facts({"contacts": rows})
    assert known.rows("contacts", "handled") == [0, None, None, -1, -1, 10]
    lines = known.engine.query("SELECT handled, count(*) AS n FROM fact_staff GROUP BY 1 ORDER BY 1").to_pylist()
    assert [(r["handled"], r["n"]) for r in lines] == [(0, 1), (10, 2)]


def test_an_answer_whose_contact_is_lost_is_somebodys_work(facts):
    answers = [
        {"response": "R1", "contact": "C1", "question": "csat", "score": 4, "stage": "support"},
        {"response": "R2", "contact": "C999", "question": "csat", "score": 4, "stage": "support"},
        {"response": "R3", "question": "csat", "score": 4, "stage": "support"},
        {"response": "R4", "question": "whole", "score": 4},
    ]
    known = facts({"contacts": [contact()], "answers": answers})
    assert known.rows("answers", "handled") == [0, -1, -1, None]


def test_an_answer_lost_among_answers_about_orders_is_nobodys_work(facts):
    answers = [
        {"response": "R1", "order": "O1", "question": "csat", "score": 4, "stage": "buy"},
        {"response": "R2", "question": "csat", "score": 4, "stage": "buy"},
        {"response": "R3", "contact": "C1", "question": "csat", "score": 4, "stage": "support"},
    ]
    known = facts({"contacts": [contact()], "orders": [order()], "answers": answers})
    assert known.rows("answers", "handled") == [None, None, 0]


def test_respondents_whom_nothing_identifies_are_different_people(facts):
    answers = [
        {"response": "R1", "question": "whole", "score": 4},
        {"response": "R1", "question": "csat", "score": 4},
        {"response": "R2", "question": "whole", "score": 4},
    ]
    one, same, other = facts({"answers": answers}).rows("answers", "customer")
    assert one == same != other


def test_answers_take_their_dimensions_from_contact_then_order(facts):
    tables = {
        "customers": [{"customer": "K1", "segment": "business"}],
        "contacts": [contact(1, customer="K1", channel="hotline", stage="support")],
        "orders": [order(1, channel="website")],
        "answers": [
            {"response": "R1", "contact": "C1", "question": "csat", "score": 4},
            {"response": "R2", "contact": "C1", "question": "csat", "score": 4, "channel": "store"},
            {"response": "R3", "order": "O1", "question": "csat", "score": 4, "stage": "buy"},
        ],
    }
    found = facts(tables).rows("answers", "stage", "channel", "segment")
    assert found == [(1, HOTLINE, 1), (1, STORE, 1), (0, WEBSITE, 1)]


def test_an_invitation_was_answered_only_by_the_same_question_about_the_same_thing(facts):
    tables = {
        "contacts": [contact(1), contact(2)],
        "orders": [order(1), order(2)],
        "answers": [
            {"response": "R1", "contact": "C1", "question": "csat", "score": 4, "stage": "support"},
            {"response": "R2", "order": "O1", "question": "csat", "score": 4, "stage": "buy"},
            {"response": "R3", "contact": "C2", "question": "csat", "score": None, "stage": "support"},
        ],
        "invitations": [
            {"contact": "C1", "question": "csat", "stage": "support"},
            {"contact": "C1", "question": "tnps", "stage": "support"},
            {"contact": "C2", "question": "csat", "stage": "support"},
            {"order": "O1", "question": "csat", "stage": "buy"},
            {"order": "O1", "question": "csat", "stage": "support"},
            {"order": "O2", "question": "csat", "stage": "buy"},
        ],
    }
    known = facts(tables)
    csat, buy, support = "csat", 0, 1
    asked = known.rows("invitations", "question", "stage", "contact_row", "order_row", "answered")
    assert sorted(asked, key=repr) == sorted(
        [
            (csat, support, 0, None, True),
            (csat, buy, None, 0, True),
            ("tnps", support, 0, None, False),
            (csat, support, 1, None, False),
            (csat, support, None, 0, False),
            (csat, buy, None, 1, False),
        ],
        key=repr,
    )
    assert known.rows("contacts", "invited") == [True, True]


def test_no_answer_goes_missing_from_the_response_rate(facts):
    """One that nobody was seen to be invited to counts as asked, a second one too, and one answer uses up one of two
    invitations: what the rate counts as answered is what the score counts, row by row."""
    said = {"question": "csat", "score": 4}
    tables = {
        "contacts": [contact(1), contact(2), contact(3)],
        "answers": [
            {"response": "R1", "contact": "C1", **said},
            {"response": "R2", "contact": "C1", **said},
            {"response": "R3", "contact": "C2", **said},
            {"response": "R4", "contact": "gone", **said, "stage": "support"},
            {"response": "R5", "contact": "C3", "question": "tnps", "score": 9},
        ],
        "invitations": [
            {"contact": "C1", "question": "csat"},
            {"contact": "C3", "question": "csat"},
            {"contact": "C3", "question": "csat"},
        ],
    }
    known = facts(tables)
    columns = ("question", "contact_row", "month", "handled", "customer", *DIMENSIONS["answers"])
    told = [row for row in known.rows("answers", *columns) if row[0] == "csat"]
    asked = known.rows("invitations", "answered", *columns)
    assert sorted((row[1:] for row in asked if row[0]), key=repr) == sorted(told, key=repr)
    assert [row[2] for row in asked if not row[0]] == [2, 2]


def test_a_return_is_an_order_on_a_later_day(facts):
    orders = [
        order(1, "K1", "2026-01-10 09:00"),
        order(2, "K1", "2026-01-10 18:00"),
        order(3, "K1", "2026-03-01 09:00"),
        order(4, "K1", "2026-03-05 09:00"),
        order(5, "K2", "2026-01-31 23:59"),
        order(6, "K2", "2026-02-01 00:01"),
        order(7, "K3", "2026-02-01 00:01"),
    ]
    known = facts({"orders": orders})
    assert known.rows("cohorts", "month", "gap_days") == [
        (date(2026, 1, 1), 50),
        (date(2026, 1, 1), 1),
        (date(2026, 2, 1), None),
    ]
    assert [sorted(a or []) for a in known.rows("cohorts", "active_ages")] == [[2], [1], []]
    assert known.rows("orders", "first") == [True, False, False, False, True, False, True]


def test_customers_who_may_have_bought_before_the_data_are_no_new_customers(facts):
    tables = {
        "customers": [
            {"customer": "K1", "joined": "2025-12-31"},
            {"customer": "K2", "joined": "2026-01-01"},
            {"customer": "K3", "joined": None},
        ],
        "orders": [order(i, f"K{i}") for i in (1, 2, 3)],
    }
    known = facts(tables, traits="{orders: {no_staff: true, history_from: 2026-01-01}}")
    assert len(known.rows("cohorts", "customer")) == 1
    assert known.facts.left_out == 2


def test_a_cohort_has_the_conditions_of_its_first_order(facts):
    tables = {
        "contacts": [
            contact(1, order="O1", complaint="yes", resolved="2026-01-10 11:00"),
            contact(2, order="O1", complaint="yes", resolved="2026-01-20 11:00"),
            contact(3, order="O2", complaint="yes", resolved="2026-01-10 11:00"),
        ],
        "orders": [
            order(1, "K1", "2026-01-01 09:00", promised="2026-01-02", delivered="2026-01-05"),
            order(2, "K1", "2026-02-01 09:00", promised="2026-02-02", delivered="2026-02-02"),
            order(3, "K2", "2026-02-01 09:00", promised="2026-02-02", delivered="2026-02-02"),
        ],
    }
    assert facts(tables).rows("cohorts", "promise", "complaint") == [(LATE, SLOW), (KEPT, NONE)]


def test_contacts_are_linked_to_the_promise_of_their_order(facts):
    tables = {
        "contacts": [contact(1, order="O1"), contact(2)],
        "orders": [order(1, promised="2026-01-02", delivered="2026-01-05")],
    }
    assert facts(tables).rows("contacts", "promise") == [LATE, NO_PROMISE]


def test_waits_are_cut_at_the_declared_hours(facts):
    rows = [contact(1, response="2026-01-10 12:00"), contact(2, response="2026-01-10 12:01"), contact(3)]
    assert facts({"contacts": rows}).rows("contacts", "waited") == [0, 1, 1]
    without = STRATEGY.replace("  - {id: waited, name: Waited, over_hours: 2}\n", "")
    assert facts({"contacts": rows}, strategy=without).rows("contacts", "waited") == [2, 2, 2]
