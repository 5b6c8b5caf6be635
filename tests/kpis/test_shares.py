"""Metrics that are a share of rows: worked examples on small tables and on real data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from math import inf
from pathlib import Path
from typing import Any

import duckdb
import pytest

from metrics.kpis import BY_ID
from tests.kpis.conftest import MARCH, fill, run_on

Run = Callable[..., dict[date, dict[str, float]]]
APRIL = date(2026, 4, 1)


def flags(column: str, yes: int, no: int, unknown: int = 0, **other: Any) -> list[dict[str, Any]]:
    return [{column: value, **other} for value in (True,) * yes + (False,) * no + (None,) * unknown]


def scores(*given: float | None, question: str = "q") -> list[dict[str, Any]]:
    return [{"question": question, "score": score} for score in given]


def value(id: str, sums: dict[str, float]) -> float:
    found = BY_ID[id].value(sums)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("id", "column"),
    [
        ("promise_kept", "promise_kept"),
        ("repeat_contact", "repeated"),
        ("complaint_rate", "is_complaint"),
        ("invited", "invited"),
        ("reopened", "reopened"),
    ],
)
def test_share_of_contacts_of_which_it_is_known(run: Run, id: str, column: str) -> None:
    """81 of 263: 30.8 % (25.5-36.6), Newcombe 1998. The 40 unknown ones are no 'no'."""
    sums = run(id, flags(column, 81, 182, unknown=40))[MARCH]
    assert sums["n"] == 263
    assert value(id, sums) == pytest.approx(30.798, abs=5e-4)
    assert BY_ID[id].interval(sums) == pytest.approx((25.53, 36.62), abs=0.005)


def test_response_rate(run: Run) -> None:
    """The call-centre file beside this checkout: 3,980 of 10,747 calls have a score, 37.03 %."""
    rows = flags("answered", 3980, 6767, question="csat") + flags("answered", 5, 5, question="nps")
    sums = run("response_rate", rows, question="csat")[MARCH]
    assert value("response_rate", sums) == pytest.approx(37.03, abs=0.005)


def test_an_invitation_to_another_question_is_no_invitation(run: Run) -> None:
    """81 of 263: 30.8 % (25.5-36.6), Newcombe 1998; asked another question counts as not asked this one."""
    rows = [{"invited_to": ["csat", "tnps"]}] * 81 + [{"invited_to": []}] * 100 + [{"invited_to": ["csat"]}] * 82
    sums = run("buyers_invited", rows + [{"invited_to": None}] * 9, question="tnps")[MARCH]
    assert (sums["n"], sums["invited"]) == (263, 81)
    assert BY_ID["buyers_invited"].interval(sums) == pytest.approx((25.53, 36.62), abs=0.005)


def test_csat(run: Run) -> None:
    """Shopzilla's first 45 tickets: 84.44 % say 4 or 5. Unanswered rows and other questions do not count."""
    rows = scores(*[5] * 30, *[4] * 8, 3, 3, 2, 1, 1, 1, 1, None, None) + scores(1, 1, question="other")
    sums = run("csat", rows, question="q")[MARCH]
    assert (sums["n"], sums["satisfied"]) == (45, 38)
    assert value("csat", sums) == pytest.approx(84.44, abs=0.005)


def test_ladder_keeps_all_six_levels(run: Run) -> None:
    """15 of 148 at level 4 or higher: 10.1 % (6.2-16.1), Newcombe 1998."""
    sums = run("ladder", scores(*[1] * 3, *[2] * 30, *[3] * 100, *[4] * 9, *[5] * 4, *[6] * 2), question="q")[MARCH]
    assert [sums[f"l{level}"] for level in range(1, 7)] == [3, 30, 100, 9, 4, 2]
    assert value("ladder", sums) == pytest.approx(10.135, abs=5e-4)
    assert BY_ID["ladder"].interval(sums) == pytest.approx((6.24, 16.05), abs=0.005)


