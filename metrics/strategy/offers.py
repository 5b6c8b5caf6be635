"""What ``init`` offers: stages, questions and KPIs that most companies begin with. Names are message ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class StageOffer:
    """``question``: asked here, unless the company says otherwise. ``present``: customers meet the company here."""

    id: str
    name: str
    customer_goal: str
    owner: str
    question: str | None
    present: bool = True


@dataclass(frozen=True)
class QuestionOffer:
    id: str
    name: str
    text: str
    scale: tuple[int, int]


@dataclass(frozen=True)
class KpiOffer:
    """``question``: the metric reads it. ``sales``: can be lifted at customers' cost, so it needs a counter-KPI."""

    id: str
    name: str
    metric: str
    of: tuple[tuple[str, str | int], ...]
    direction: Literal["up", "down"]
    stage: str | None = None
    question: str | None = None
    sales: bool = False


STAGES: tuple[StageOffer, ...] = (
    StageOffer("find_out", "Find out", "Learn what suits me, from a search or a friend", "Marketing", None, False),
    StageOffer("buy", "Buy and pay", "Pay the price I was told, quickly and my way", "Sales", "tnps"),
    StageOffer("delivery", "Delivery", "Get it whole, on the day I was promised", "Logistics", "csat"),
    StageOffer("support", "Support", "Say it once, and have it solved", "Customer care", "ces"),
    StageOffer("buy_again", "Buy again", "Come back and find it at least as good", "Customer experience", "tnps"),
)
QUESTIONS: tuple[QuestionOffer, ...] = (
    QuestionOffer("tnps", "Would recommend", "How likely are you to recommend us to a friend?", (0, 10)),
    QuestionOffer("csat", "Satisfied this time", "How satisfied were you this time?", (1, 5)),
    QuestionOffer("ces", "It was easy", "It was easy to get done what I came for. Do you agree?", (1, 7)),
)
KPIS: tuple[KpiOffer, ...] = (
    KpiOffer("return_90", "Return within 90 days", "repurchase", (("days", 90),), "up", "buy_again"),
    KpiOffer("retention_3", "Still buying in month 3", "retention", (("age", 3),), "up", "buy_again"),
    KpiOffer("tnps", "Willing to recommend", "nps", (("question", "tnps"),), "up", question="tnps"),
    KpiOffer("csat", "Satisfied this time", "csat", (("question", "csat"),), "up", question="csat"),
    KpiOffer("ces", "It was easy", "ces", (("question", "ces"),), "up", question="ces"),
    KpiOffer("on_time", "On-time delivery", "on_time", (("promise", "delivery"),), "up", "delivery"),
    KpiOffer("fcr", "Solved the first time", "fcr", (), "up", "support"),
    KpiOffer("first_reply", "First reply within 2 hours", "replied_within", (("hours", 2),), "up", "support"),
    KpiOffer("complaint_rate", "Share of complaints", "complaint_rate", (), "down", "support"),
    KpiOffer("revenue", "Revenue", "revenue", (), "up", "buy", sales=True),
    KpiOffer("new_customers", "New customers", "new_customers", (), "up", "find_out", sales=True),
)
LOYAL: tuple[str, ...] = ("return_90", "retention_3")
"""KPIs of what loyal customers do."""
CHANNELS: tuple[tuple[str, str], ...] = (
    ("store", "Store"),
    ("website", "Website"),
    ("hotline", "Hotline"),
    ("zalo", "Zalo"),
    ("facebook", "Facebook"),
)
