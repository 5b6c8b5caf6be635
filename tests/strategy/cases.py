"""Cases of the rules as data. ``SMALL`` is a strategy without a finding; a case replaces pieces of it.

In a failing case the mark ▲ stands before the node that the finding must point at (it is taken out before the check),
so line and column are counted from the text and not from the code under test.
"""

from __future__ import annotations

from datetime import date

SMALL = """\
version: 1
used_for: strategy
organisation: {name: Shop, languages: [vi, en], time_zone: Asia/Ho_Chi_Minh}
goals:
  - id: keep
    name: Keep customers
    statement: They come back.
    customer_outcome: Served as promised
    business_outcome: 4 in 10 buy again
    sponsor: Customer director
    horizon: 2026-12-31
    kpi: back
journey:
  - id: find
    name: Find
    customer_goal: Find it
    owner: Marketing
    presence: none
  - id: buy
    name: Buy
    customer_goal: Pay
    owner: Sales
    touchpoints:
      - {id: till, name: Till, channel: store}
      - {id: checkout, name: Checkout, channel: web, self_service: true}
    listening_posts: [ask_nps, ask_csat]
    volume: back
questions:
  - {id: ask_nps, text: Recommend?, scale: [0, 10]}
  - {id: ask_csat, text: Satisfied?, scale: [1, 5]}
loyalty:
  outcome: back
  stated: recommend
  drivers:
    items:
      - {question: ask_csat, name: Satisfied, stage: buy}
    outcomes:
      - kpi: back
dimensions:
  - id: channel
    name: Channel
    values:
      - {id: store, name: Store, matches: [shop]}
      - {id: web, name: Web, matches: [online], pool_with: store}
  - id: promise
    name: Promise
    values:
      - {id: kept, name: Kept}
views:
  - {id: by_stage, dimensions: [stage, channel], question: Where?}
  - {id: by_promise, dimensions: [promise], question: Why?}
kpis:
  - id: back
    name: Came back
    metric: repurchase
    of: {days: 90}
    goal: keep
    stage: buy
    owner: Customer director
    direction: up
    targets: [{by: 2025-12-31, value: 38}, {by: 2026-12-31, value: 40}]
    reading: {low: Mend, high: Keep}
    levers: [{kind: policy, name: Keep the day}]
  - id: recommend
    name: Would recommend
    metric: nps
    of: {question: ask_nps}
    goal: keep
    scope: {view: by_stage, where: {stage: [buy]}}
    owner: Sales
    direction: up
    targets: [{by: 2026-12-31, value: 30}]
    reading: {low: Mend, high: Keep}
    levers: [{kind: behaviour, name: Ask, owner: Sales}]
    drives:
      - {kpi: back, reason: They say so., review: 2026-12-31}
    counter: answered
  - id: answered
    name: Customers who answer
    metric: response_rate
    of: {question: ask_nps}
    goal: keep
    owner: Sales
    direction: up
    targets: [{by: 2026-12-31, value: 20}]
    reading: {low: Mend, high: Keep}
    levers: [{kind: process, name: Ask all}]
  - id: sales
    name: Sales
    metric: revenue
    goal: keep
    owner: Sales
    direction: up
    targets: [{by: 2026-12-31, value: 1000}]
    reading: {low: Mend, high: Keep}
    levers: [{kind: process, name: Advertise}]
    counter: back
disclosure: {min_staff: 6, max_share: 0.3, max_two: 0.7, min_customers: 12, max_customer_share: 0.4}
events:
  - {date: 2026-02-17, name: Tết, kpis: [back], repeats: true}
"""

#: The date the cases are checked at.
TODAY = date(2026, 4, 5)

GROW = "  - {id: ▲grow, name: G, statement: S, customer_outcome: C, business_outcome: B, sponsor: Sales}\njourney:\n"
PROMISE = "  - id: promise\n    name: Promise\n    values:\n      - {id: kept, name: Kept}\n"
LONG = "{en: Would recommend, vi: Sẵn lòng giới thiệu cho nhiều người}"

