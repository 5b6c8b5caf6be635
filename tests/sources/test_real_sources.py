"""Real files that nobody here wrote, as they were found. Counts are those of EXPECTED.json, computed with pandas."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from metrics.errors import DataError

pytestmark = pytest.mark.real


def expected(shared: Path, key: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shared / "EXPECTED.json").read_text(encoding="utf-8"))[key]
    return found


def test_airline_items_become_answers(reads: Callable[..., Any], shared: Path) -> None:
    want = expected(shared, "S3_airline_stages")
    yaml = f"""files:
  - file: {shared}/mistat/AIRLINE_SURVEY.csv.gz
    tables:
      - table: answers
        columns: {{}}
        items:
          - {{column: o_meal, question: tnps, scale: [0, 10]}}
          - {{column: o_experience, question: csat, scale: [1, 5]}}
    not_staff: [o_crew]
"""
    got = reads(yaml)
    assert got.result.files[0].rows == 2 * want["rows"]
    for question, column in (("tnps", "o_meal"), ("csat", "o_experience")):
        scores = [s for q, s in got.rows("answers", "question", "score") if q == question]
        assert sum(scores) / len(scores) == pytest.approx(want["mean"][column], abs=5e-5)
    assert len(set(got.rows("answers", "response"))) == want["rows"], "the items of a row are one response"


def test_olist_orders_reviews_and_customers(reads: Callable[..., Any], shared: Path) -> None:
    want = expected(shared, "S6_Olist_4000")
    yaml = f"""files:
  - file: {shared}/olist_sample/olist_customers_dataset.csv
    tables:
      - {{table: customers, columns: {{customer_id: customer_unique_id, region: customer_state}}}}
  - file: {shared}/olist_sample/olist_orders_dataset.csv
    tables:
      - table: orders
        columns:
          order_id: order_id
          customer_id: customer_id
          ordered_at: order_purchase_timestamp
          promised_at: order_estimated_delivery_date
          delivered_at: order_delivered_customer_date
          status: order_status
        links:
          customer_id:
            file: {shared}/olist_sample/olist_customers_dataset.csv
            key: customer_id
            value: customer_unique_id
  - file: {shared}/olist_sample/olist_order_reviews_dataset.csv
    tables:
      - table: answers
        columns: {{response_id: review_id, order_id: order_id, score: review_score}}
        constants: {{question: review}}
traits:
  customers: {{one_per: customer_id}}
  orders: {{sample_of: orders, no_staff: true, leave_out_status: [canceled, unavailable]}}
  answers: {{one_per: order_id}}
"""
    got = reads(yaml)
    assert not got.result.rejects
    counts = {f.table: (f.rows, f.replaced) for f in got.result.files}
    assert counts == {"customers": (3998, 2), "orders": (4000, 0), "answers": (want["reviews"] - 14, 14)}
    status = got.rows("orders", "status")
    assert {s: status.count(s) for s in set(status)} == want["status"]
    assert sum(got.rows("orders", "left_out")) == want["status"]["canceled"] + want["status"]["unavailable"]
    orders = got.rows("orders", "row", "promised_at", "delivered_at", "status")
    late = {r: d.date() > p.date() for r, p, d, s in orders if d and s == "delivered"}
    assert 100 * sum(late.values()) / len(late) == pytest.approx(want["late_pct_date_level"], abs=0.005)
    answers = [(late.get(o), s) for o, s in got.rows("answers", "order_row", "score")]
    for is_late, share in zip((False, True), want["CSAT_on_time_vs_late_pct"]):
        scores = [s for how, s in answers if how is is_late]
        assert 100 * sum(s >= 4 for s in scores) / len(scores) == pytest.approx(share, abs=0.005)
    assert len(set(got.rows("orders", "customer"))) == 3998
    assert got.result.trait("orders").sample_of == "orders" and got.result.trait("orders").no_staff


def test_shopzilla_tells_agents_supervisors_and_managers(reads: Callable[..., Any], shared: Path) -> None:
    yaml = f"""files:
  - file: {shared}/shopzilla/shopzilla_csat_agents_first45.csv
    tables:
      - table: contacts
        columns: {{contact_id: Unique id, opened: Issue_reported at, channel: channel_name, topic: category%s}}
        formats: {{opened: "%%d/%%m/%%Y %%H:%%M"}}
      - table: answers
        columns: {{contact_id: Unique id, score: CSAT Score}}
        constants: {{question: csat}}
