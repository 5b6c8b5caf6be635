"""The demo's KPIs counted from its CSV files with pandas: nothing of the build, the engine or the metrics is used.

Written from the definitions alone (design §4, "Rows, months, links"; the docstrings of ``metrics.kpis``), so that a
number on a page and a number here are two opinions.
"""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

AS_OF = date(2026, 4, 5)
CLOSING_DAYS = 5
HISTORY_FROM = "2024-04-01"
PERSON = ("segment", "region")


@dataclass(frozen=True)
class Tables:
    """Rows with month (``ym``) and every dimension; ``who``: the agent, '?' where one is missing, NaN for nobody."""

    contacts: pd.DataFrame
    answers: pd.DataFrame
    invitations: pd.DataFrame
    relationship: pd.DataFrame
    orders: pd.DataFrame
    cohorts: pd.DataFrame
    series: pd.DataFrame


@dataclass(frozen=True)
class Counted:
    """Rows of a KPI; its value over any of them; days (or months, for an age) until a month may be told."""

    rows: pd.DataFrame
    value: Callable[[pd.DataFrame], float]
    days: int = 0
    later: int = 0

    def closed(self, month: str) -> bool:
        year, number = divmod(int(month[:4]) * 12 + int(month[5:]) - 1 + self.later, 12)
        end = date(year, number + 1, calendar.monthrange(year, number + 1)[1])
        return end + timedelta(days=self.days + CLOSING_DAYS) <= AS_OF


def _month(time: pd.Series) -> pd.Series:
    return time.dt.strftime("%Y-%m")


def _promise(promised: pd.Series, done: pd.Series) -> pd.Series:
    promised, done = promised.dt.normalize(), done.dt.normalize()
    over = promised < pd.Timestamp(AS_OF)
    return pd.Series(
        np.select(
            [promised.isna(), done <= promised, done.notna(), over], ["other", "kept", "late", "never"], default="other"
        ),
        index=promised.index,
    )


def tables(folder: Path) -> Tables:
    def read(name: str, *times: str) -> pd.DataFrame:
        return pd.read_csv(folder / f"{name}.csv", low_memory=False, parse_dates=list(times))

    customers = read("customers", "joined").set_index("customer_id")

    def people(rows: pd.DataFrame) -> None:
        for dimension in PERSON:
            rows[dimension] = rows["customer_id"].map(customers[dimension]).fillna("other")

    orders = read("orders", "ordered_at", "promised_at", "delivered_at", "install_promised_at", "installed_at")
    stands = orders["status"] != "canceled"
    orders["promise"] = _promise(orders["promised_at"], orders["delivered_at"]).where(stands, "other")
    install = _promise(orders["install_promised_at"], orders["installed_at"])
    orders["installation"] = install.where(stands & (orders["needs_install"] == 1), "other")
    orders["ym"] = _month(orders["ordered_at"])
    people(orders)
    by_order = orders.set_index("order_id")

    contacts = read("tickets", "created", "first_response", "resolved")
    contacts["customer_id"] = contacts["customer_id"].fillna(contacts["order_id"].map(by_order["customer_id"]))
    contacts["ym"] = _month(contacts["created"])
    contacts["who"] = contacts["agent_id"].fillna("?")
    contacts["topic"], contacts["stage"] = contacts["category"].fillna("other"), contacts["stage"].fillna("other")
    people(contacts)
    contacts["product"] = contacts["order_id"].map(by_order["product"]).fillna("other")
    own = contacts["within_sla"].map({1: "kept", 0: "late"})
    contacts["promise"] = contacts["order_id"].map(by_order["promise"]).fillna(own)
    contacts["installation"] = contacts["order_id"].map(by_order["installation"]).fillna("other")
    hours = pd.Timedelta(hours=1)
    contacts["reply"] = (contacts["first_response"] - contacts["created"]) / hours
    contacts["took"] = ((contacts["resolved"] - contacts["created"]) / hours).fillna(np.inf)
    contacts["complaint"] = np.select(
        [contacts["is_complaint"] == 0, contacts["reopened"] == 1, contacts["took"] < 24],
        ["none", "reopened", "fast"],
        default="slow",
    )
    contacts["repeated"] = _repeated(contacts)
    by_contact = contacts.set_index("ticket_id")

    def about(rows: pd.DataFrame, when: str) -> pd.DataFrame:
        contact, order = rows["contact_id"], rows["order_id"]
        for column in ("customer_id", "ym", "product", "promise", "installation"):
            own = rows[column] if column == "customer_id" else pd.Series(np.nan, index=rows.index, dtype=object)
            rows[column] = own.fillna(contact.map(by_contact[column])).fillna(order.map(by_order[column]))
        rows["ym"] = rows["ym"].fillna(_month(rows[when]))
        for column in ("topic", "complaint"):
            rows[column] = contact.map(by_contact[column])
        rows["who"] = contact.map(by_contact["who"])
        people(rows)
        dimensions = ["product", "promise", "installation", "topic", "complaint"]
        rows[dimensions] = rows[dimensions].fillna("other")
        return rows

    answers = about(read("survey_responses", "answered_at"), "answered_at")
    sent = about(read("survey_invites", "sent").rename(columns={"survey_type": "question"}), "sent")
    invitations = _answered(sent, answers)
    relationship = read("relationship", "answered_at")
    relationship["ym"] = _month(relationship["answered_at"])
    people(relationship)
    series = read("series", "month")
    series["ym"] = _month(series["month"])

    live = orders[stands].copy()
    live["invited"] = live["order_id"].isin(sent.loc[sent["question"] == "tnps", "order_id"])
    cohorts = _cohorts(live, customers, contacts)
    return Tables(contacts, answers, invitations, relationship, live, cohorts, series)