#: Code of a rule, then pairs of what stands in SMALL (once) and what comes in its place.
FAILING: tuple[tuple[str, ...], ...] = (
    ("U001", "used_for: strategy", "used_for: ▲bonus"),
    ("U001", "used_for: strategy", "used_for: ▲strategy and ranking"),
    (
        "G001",
        "id: answered",
        "id: ▲answered",
        "    goal: keep\n    owner: Sales\n    direction: up\n    targets: [{by: 2026-12-31, value: 20}]",
        "    owner: Sales\n    direction: up",
    ),
    ("G001", "id: back\n", "id: ▲back\n", "goal: keep\n    stage: buy", 'goal: " "\n    stage: buy'),
    ("G002", "goal: keep\n    stage: buy", "goal: ▲keeep\n    stage: buy"),
    ("G003", "journey:\n", GROW),
    ("G004", "  - id: keep", "  - ▲id: keep", "    customer_outcome: Served as promised\n", ""),
    ("G005", "  - id: keep", "  - ▲id: keep", "    business_outcome: 4 in 10 buy again\n", ""),
    ("G006", "kpi: back\njourney", "kpi: ▲bakc\njourney"),
    ("G006", "journey:\n", GROW.replace("▲", "").replace("Sales", "Sales, kpi: ▲back")),
    ("G007", "horizon: 2026-12-31", "horizon: ▲2026-01-31"),
    ("O001", "sponsor: Customer director", "sponsor: ▲Nguyễn Văn An"),
    ("O001", "owner: Marketing", "owner: ▲jane.smith@example.org"),
    ("O001", "name: Ask, owner: Sales", "name: Ask, owner: ▲{en: Sales, vi: chị Lan}"),
    (
        "O002",
        "id: answered",
        "id: ▲answered",
        "    goal: keep\n    owner: Sales\n    direction: up\n    targets: [{by: 2026-12-31, value: 20}]",
        "    goal: keep\n    direction: up",
    ),
    ("K001", "metric: repurchase", "metric: ▲repurchse"),
    ("K002", "of: {days: 90}", "of: {▲dayz: 90, days: 30}"),
    ("K002", "of: {days: 90}", "of: {days: ▲ninety}"),
    ("K002", "of: {days: 90}", "of: {days: ▲-3}"),
    ("K002", "metric: repurchase\n    of: {days: 90}\n", "metric: ▲repurchase\n"),
    ("K003", "metric: nps\n    of: {question: ask_nps}", "metric: nps\n    of: {question: ▲ask_npss}"),
    ("K004", "metric: nps\n    of: {question: ask_nps}", "metric: nps\n    of: {question: ▲ask_csat}"),
    ("K005", "goal: keep\n    stage: buy", "goal: keep\n    stage: ▲bye"),
    ("K006", "id: answered", "id: ▲answered", "    levers: [{kind: process, name: Ask all}]\n", ""),
    (
        "K007",
        "id: answered",
        "id: ▲answered",
        "reading: {low: Mend, high: Keep}\n    levers: [{kind: process, name: Ask all}]",
        "counter: back",
    ),
    ("K008", "id: sales", "id: ▲sales", "metric: revenue", "metric: response_rate\n    of: {question: ask_nps}"),
    ("K009", "counter: answered", "counter: ▲anwsered"),
    ("K009", "counter: answered", "counter: ▲recommend"),
    ("K010", "id: sales", "id: ▲sales", "    counter: back\n", ""),
    ("K011", "name: Would recommend", f"name: ▲{LONG}"),
    ("K011", "stage: buy\n    owner: Customer director", "stage: buy\n    owner: ▲Chief customer officer"),
    ("T001", "id: answered", "id: ▲answered", "    targets: [{by: 2026-12-31, value: 20}]\n", ""),
    ("T002", "{by: 2026-12-31, value: 40}", "{by: ▲2025-12-31, value: 40}"),
    ("T003", "{by: 2026-12-31, value: 40}", "{by: 2026-12-31, value: ▲36}"),
    ("T003", "{by: 2026-12-31, value: 1000}", "{by: 2026-06-30, value: 1000}, {by: 2026-12-31, value: ▲900}"),
    (
        "T004",
        "director\n    direction: up\n    targets: [{by: 2025-12-31, value: 38}, ",
        "director\n    direction: ▲down\n    targets: [",
    ),
    ("T005", "{by: 2026-12-31, value: 40}", "{by: 2026-12-31, value: ▲140}"),
    ("T005", "{by: 2026-12-31, value: 40}", "{by: 2026-12-31, value: ▲.nan}"),
    ("T005", "value: 30", "value: ▲-130"),
    ("T006", "targets: [{by: 2026-12-31, value: 30}]", "targets: ▲[{by: 2026-03-31, value: 30}]"),
    ("T007", "targets: [{by: 2026-12-31, value: 30}]", "targets: ▲[{by: 2025-12-31, value: 30}]"),
    ("L001", "{kpi: back, reason", "{kpi: ▲bakc, reason"),
    ("L001", "{kpi: back, reason", "{kpi: ▲recommend, reason"),
    ("L002", "{kpi: back, reason: They say so., review", "▲{kpi: back, review"),
    ("L003", "review: 2026-12-31", "review: ▲2026-04-04"),
    (
        "L004",
        "Keep the day}]\n",
        "Keep the day}]\n    drives: [{kpi: recommend, reason: Why.}]\n",
        "{kpi: back, reason",
        "{kpi: ▲back, reason",
    ),
    ("B001", "outcome: back", "outcome: ▲bakc"),
    ("B002", "outcome: back", "outcome: ▲recommend"),
    ("B003", "stated: recommend", "stated: ▲recomend"),
    ("B004", "{question: ask_csat, name: Satisfied, stage: buy}", "{question: ▲ask_csta, name: S, stage: ▲bye}"),
    ("B005", "      - kpi: back", "      - kpi: ▲bakc"),
    ("B005", "      - kpi: back", "      - kpi: ▲sales"),
    ("B006", "  outcome: back\n  stated", "  ▲stated"),
    ("J001", "id: find", "id: ▲find", "    presence: none\n", ""),
    ("J002", "[ask_nps, ask_csat]", "[ask_nps, ask_csat, ▲ask_cast]"),
    ("J003", "volume: back", "volume: ▲bakc"),
    ("J004", "channel: web,", "channel: ▲webb,"),
    ("Q001", "questions:\n", "questions:\n  - {id: ▲unused, text: Anything?, scale: [1, 5]}\n"),
    ("Q002", "text: Satisfied?, scale: [1, 5]", "text: Satisfied?, scale: ▲[5, 1]"),
    ("I001", "id: sales", "id: ▲answered"),
    ("I001", "{id: checkout,", "{id: ▲till,"),
    ("I001", "{id: web, name: Web, matches: [online], pool_with: store}", "{id: ▲store, name: Web}"),
    ("I001", "{id: by_promise,", "{id: ▲by_stage,"),
    ("V001", "dimensions: [promise]", "dimensions: [▲agent]"),
    ("V001", "dimensions: [stage, channel]", "dimensions: [stage, ▲nhân_viên]"),
    ("V001", "dimensions: [promise]", "dimensions: [▲аgеnt]"),
    ("V001", "where: {stage: [buy]}", "where: {▲supervisor: [buy]}"),
    ("V001", "where: {stage: [buy]}", "where: {▲agent: [NV-00001]}"),
    ("V001", PROMISE, "  - {id: ▲team, name: Team, values: [{id: one, name: One}]}\n"),
    ("V002", "dimensions: [promise]", "dimensions: [▲promis]"),
    ("V002", "where: {stage: [buy]}", "where: {▲stge: [buy]}"),
    ("V003", "dimensions: [stage, channel]", "dimensions: [stage, channel, ▲stage]"),
    ("V004", "dimensions: [promise]", "dimensions: [▲segment]"),
    ("V005", "{id: kept, name: Kept}", "{id: ▲broken, name: Kept}"),
    ("V005", PROMISE, "  - {id: ▲stage, name: Stage}\n"),
    ("V006", "{id: store, name: Store, matches: [shop]}", "{id: store, name: S}\n      - {id: ▲other, name: O}"),
    ("V007", "pool_with: store", "pool_with: ▲stroe"),
    ("V007", "pool_with: store", "pool_with: ▲web"),
    ("V008", "matches: [online]", "matches: [online, ▲SHOP]"),
    ("V009", "dimensions: [promise]", "dimensions: [promise, ▲waited]"),
    ("V010", "{id: by_promise, dimensions: [promise]", "{id: ▲by_promise, dimensions: [stage, channel]"),
    ("V011", "{view: by_stage,", "{view: ▲by_stages,"),
    ("V011", "where: {stage: [buy]}", "where: ▲{channel: [web]}"),
    ("V011", "where: {stage: [buy]}", "where: {stage: [▲bye]}"),
    ("V011", "where: {stage: [buy]}", "where: {stage: ▲[]}"),
    ("V012", "{id: store, name: Store, matches: [shop]}", "{id: ▲store, name: Team Hoa, matches: [shop]}"),
    ("V012", "matches: [online]", "matches: [online, ▲'Billing – Lan']"),
    ("V012", "{id: till, name: Till, channel: store}", "{id: ▲till, name: Nguyễn Văn An, channel: store}"),
    ("D001", "min_staff: 6", "min_staff: ▲4"),
    ("D001", "max_share: 0.3", "max_share: ▲0.41"),
    ("D001", "max_two: 0.7", "max_two: ▲.nan"),
    ("D001", "min_customers: 12", "min_customers: ▲9"),
    ("D001", "max_customer_share: 0.4}", "max_customer_share: ▲0}"),
    ("E001", "kpis: [back], repeats", "kpis: [▲bakc], repeats"),
    ("H001", "languages: [vi, en]", "languages: ▲[vi]"),
    ("H002", "time_zone: Asia/Ho_Chi_Minh", "time_zone: ▲Asia/Ho_Chi_Min"),
)