%s"""
    declared = ["Agent_name", "Supervisor", "Manager", "Agent Shift"]
    for known in range(len(declared)):
        with pytest.raises(DataError) as caught:
            reads(yaml % ("", f"    workforce: [{', '.join(declared[:known])}]\n"))
        assert declared[known] in str(caught.value)
    with pytest.raises(DataError, match=r"'Supervisor' .* nothing can be cut by it"):
        reads(yaml % (", product: Supervisor", ""))
    got = reads(yaml % (", staff: Agent_name", "    workforce: [Supervisor, Manager, Agent Shift]\n"))
    want = expected(shared, "S13_Shopzilla45")
    assert len({s for _, s in got.staff("contacts")}) == want["agents"]
    scores = got.rows("answers", "score")
    assert len(scores) == want["rows"]
    assert 100 * sum(s >= 4 for s in scores) / len(scores) == pytest.approx(want["CSAT_4_5_pct"], abs=0.005)
    assert not any(name in got.texts() for name in got.result.identities.staff)


def test_call_center_names_are_never_read(reads: Callable[..., Any], shared: Path) -> None:
    want = expected(shared, "S12_CallCenter_csv")
    yaml = f"""files:
  - file: {shared}/callcenter_synth/Call Center.csv
    tables:
      - table: contacts
        columns: {{contact_id: id, opened: call_timestamp, channel: channel, topic: reason}}
        formats: {{opened: "%m/%d/%Y"}}
      - table: answers
        where_present: csat_score
        columns: {{contact_id: id, score: csat_score}}
        constants: {{question: tnps}}
    workforce: [call_center]
"""
    got = reads(yaml)
    contacts, answers = got.result.files
    assert (contacts.blank, contacts.rows) == (want["blank_rows"], want["real_rows"])
    assert answers.rows == want["csat_n"] and not got.rejects()
    scores = got.rows("answers", "score")
    assert sum(scores) / len(scores) == pytest.approx(want["csat_mean"], abs=5e-5)
    assert "Gairdner" not in str(got.engine.query("FROM src_contacts LIMIT 5").to_pylist())
    with pytest.raises(DataError, match="'customer_name'"):
        reads(yaml.replace("topic: reason", "topic: customer_name"))


def test_pwc_workbook(reads: Callable[..., Any], shared: Path) -> None:
    want = expected(shared, "S10_PwC_calls")
    yaml = f"""files:
  - file: {shared}/pwc/01 Call-Center-Dataset.xlsx
    tables:
      - table: contacts
        columns:
          contact_id: Call Id
          opened: Date
          topic: Topic
          resolved: Resolved
          wait_seconds: Speed of answer in seconds
          staff: Agent
        values: {{resolved: {{yes: [Y], no: [N]}}}}
      - table: answers
        where_present: Satisfaction rating
        columns: {{contact_id: Call Id, score: Satisfaction rating}}
        constants: {{question: csat}}
"""
    got = reads(yaml)
    contacts, answers = got.result.files
    assert (contacts.rows, answers.rows) == (want["rows"], want["rated"]) and not got.rejects()
    assert len({s for _, s in got.staff("contacts")}) == want["agents"]
    waits = [w for w in got.rows("contacts", "wait_seconds") if w is not None]
    assert sum(waits) / len(waits) == pytest.approx(want["ASA_sec"], abs=5e-4)
    resolved = got.rows("contacts", "resolved")
    assert 100 * sum(resolved) / len(resolved) == pytest.approx(want["resolved_of_all_pct"], abs=0.005)