def test_on_time_counts_in_the_month_promised(run: Run) -> None:
    """Ordered in March, promised for April: April's number. Not due yet, or no promise: in neither."""
    rows = [
        {"month": MARCH, "promised_month": MARCH, "delivery_kept": True},
        {"month": MARCH, "promised_month": APRIL, "delivery_kept": False},
        {"month": MARCH, "promised_month": APRIL, "delivery_kept": True, "install_month": APRIL, "install_kept": True},
        {"month": MARCH, "promised_month": APRIL, "delivery_kept": None},
        {"month": MARCH, "promised_month": None, "delivery_kept": None},
    ]
    delivery = run("on_time", rows)
    assert delivery == {MARCH: {"n": 1, "kept": 1}, APRIL: {"n": 2, "kept": 1}}
    assert run("on_time", rows, promise="delivery") == delivery
    assert run("on_time", rows, promise="installation") == {APRIL: {"n": 1, "kept": 1}}


@pytest.mark.parametrize(
    ("row", "resolved"),
    [
        ({"repeated": False}, 1),
        ({"repeated": False, "reopened": False, "resolved": True}, 1),
        ({"repeated": True}, 0),
        ({"repeated": True, "resolved": True}, 0),
        ({"repeated": False, "reopened": True}, 0),
        ({"repeated": False, "resolved": False}, 0),
    ],
)
def test_a_customer_who_came_back_was_not_served_at_once(run: Run, row: dict[str, bool], resolved: int) -> None:
    assert run("fcr", [row])[MARCH] == {"n": 1, "resolved": resolved}


def test_nobody_knows_whether_a_stranger_came_back(run: Run) -> None:
    assert run("fcr", [{"repeated": None, "resolved": True}]) == {}


def test_no_reply_is_a_late_reply(run: Run) -> None:
    """Leaving out contacts that nobody ever answered would make silence look fast."""
    rows = [{"first_response_hours": h} for h in (0.1, 1.99, 2.0, 2.01, 30.0, inf, None)]
    assert run("replied_within", rows, hours=2)[MARCH] == {"n": 6, "within": 3}
    assert run("replied_within", rows, hours=0.5)[MARCH] == {"n": 6, "within": 1}


def test_an_open_complaint_is_a_late_one(run: Run) -> None:
    rows = [{"is_complaint": True, "resolved_hours": h} for h in (3.0, 24.0, 24.1, inf, None)]
    rows += [{"is_complaint": False, "resolved_hours": 1.0}, {"is_complaint": None, "resolved_hours": 1.0}]
    assert run("resolved_within", rows, hours=24)[MARCH] == {"n": 4, "within": 2}


@pytest.mark.real
def test_olist_reviews_and_deliveries(shared: Path) -> None:
    """Reference numbers in EXPECTED.json, computed with pandas: CSAT 76.72 %, late 7.16 % of 3,898 deliveries."""
    folder = shared / "olist_sample"
    with duckdb.connect() as connection:
        fill(
            connection,
            "answers",
            f"""SELECT DATE '2018-01-01' AS month, 'review' AS question,
            review_score::DOUBLE AS score FROM read_csv('{folder}/olist_order_reviews_dataset.csv')""",
        )
        (sums,) = run_on(connection, BY_ID["csat"], {"question": "review"}).values()
        assert (sums["n"], round(value("csat", dict(sums)), 2)) == (3986, 76.72)
    with duckdb.connect() as connection:
        fill(
            connection,
            "orders",
            f"""SELECT date_trunc('month', order_purchase_timestamp)::DATE AS month,
            date_trunc('month', order_estimated_delivery_date)::DATE AS promised_month,
            order_delivered_customer_date::DATE <= order_estimated_delivery_date::DATE AS delivery_kept
            FROM read_csv('{folder}/olist_orders_dataset.csv') WHERE order_status = 'delivered'""",
        )
        months = run_on(connection, BY_ID["on_time"], {"promise": "delivery"}).values()
        whole = {name: sum(m[name] for m in months) for name in ("n", "kept")}
        assert (whole["n"], round(100 - value("on_time", whole), 2)) == (3898, 7.16)
