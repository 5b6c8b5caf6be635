"""A small company whose files a test writes itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

STRATEGY = """
version: 1
used_for: strategy
organisation: {name: Small company, time_zone: Asia/Ho_Chi_Minh}
goals:
  - id: keep
    name: Keep
    statement: Customers come back.
    customer_outcome: It goes as promised
    business_outcome: More come back
    sponsor: Service
journey:
  - id: buy
    name: Buy
    customer_goal: Pay
    owner: Sales
    touchpoints:
      - {id: checkout, name: Checkout, channel: website, self_service: true}
      - {id: till, name: Till, channel: store}
    listening_posts: [tnps]
  - id: support
    name: Support
    customer_goal: Help
    owner: Service
    touchpoints: [{id: hotline_call, name: Call, channel: hotline}]
    listening_posts: [csat]
questions:
  - {id: csat, text: How satisfied?, scale: [1, 5]}
  - {id: tnps, text: Would you?, scale: [0, 10]}
  - {id: whole, text: All in all?, scale: [1, 10], listens_to: relationship}
dimensions:
  - id: channel
    name: Channel
    values:
      - {id: store, name: Store, matches: [Cửa hàng]}
      - {id: hotline, name: Hotline}
      - {id: website, name: Website}
      - {id: facebook, name: Facebook, pool_with: website}
  - id: segment
    name: Segment
    values: [{id: household, name: Homes}, {id: business, name: Firms}]
  - {id: waited, name: Waited, over_hours: 2}
views:
  - {id: by_stage, dimensions: [stage, channel], question: Where does it break?}
  - {id: by_channel, dimensions: [channel], question: Which channel?}
  - {id: by_promise, dimensions: [promise], question: Does late matter?, facts: [orders, cohorts, answers]}
kpis:
KPIS
disclosure: {grain: quarter, closing_days: 5}
"""
_KPI = """  - id: {id}
    name: {id}
    metric: {metric}
    of: {of}
    goal: keep
    owner: Service
    direction: {direction}
    targets: [{{by: 2026-12-31, value: 50}}]
    reading: {{low: Mend the process, high: Keep on}}
    levers: [{{kind: process, name: Fix the route}}]
"""
STRATEGY = STRATEGY.replace(
    "KPIS\n",
    "".join(
        _KPI.format(id=id, metric=metric, of=of, direction=direction)
        for id, metric, of, direction in (
            ("complaints", "complaint_rate", "{}", "down"),
            ("happy", "csat", "{question: csat}", "up"),
            ("back", "repurchase", "{days: 30}", "up"),
        )
    ),
)

Row = dict[str, Any]


def csv(rows: list[Row]) -> str:
    """Rows as CSV; None is blank. Columns are those of all rows, in order."""
    columns = list(dict.fromkeys(c for row in rows for c in row))
    lines = [",".join(columns)]
    lines += [",".join("" if row.get(c) is None else str(row[c]) for c in columns) for row in rows]
    return "\n".join(lines) + "\n"


MAPS = {
    "customers": "{customer_id: customer, joined: joined, segment: segment}",
    "orders": "{order_id: order, customer_id: customer, ordered_at: at, channel: channel, amount: amount, "
    "promised_at: promised, delivered_at: delivered, status: status}",
    "contacts": "{contact_id: contact, customer_id: customer, order_id: order, opened: at, stage: stage, "
    "touchpoint: touchpoint, channel: channel, topic: topic, first_response: response, resolved_at: resolved, "
    "repeated: repeated, reopened: reopened, is_complaint: complaint, staff: [agent, second]}",
    "answers": "{response_id: response, contact_id: contact, order_id: order, customer_id: customer, "
    "question: question, score: score, scale_min: low, scale_max: high, answered_at: at, stage: stage, "
    "channel: channel}",
    "invitations": "{contact_id: contact, order_id: order, customer_id: customer, question: question, sent_at: at, "
    "stage: stage}",
    "complaints": "{complaint_id: complaint, contact_id: contact, order_id: order, opened: at, resolved_at: resolved, "
    "reopened: reopened}",
}
FIELDS = {
    name: dict.fromkeys(pair.split(": ")[1].strip("[]") for pair in text.strip("{}").split(", ") if ": " in pair)
    for name, text in MAPS.items()
}
FIELDS["contacts"] = dict.fromkeys(FIELDS["contacts"]) | {"agent": None, "second": None}
TRAITS = "{orders: {no_staff: true, leave_out_status: [canceled]}}"


def write_company(
    folder: Path,
    tables: dict[str, list[Row]],
    as_of: str = "2026-04-05",
    strategy: str = STRATEGY,
    traits: str = TRAITS,
) -> tuple[Path, Path]:
    """Write files, sources.yaml and strategy.yaml; returns the paths of the last two, strategy first."""
    lines = [f"as_of: {as_of}", "files:"]
    for name, rows in tables.items():
        full = [dict.fromkeys(FIELDS[name]) | row for row in rows]
        (folder / f"{name}.csv").write_text(csv(full), encoding="utf-8")
        lines += [f"  - file: {name}.csv", "    tables:", f"      - table: {name}", f"        columns: {MAPS[name]}"]
    lines.append(f"traits: {traits}")
    (folder / "sources.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "strategy.yaml").write_text(strategy, encoding="utf-8")
    return folder / "strategy.yaml", folder / "sources.yaml"


def small_company(months: int = 6, agents: int = 8, seed: int = 0) -> dict[str, list[Row]]:
    """A company in which all channels but Facebook (three people) may be shown: 60 contacts a month and channel."""
    tables: dict[str, list[Row]] = {"customers": [], "orders": [], "contacts": [], "answers": []}
    tables["customers"] = [
        {"customer": f"KH-{i:05d}", "joined": "2025-10-01", "segment": ("household", "business")[i % 3 == 0]}
        for i in range(240)
    ]
    number = 0
    for m in range(months):
        month = f"{2025 + (9 + m) // 12}-{(9 + m) % 12 + 1:02d}"
        for c, channel in enumerate(("store", "hotline", "website", "facebook")):
            people = 3 if channel == "facebook" else agents
            for i in range(60):
                number += 1
                contact = f"PH-{number:06d}"
                tables["contacts"].append(
                    {
                        "contact": contact,
                        "customer": f"KH-{(number * 7 + seed) % 240:05d}",
                        "at": f"{month}-{i % 27 + 1:02d} 10:00",
                        "stage": "support",
                        "touchpoint": "hotline_call",
                        "channel": channel,
                        "agent": f"Nguyễn Thị {'ABCDEFGH'[i % people]}{c}nh",
                        "complaint": "yes" if (i * 13 + m + c) % 5 == 0 else "no",
                    }
                )
                if i % 2:
                    tables["answers"].append(
                        {"response": f"R{number}", "contact": contact, "question": "csat", "score": 1 + (i * 7 + m) % 5}
                    )
        for i in range(40):
            tables["orders"].append(
                {
                    "order": f"DH-{m:02d}{i:04d}",
                    "customer": f"KH-{(m * 35 + i) % 240:05d}",
                    "at": f"{month}-{i % 27 + 1:02d} 09:00",
                    "channel": ("store", "website")[i % 2],
                    "amount": 100000 + 1000 * i,
                    "promised": f"{month}-{i % 27 + 1:02d}",
                    "delivered": f"{month}-{i % 27 + 1 + (i % 4 == 0):02d}",
                }
            )
    return tables