#: Near misses: the rule must stay silent. Every rule is also silent on SMALL itself.
PASSING: tuple[tuple[str, ...], ...] = (
    ("U001", "used_for: strategy", "used_for: Strategy"),
    ("G007", "horizon: 2026-12-31", "horizon: 2026-04-05"),
    ("O001", "sponsor: Customer director", "sponsor: Giám đốc khách hàng"),
    ("O001", "owner: Marketing", "owner: {en: Head of e-commerce, vi: Chăm sóc khách hàng}"),
    ("K002", "of: {days: 90}", "of: {days: 180}"),
    (
        "K008",
        "where: {stage: [buy]}",
        "where: {stage: [find]}",
        "metric: revenue",
        "metric: nps\n    of: {question: ask_nps}",
    ),
    ("K011", "name: Would recommend", "name: Abcdefghijklmnopqrstuvwxyzab"),
    ("T003", "value: 40", "value: 38"),
    ("T004", "stage: buy\n    owner", "stage: buy\n    owner", "value: 1000", "value: 900"),
    ("T005", "value: 30", "value: -10"),
    ("T006", "targets: [{by: 2026-12-31, value: 30}]", "targets: [{by: 2026-04-05, value: 30}]"),
    ("T007", "targets: [{by: 2026-12-31, value: 30}]", "targets: [{by: 2026-03-31, value: 30}]"),
    ("L002", "reason: They say so., review: 2026-12-31", "identity: true"),
    ("L003", "review: 2026-12-31", "review: 2026-04-05"),
    (
        "L004",
        "    counter: back\n",
        "    counter: back\n    drives: [{kpi: recommend, reason: R}, {kpi: back, reason: R}]\n",
    ),
    ("B006", "  outcome: back\n  stated: recommend\n", "  outcome: back\n"),
    ("V001", "dimensions: [promise]", "dimensions: [promise, channel]"),
    ("V002", "dimensions: [promise]", "dimensions: [complaint]"),
    (
        "V009",
        PROMISE,
        PROMISE + "  - {id: waited, name: W, over_hours: 24}\n",
        "dimensions: [promise]",
        "dimensions: [waited]",
    ),
    ("V011", "where: {stage: [buy]}", "where: {channel: [web], stage: [buy, find]}"),
    ("V012", "matches: [online]", "matches: [online, Thái độ nhân viên, Desk, '12345678']"),
    (
        "D001",
        "disclosure: {min_staff: 6, max_share: 0.3, max_two: 0.7, min_customers: 12, max_customer_share: 0.4}",
        "disclosure: {min_staff: 5, max_share: 0.4, max_two: 0.75, min_customers: 10, max_customer_share: 0.5}",
    ),
)


def edited(pairs: tuple[str, ...]) -> str:
    """SMALL with each piece replaced by what follows it."""
    text = SMALL
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        text = text.replace(old, new)
    return text


def marked(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text without its marks, and where they stood: line and column, counted from 1."""
    places = []
    for number, line in enumerate(text.split("\n"), 1):
        before = line.split("▲")[:-1]
        places += [(number, len("".join(before[: i + 1])) + 1) for i in range(len(before))]
    return text.replace("▲", ""), places
