"""Random small companies, written as files, together with what an attacker is granted: every row and who handled it.

Nothing here is taken from the build. Which rows a metric counts, and what each measure adds, is written from the
definitions alone, so that a number in the release and a sum over these rows are two opinions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

UNKNOWN = "?"
"""Member of staff of rows that somebody handled and nobody knows who."""
STAGES = ("advice", "support", "returns")
CHANNELS = ("store", "hotline", "website", "chat", "mail")
SEGMENTS = ("household", "business", "young")
REGIONS = ("north", "centre", "south")
CSAT, TNPS, REPLY = "csat(question=csat)", "nps(question=tnps)", "response_rate(question=csat)"
RESOLVED = "resolved_within(hours=24)"
VIEWS = (
    (("stage", "channel"),),
    (("stage",), ("channel",), ("segment", "channel")),
    (("channel", "stage"), ("segment",)),
    (("channel", "segment"), ("region", "channel")),
    (("region",), ("channel", "region")),
    (("stage", "segment"), ("segment", "region")),
    (("stage", "channel"), ("channel",), ("segment",)),
)
_KPIS = (
    ("happy", "csat", "{question: csat}", "up"),
    ("complaints", "complaint_rate", "{}", "down"),
    ("settled", "resolved_within", "{hours: 24}", "up"),
    ("first", "fcr", "{}", "up"),
    ("reply", "replied_within", "{hours: 2}", "up"),
    ("answered", "response_rate", "{question: csat}", "up"),
    ("recommend", "nps", "{question: tnps}", "up"),
)
_KPI = """  - id: {id}
    name: {id}
    metric: {metric}
    of: {of}
    goal: keep
    owner: Service
    direction: {direction}
    targets: [{{by: 2027-12-31, value: 50}}]
    reading: {{low: Mend the process, high: Keep on}}
    levers: [{{kind: process, name: Fix the route}}]
"""


@dataclass(frozen=True)
class World:
    """``rows``: one line per contact, and per answer that belongs to none, with ``month``, the dimensions and ``who``:
    a set of staff, {UNKNOWN}, or None where nobody handled it. ``universe``: metric -> which rows it counts.
    ``adds``: (metric, measure) -> what each row adds."""

    seed: int
    folder: Path
    rows: pd.DataFrame
    universe: Mapping[str, np.ndarray]
    adds: Mapping[tuple[str, str], np.ndarray]
    staff: tuple[str, ...]
    dimensions: tuple[str, ...]

    @property
    def strategy(self) -> Path:
        return self.folder / "strategy.yaml"

    @property
    def sources(self) -> Path:
        return self.folder / "sources.yaml"

    @property
    def finest(self) -> int:
        """Finest cells that have rows: months by the dimensions some view cuts."""
        return len(self.rows.groupby(["month", *self.dimensions]))


def strategy_text(views: tuple[tuple[str, ...], ...], values: Mapping[str, tuple[str, ...]]) -> str:
    """A strategy that cuts by these views; ``values``: dimension -> declared values (stages stand in the journey)."""
    stages = "".join(
        f"  - id: {s}\n    name: {s}\n    customer_goal: Done\n    owner: Service\n    touchpoints:\n"
        f"      - {{id: {s}_desk, name: People}}\n      - {{id: {s}_self, name: Alone, self_service: true}}\n"
        + ("    listening_posts: [csat, tnps]\n" if s == values["stage"][0] else "")
        for s in values["stage"]
    )
    dimensions = "".join(
        f"  - id: {d}\n    name: {d}\n    values: [{', '.join(f'{{id: {v}, name: {v}}}' for v in values[d])}]\n"
        for d in ("channel", "segment", "region")
    )
    cuts = "".join(
        f"  - {{id: v{i}_{'_'.join(v)}, dimensions: [{', '.join(v)}], question: Where?, priority: {i + 1}}}\n"
        for i, v in enumerate(views)
    )
    kpis = "".join(_KPI.format(id=k, metric=m, of=of, direction=up) for k, m, of, up in _KPIS)
    return f"""version: 1
used_for: strategy
organisation: {{name: Small world, time_zone: Asia/Ho_Chi_Minh}}
goals:
  - id: keep
    name: Keep
    statement: Customers come back.
    customer_outcome: It goes as promised
    business_outcome: More come back
    sponsor: Service
journey:
{stages}questions:
  - {{id: csat, text: How satisfied?, scale: [1, 5]}}
  - {{id: tnps, text: Would you?, scale: [0, 10]}}
