"""The demo company's tables as CSV files: UTF-8, comma, line ends ``\\n``, blank for what is not known."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from metrics.demo.comments import answer_texts, ticket_texts
from metrics.demo.company import (
    CHANNELS,
    CITIES,
    INCIDENTS,
    PRODUCTS,
    QUEUE,
    REGIONS,
    SEGMENTS,
    STAGES,
    START,
    TEAMS,
    TOPICS,
    Array,
    Table,
    day,
)
from metrics.demo.relationship import ITEMS
from metrics.demo.surveys import QUESTIONS, SCALES

CHUNK = 100_000
AGES = ("18-24", "25-34", "35-44", "45-54", "55+")
ACQUISITION = ("store", "website", "facebook", "zalo", "friend")
PRIORITY = ("low", "normal", "high", "urgent")


def write_csv(path: Path, columns: Mapping[str, Array | list[str]]) -> int:
    """Writes equally long columns and returns the number of rows."""
    n = len(next(iter(columns.values())))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for start in range(0, n, CHUNK):
            part = [column[start : start + CHUNK] for column in columns.values()]
            writer.writerows(zip(*(c if isinstance(c, list) else c.tolist() for c in part), strict=True))
    return n


def ids(prefix: str, rows: Array, width: int = 7) -> Array:
    """Ids like KH-0000123; blank for negative rows."""
    made = np.char.mod(f"{prefix}-%0{width}d", np.maximum(rows, 0) + 1)
    return np.where(rows >= 0, made, "")


def times(days: Array) -> Array:
    """Local times to the minute from fractional days; blank for NaN."""
    known = ~np.isnan(days)
    minutes = np.round(np.where(known, days, 0) * 1440).astype("timedelta64[m]")
    text = np.char.replace(np.datetime_as_string(START.astype("datetime64[m]") + minutes), "T", " ")
    return np.where(known, text, "")


def _dates(days: Array) -> Array:
    text: Array = np.datetime_as_string(START.astype("datetime64[D]") + days)
    return text


def _named(names: tuple[str, ...], index: Array) -> Array:
    return np.array([*names, ""])[index]


def _blank_zero(values: Array) -> Array:
    return np.where(values != 0, values.astype(str), "")


def write_customers(out: Path, company: Table) -> int:
    return write_csv(
        out / "customers.csv",
        {
            "customer_id": ids("KH", np.arange(len(company["joined"]))),
            "joined": _dates(company["joined"]),
            "city": np.array([c[0] for c in CITIES])[company["city"]],
            "region": _named(REGIONS, company["region"]),
            "age_band": _named(AGES, company["age"]),
            "segment": _named(SEGMENTS, company["segment"]),
            "acquisition": _named(ACQUISITION, company["acquisition"]),
            "consent": company["consent"].astype(int),
        },
    )


def write_orders(out: Path, orders: Table) -> int:
    n = len(orders["who"])
    returned = orders["returned"] > 0
    arrived = np.isnan(orders["promised"]) | ~np.isnan(orders["delivered"])
    status = np.select([orders["canceled"], returned, arrived], ["canceled", "returned", "completed"], "delivering")
    return write_csv(
        out / "orders.csv",
        {
            "order_id": ids("DH", np.arange(n)),
            "customer_id": ids("KH", orders["who"]),
            "ordered_at": times(orders["day"] + orders["hour"] / 24),
            "channel": _named(CHANNELS, orders["channel"]),
            "store_code": np.where(orders["store"] >= 0, np.char.mod("CH-%02d", orders["store"] + 1), ""),
            "product": _named(PRODUCTS, orders["product"]),
            "amount_vnd": orders["amount"],
            "discount_vnd": orders["discount"],
            "returned_vnd": orders["returned"],
            "promised_at": times(orders["promised"]),
            "delivered_at": times(orders["delivered"]),
            "needs_install": orders["needs_install"].astype(int),
            "install_promised_at": times(orders["install_promised"]),
            "installed_at": times(orders["installed"]),
            "status": status,
        },
    )


def write_tickets(out: Path, seed: int, tickets: Table) -> int:
    time = tickets["time"]
    return write_csv(
        out / "tickets.csv",
        {
            "ticket_id": ids("YC", np.arange(len(time))),
            "created": times(time),
            "customer_id": ids("KH", tickets["who"]),
            "order_id": ids("DH", tickets["order"]),
            "channel": _named(CHANNELS, tickets["channel"]),
            "category": _named(TOPICS, tickets["topic"]),
            "stage": _named(STAGES, tickets["stage"]),
            "first_response": times(time + tickets["reply"] / 24),
            "resolved": times(time + tickets["resolved"] / 24),
            "priority": _named(PRIORITY, tickets["priority"]),
            "is_complaint": tickets["is_complaint"].astype(int),
            "reopened": (tickets["outcome"] == 3).astype(int),
            "within_sla": tickets["within_sla"].astype(int),
            "agent_id": ids("NV", tickets["agent"], 5),
            "team_id": np.array([t[0] for t in TEAMS] + [QUEUE[0]])[tickets["team"]],
            "csat": _blank_zero(tickets["rating"]),
            "comp_vnd": _blank_zero(tickets["compensation"]),
            "text_vi": ticket_texts(seed, tickets["topic"]),
        },
    )


def write_invitations(out: Path, invited: Table) -> int:
    return write_csv(
        out / "survey_invites.csv",
        {
            "invite_id": ids("LM", np.arange(len(invited["who"]))),
            "survey_type": _named(QUESTIONS, invited["question"]),
            "stage": _named(STAGES, invited["stage"]),
            "channel": _named(CHANNELS, invited["channel"]),
            "customer_id": ids("KH", invited["who"]),
            "order_id": ids("DH", invited["order"]),
            "contact_id": ids("YC", invited["ticket"]),
            "sent": times(invited["sent"]),
        },
    )


def write_answers(out: Path, seed: int, invited: Table, answered: Table, staff: Table) -> tuple[int, list[str]]:
    """Writes survey_responses.csv; returns its row count and the ids of the 12 answers that mention staff."""
    row = answered["invitation"]
    low, high = np.array(SCALES).T[:, answered["question"]]
    mood = moods(answered["score"], low, high)
    teams = np.array([t[1] for t in TEAMS])[staff["team"]]
    given = np.array([name.split()[-1] for name in staff["name"]])
    texts, mentions = answer_texts(seed, mood, given, teams)
    response = ids("PH", np.arange(len(row)))
    n = write_csv(
        out / "survey_responses.csv",
        {
            "response_id": response,
            "question": _named(QUESTIONS, answered["question"]),
            "stage": _named(STAGES, invited["stage"][row]),
            "channel": _named(CHANNELS, invited["channel"][row]),
            "customer_id": ids("KH", invited["who"][row]),
            "order_id": ids("DH", np.where(answered["lost"], -1, invited["order"][row])),
            "contact_id": ids("YC", np.where(answered["lost"], -1, invited["ticket"][row])),
            "answered_at": times(answered["answered"]),
            "score": answered["score"],
            "scale_min": low,
            "scale_max": high,
            "comment_vi": texts,
        },
    )
    return n, [str(response[i]) for i in mentions]


def moods(score: Array, low: Array, high: Array) -> Array:
    """0 poor, 1 middling, 2 good: thirds of the scale."""
    mood: Array = np.digitize((score - low) / (high - low), [0.55, 0.72])
    return mood


def write_relationship(out: Path, survey: Table, seed: int) -> int:
    n = len(survey["who"])
    minute = (np.arange(n) * 37 + seed) % 840
    columns: dict[str, Array | list[str]] = {
        "response_id": ids("QH", np.arange(n)),
        "customer_id": ids("KH", survey["who"]),
        "answered_at": times(survey["day"] + (8 * 60 + minute) / 1440),
    }
    columns |= {f"q_{item}": survey["items"][:, i] for i, item in enumerate(ITEMS)}
    columns |= {"q_overall": survey["overall"], "q_nps": survey["nps"], "q_intention": survey["intention"]}
    columns |= {f"rank_{item}": survey["ranks"][:, i] for i, item in enumerate(ITEMS)}
    columns["repurchase_180d"] = survey["returns"].astype(int)
    return write_csv(out / "relationship.csv", columns)


def write_agents(out: Path, staff: Table) -> int:
    """A workforce file that sources.yaml does not name: nothing ever reads it but tests that look for its names."""
    return write_csv(
        out / "agents.csv",
        {
            "agent_id": ids("NV", np.arange(len(staff["team"])), 5),
            "full_name": staff["name"],
            "team_id": np.array([t[0] for t in TEAMS])[staff["team"]],
            "team": np.array([t[1] for t in TEAMS])[staff["team"]],
        },
    )


def write_incidents(out: Path) -> int:
    order = sorted(INCIDENTS, key=lambda i: day(i[0]))
    date, kind, name = (list(column) for column in zip(*order, strict=True))
    return write_csv(out / "incidents.csv", {"date": date, "kind": kind, "name_vi": name})
