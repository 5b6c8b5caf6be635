"""The flawed twin of the shipped strategy: 3 KPIs without a goal (one of them the vanity KPI of followers), 1 number
under two names, 2 KPIs without an owner, 1 target in the wrong direction."""

from __future__ import annotations

import re

from tests.conftest import ROOT

FOLLOWERS = """\
  - id: followers
    name: {en: Facebook followers, vi: Người theo dõi Facebook}
    metric: series
    of: {name: facebook_followers, unit: count}
    owner: {en: Marketing, vi: Tiếp thị}
    direction: up
    targets: [{by: 2026-12-31, value: 50000}]
    reading:
      low: {en: Post more., vi: Đăng nhiều hơn.}
      high: {en: Post more., vi: Đăng nhiều hơn.}
    levers:
      - kind: process
        name: {en: Daily posts, vi: Đăng bài hằng ngày}
        owner: {en: Marketing, vi: Tiếp thị}

"""
TWIN = """\
  - id: return_quarter
    name: {en: Return in a quarter, vi: Quay lại trong một quý}
    metric: repurchase
    of: {days: 90}
    goal: keep_customers
    owner: {en: Marketing, vi: Tiếp thị}
    direction: up
    targets: [{by: 2026-12-31, value: 41}]
    reading:
      low: {en: Send vouchers., vi: Gửi phiếu giảm giá.}
      high: {en: Send fewer., vi: Gửi ít hơn.}
    levers:
      - kind: process
        name: {en: Vouchers, vi: Phiếu giảm giá}
        owner: {en: Marketing, vi: Tiếp thị}

"""
#: KPI and code of each flaw that was planted.
FLAWS = (
    ("followers", "G001"),
    ("easy_returns", "G001"),
    ("friendly_staff", "G001"),
    ("return_quarter", "K008"),
    ("csat_support", "O002"),
    ("response_rate", "O002"),
    ("retention_3", "T003"),
)


def flawed() -> str:
    """The text of the flawed twin."""
    text = (ROOT / "strategy.yaml").read_text(encoding="utf-8")
    for kpi in ("easy_returns", "friendly_staff"):
        text = _without(text, kpi, "goal")
    for kpi in ("csat_support", "response_rate"):
        text = _without(text, kpi, "owner")
    text = _once(
        text,
        "targets: [{by: 2026-12-31, value: 18}]",
        "targets: [{by: 2026-09-30, value: 18}, {by: 2026-12-31, value: 12}]",
    )
    return _once(text, "\n# ── Actions ──", FOLLOWERS + TWIN + "\n# ── Actions ──")


def _without(text: str, kpi: str, key: str) -> str:
    start = text.index(f"  - id: {kpi}\n    name: ", text.index("\nkpis:"))
    found = re.compile(rf"    {key}: .*\n").search(text, start)
    assert found
    return text[: found.start()] + text[found.end() :]


def _once(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1
    return text.replace(old, new)