dimensions:
{dimensions}views:
{cuts}kpis:
{kpis}disclosure: {{grain: quarter, closing_days: 5}}
"""


_SOURCES = """as_of: {as_of}
files:
  - file: customers.csv
    tables:
      - {{table: customers, columns: {{customer_id: customer, segment: segment, region: region}}}}
  - file: contacts.csv
    tables:
      - table: contacts
        columns: {{contact_id: contact, customer_id: customer, opened: at, stage: stage, touchpoint: touchpoint,
          channel: channel, first_response: reply, resolved_at: done, repeated: again, reopened: reopened,
          is_complaint: complaint, staff: [agent, second]}}
  - file: answers.csv
    tables:
      - {{table: answers, columns: {{contact_id: contact, question: question, score: score, answered_at: at,
          stage: stage, channel: channel}}}}
  - file: invitations.csv
    tables:
      - {{table: invitations, columns: {{contact_id: contact, question: question, sent_at: at}}}}
"""


def world(seed: int, folder: Path, largest: int = 1500, write: bool = True) -> World:
    """Company number ``seed``, written into ``folder`` unless it is there; at most ``largest`` contacts in a quarter.

    5 to 25 staff, some of whom do most of the work and only some channels; 2 to 4 quarters; 2 or 3 views."""
    rng = np.random.default_rng([20261127, seed])
    staff = tuple(f"NV-{seed:03d}{i:02d}-{rng.integers(16**6):06x}" for i in range(int(rng.integers(6, 26))))
    values = {
        "stage": STAGES[: rng.integers(2, 4)],
        "channel": CHANNELS[: rng.integers(3, 6)],
        "segment": SEGMENTS[: rng.integers(2, 4)],
        "region": REGIONS[: rng.integers(2, 4)],
    }
    views = VIEWS[seed % len(VIEWS)]
    months = [f"{2025 + m // 12}-{m % 12 + 1:02d}" for m in range(3 * int(rng.integers(2, 5)))]
    n = len(months) * int(rng.integers(120, largest)) // 3
    customers = pd.DataFrame({"customer": [f"KH-{seed:03d}{i:05d}" for i in range(max(60, n // 6))]})
    customers["segment"] = rng.choice([*values["segment"], ""], len(customers), p=_skewed(rng, values["segment"]))
    customers["region"] = rng.choice([*values["region"], ""], len(customers), p=_skewed(rng, values["region"]))

    c = pd.DataFrame({"contact": [f"PH-{seed:03d}{i:06d}" for i in range(n)]})
    c["month"] = rng.choice(months, n)
    c["at"] = c["month"] + "-" + pd.Series(rng.integers(1, 29, n)).map("{:02d}".format) + " 09:00:00"
    c["customer"] = np.where(rng.random(n) < 0.9, rng.choice(customers["customer"], n), "")
    c["stage"] = rng.choice(values["stage"], n, p=_skewed(rng, values["stage"], 1)[:-1])
    c["channel"] = rng.choice([*values["channel"], "pigeon"], n, p=_skewed(rng, values["channel"]))
    alone = rng.random(n) < rng.choice([0.0, 0.1, 0.3])
    c["touchpoint"] = c["stage"] + np.where(alone, "_self", "_desk")
    unknown = ~alone & (rng.random(n) < rng.choice([0.0, 0.05, 0.15]))
    known = ~alone & ~unknown
    c["agent"] = np.where(known, _handlers(rng, c["channel"].to_numpy(str), staff), "")
    second = known & (rng.random(n) < 0.03)
    c["second"] = np.where(second, rng.choice(staff, n), "")
    c["complaint"] = np.where(rng.random(n) < rng.uniform(0.15, 0.5), "yes", "no")
    replied = rng.random(n) < 0.95
    c["reply"] = np.where(replied, c["at"].str[:11] + rng.choice(["10:00:00", "15:00:00"], n), "")
    c["done"] = np.where(rng.random(n) < 0.9, c["at"].str[:11] + rng.choice(["17:00:00", "23:00:00"], n), "")
    c["again"] = np.where(c["customer"] == "", "", rng.choice(["yes", "no"], n, p=[0.3, 0.7]))
    c["reopened"] = rng.choice(["yes", "no"], n, p=[0.1, 0.9])
    c["asked"] = rng.random(n) < rng.uniform(0.5, 0.9)
    c["csat"] = np.where(c["asked"] & (rng.random(n) < rng.uniform(0.3, 0.8)), rng.integers(1, 6, n), 0)
    c["tnps"] = np.where(rng.random(n) < rng.uniform(0.2, 0.6), rng.integers(0, 11, n), -1)

    orphans = pd.DataFrame({"month": rng.choice(months, n // 40)})
    orphans["at"] = orphans["month"] + "-15 09:00:00"
    for dimension in ("stage", "channel"):
        orphans[dimension] = rng.choice(values[dimension], len(orphans))
    orphans["csat"] = rng.integers(1, 6, len(orphans))

    if write:
        _write(folder, customers, c, orphans, months)
        (folder / "strategy.yaml").write_text(strategy_text(views, values), encoding="utf-8")
    dimensions = tuple(dict.fromkeys(d for v in views for d in v))
    return _known(seed, folder, customers, c, orphans, staff, dimensions)


def _skewed(rng: np.random.Generator, values: tuple[str, ...], rest: int = 0) -> np.ndarray:
    """Shares of the values and of one that is not declared, which is rare."""
    share = rng.dirichlet(np.full(len(values), 1.5)) * (1.0 if rest else 0.96)
    return np.append(share, 0.0 if rest else 0.04)


def _handlers(rng: np.random.Generator, channel: np.ndarray, staff: tuple[str, ...]) -> np.ndarray:
    """Most people work on one or two channels, and a few of them have most of the work."""
    found = np.empty(len(channel), dtype=object)
    busy = rng.pareto(rng.uniform(1.2, 4.0), len(staff)) + 0.3
    for value in np.unique(channel):
        team = rng.random(len(staff)) < rng.uniform(0.2, 0.9)
        weight = busy * np.where(team, 1.0, rng.choice([0.0, 0.03]))
        weight = weight if weight.sum() else busy
        here = channel == value
        found[here] = rng.choice(staff, here.sum(), p=weight / weight.sum())
    return found


def _write(folder: Path, customers: pd.DataFrame, c: pd.DataFrame, orphans: pd.DataFrame, months: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    customers.to_csv(folder / "customers.csv", index=False)
    columns = ["contact", "customer", "at", "stage", "touchpoint", "channel", "reply", "done", "again", "reopened"]
    c[[*columns, "complaint", "agent", "second"]].to_csv(folder / "contacts.csv", index=False)
    answers = [
        c[c["csat"] > 0].assign(question="csat", score=c["csat"], stage="", channel=""),
        c[c["tnps"] >= 0].assign(question="tnps", score=c["tnps"], stage="", channel=""),
        orphans.assign(contact="", question="csat", score=orphans["csat"]),
    ]
    columns = ["contact", "question", "score", "at", "stage", "channel"]
    pd.concat([a[columns] for a in answers]).to_csv(folder / "answers.csv", index=False)
    asked = c[c["asked"]].assign(question="csat")
    asked[["contact", "question", "at"]].to_csv(folder / "invitations.csv", index=False)
    year, month = int(months[-1][:4]), int(months[-1][5:])
    as_of = f"{year + month // 12}-{month % 12 + 1:02d}-25"
    (folder / "sources.yaml").write_text(_SOURCES.format(as_of=as_of), encoding="utf-8")


def _known(
    seed: int,
    folder: Path,
    customers: pd.DataFrame,
    c: pd.DataFrame,
    orphans: pd.DataFrame,
    staff: tuple[str, ...],
    dimensions: tuple[str, ...],
) -> World:
    people = customers.set_index("customer")
    c = c.assign(channel=c["channel"].replace("pigeon", "other"))
    for dimension in ("segment", "region"):
        c[dimension] = c["customer"].map(people[dimension]).replace("", "other").fillna("other")
    c["who"] = [
        None if at.endswith("_self") else frozenset(filter(None, (a, b))) or frozenset({UNKNOWN})
        for at, a, b in zip(c["touchpoint"], c["agent"], c["second"])
    ]
    orphans = orphans.assign(
        segment="other", region="other", who=[frozenset({UNKNOWN})] * len(orphans), tnps=-1, asked=False, contact=""
    )
    rows = pd.concat([c, orphans], ignore_index=True)
    contact = (rows["contact"] != "").to_numpy()

    def yes(column: str) -> np.ndarray:
        return (rows[column] == "yes").to_numpy() & contact

    asked = rows["asked"].to_numpy(bool)
    csat, tnps = rows["csat"].to_numpy(int), rows["tnps"].to_numpy(int)
    universe = {
        "complaint_rate": contact,
        RESOLVED: yes("complaint"),
        "fcr": contact & (rows["customer"].fillna("") != "").to_numpy(),
        "replied_within(hours=2)": contact,
        CSAT: csat > 0,
        TNPS: tnps >= 0,
        REPLY: asked | (csat > 0),
    }
    adds = {(metric, "n"): mask for metric, mask in universe.items()} | {
        ("complaint_rate", "complaints"): yes("complaint"),
        (RESOLVED, "within"): yes("complaint") & (rows["done"].fillna("") != "").to_numpy(),
        ("fcr", "resolved"): universe["fcr"] & ~yes("again") & ~yes("reopened"),
        ("replied_within(hours=2)", "within"): contact & rows["reply"].fillna("").str.endswith("10:00:00").to_numpy(),
        (CSAT, "satisfied"): csat >= 4,
        (TNPS, "promoters"): tnps >= 9,
        (TNPS, "detractors"): (tnps >= 0) & (tnps <= 6),
        (REPLY, "answered"): csat > 0,
    }
    return World(seed, folder, rows, universe, {k: v.astype(float) for k, v in adds.items()}, staff, dimensions)


#: The same rows counted in two KPIs: (metric, measure) that add the same thing.
SAME_THING = ((("complaint_rate", "complaints"), (RESOLVED, "n")), ((REPLY, "answered"), (CSAT, "n")))