def _repeated(contacts: pd.DataFrame) -> pd.Series:
    """Another contact of the same customer and topic within 7 days; NaN where nobody knows the customer."""
    known = contacts.loc[contacts["customer_id"].notna(), ["ticket_id", "customer_id", "topic", "created"]]
    pairs = known.merge(known, on=["customer_id", "topic"], suffixes=("", "_next"))
    gap = pairs["created_next"] - pairs["created"]
    after = (gap > pd.Timedelta(0)) | ((gap == pd.Timedelta(0)) & (pairs["ticket_id_next"] > pairs["ticket_id"]))
    again = set(pairs.loc[after & (gap <= pd.Timedelta(days=7)), "ticket_id"])
    return contacts["ticket_id"].isin(again).where(contacts["customer_id"].notna()).astype(object)


def _answered(sent: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """Answers to what was asked, and invitations beyond them: an answer uses up one to the same question about the same
    contact; without a contact about the same order at the same stage."""
    given = answers[answers["score"].notna() & answers["question"].isin(sent["question"])]
    assert (sent["contact_id"].notna() | sent["order_id"].notna()).all()
    used = Counter(("contact", q, c) for q, c in zip(given["question"], given["contact_id"]))
    used += Counter(("order", q, s, o) for q, s, o in zip(given["question"], given["stage"], given["order_id"]))
    left = []
    for q, s, c, o in zip(sent["question"], sent["stage"], sent["contact_id"], sent["order_id"]):
        key = ("contact", q, c) if isinstance(c, str) else ("order", q, s, o)
        left.append(not used[key])
        used[key] -= bool(used[key])
    return pd.concat([given.assign(answered=True), sent[left].assign(answered=False)], ignore_index=True)


def _cohorts(live: pd.DataFrame, customers: pd.DataFrame, contacts: pd.DataFrame) -> pd.DataFrame:
    """First orders of customers who joined since the history begins."""
    new = customers.index[customers["joined"] >= HISTORY_FROM]
    mine = live[live["customer_id"].isin(new)].sort_values(["ordered_at", "order_id"]).copy()
    mine["day"] = mine["ordered_at"].dt.normalize()
    mine["count"] = mine["ordered_at"].dt.year * 12 + mine["ordered_at"].dt.month
    first = mine.drop_duplicates("customer_id").set_index("customer_id")
    later = mine[mine["day"] > mine["customer_id"].map(first["day"])]
    first["gap"] = (later.groupby("customer_id")["day"].min() - first["day"]).dt.days
    third = mine[mine["count"] - mine["customer_id"].map(first["count"]) == 3]
    first["third"] = first.index.isin(third["customer_id"])
    rank = ["none", "fast", "slow", "reopened"]
    told = contacts[contacts["order_id"].notna()].assign(rank=lambda t: t["complaint"].map(rank.index))
    worst = told.groupby("order_id")["rank"].max()
    first["complaint"] = first["order_id"].map(worst).fillna(0).astype(int).map(dict(enumerate(rank)))
    return first


def _percent(rows: pd.DataFrame) -> float:
    return 100 * rows["hit"].sum() / len(rows)


def _nps(rows: pd.DataFrame) -> float:
    return 100 * ((rows["score"] >= 9).sum() - (rows["score"] <= 6).sum()) / len(rows)


def _mean(rows: pd.DataFrame) -> float:
    return float(rows["score"].mean())


def kpis(t: Tables) -> dict[str, Counted]:
    """KPIs of the shipped strategy by id; a scope is read off the rows of the answer."""
    contacts, answers, cohorts = t.contacts, t.answers, t.cohorts
    known = contacts[contacts["customer_id"].notna()]
    rated = contacts[contacts["csat"].notna()]

    def asked(question: str, least: int = 0) -> pd.DataFrame:
        return answers[answers["question"] == question].assign(hit=lambda a: a["score"] >= least)

    def due(promised: str, promise: str) -> pd.DataFrame:
        rows = t.orders[t.orders[promise] != "other"]
        return rows.assign(ym=_month(rows[promised]), hit=rows[promise] == "kept")

    delivered = Counted(due("promised_at", "promise"), _percent)
    found = {
        "return_90": Counted(cohorts.assign(hit=cohorts["gap"] <= 90), _percent, days=90),
        "return_180": Counted(cohorts.assign(hit=cohorts["gap"] <= 180), _percent, days=180),
        "retention_3": Counted(cohorts.assign(hit=cohorts["third"]), _percent, later=3),
        "new_customers": Counted(cohorts, lambda rows: len(rows) / rows["ym"].nunique()),
        "tnps": Counted(asked("tnps"), _nps),
        "rnps": Counted(t.relationship.assign(score=t.relationship["q_nps"]), _nps),
        "on_time": delivered,
        "on_time_central": delivered,
        "on_time_other": delivered,
        "installed_on_day": Counted(due("install_promised_at", "installation"), _percent),
        "fcr": Counted(known.assign(hit=(known["repeated"] == False) & (known["reopened"] == 0)), _percent, days=7),  # noqa: E712
        "repeat_contact": Counted(known.assign(hit=known["repeated"].astype(bool)), _percent, days=7),
        "first_reply_2h": Counted(contacts.assign(hit=contacts["reply"] <= 2), _percent, days=1),
        "reopened": Counted(contacts.assign(hit=contacts["reopened"] == 1), _percent),
        "complaint_rate": Counted(contacts.assign(hit=contacts["is_complaint"] == 1), _percent),
        "complaints_24h": Counted(
            contacts[contacts["is_complaint"] == 1].assign(hit=lambda c: c["took"] <= 24), _percent, days=1
        ),
        "ticket_csat": Counted(rated.assign(hit=rated["csat"] >= 4), _percent),
        "service_level": Counted(asked("service_level", 4), _percent),
        "invited": Counted(t.orders.assign(hit=t.orders["invited"]), _percent),
        "response_rate": Counted(
            t.invitations[t.invitations["question"] == "tnps"].assign(hit=lambda i: i["answered"]), _percent
        ),
        "online_revenue": Counted(t.orders, lambda rows: rows["amount_vnd"].sum() / rows["ym"].nunique()),
        "cost_to_serve": Counted(
            t.series[t.series["name"] == "cost_to_serve"].assign(score=lambda s: s["value"]), _mean
        ),
    }
    found |= {f"csat_{stage}": Counted(asked("csat", 4), _percent) for stage in ("delivery", "support", "returns")}
    found |= {f"ces_{name}": Counted(asked("ces"), _mean) for name in ("support", "checkout")}
    items = {"easy_returns": "q_returns", "price_fair": "q_price", "friendly_staff": "q_friendly"}
    found |= {kpi: Counted(t.relationship.assign(score=t.relationship[item]), _mean) for kpi, item in items.items()}
    return found
