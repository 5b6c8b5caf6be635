"""The demo company: Mộc An Retail, a fictional Vietnamese retailer of home appliances. All data are simulated.

Two years of customers, orders, tickets and surveys with planted truths (P1 to P12), each written with its expected
value and tolerance to ``truth.json``, which tests read and the product never does. Numbers come from numpy's
Generator alone: no clock, locale or network; the same seed and scale give the same bytes.
"""

from __future__ import annotations

import json
from pathlib import Path

from metrics.demo import files
from metrics.demo.customers import customers
from metrics.demo.mapping import sources_yaml
from metrics.demo.orders import orders
from metrics.demo.relationship import relationship
from metrics.demo.series import series
from metrics.demo.service import agents, serve
from metrics.demo.surveys import answers, invitations
from metrics.demo.tickets import tickets
from metrics.demo.truth import truths

__all__ = ["generate"]


def generate(out: Path, seed: int = 20260101, scale: float = 1.0) -> None:
    """Writes the company's CSV files, ``sources.yaml`` and ``truth.json`` into ``out`` (made if missing).

    ``scale`` multiplies rows and the staff of the big teams: 1 is 12,000 customers, 46,000 orders and 48,000 tickets;
    below about 0.3 the planted truths drown in noise. Raises ValueError for a scale that is not positive.
    """
    if not scale > 0:
        raise ValueError("scale must be positive, for example 1.0")
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    company = customers(seed, scale)
    survey = relationship(seed, scale, company)
    book = orders(seed, scale, company, survey)
    staff = agents(seed, scale)
    desk = serve(seed, company, book, tickets(seed, scale, company, book), staff)
    invited = invitations(seed, company, book, desk)
    answered = answers(seed, invited)
    monthly = series(seed, scale, company, book, desk, staff)
    rows = {
        "customers.csv": files.write_customers(out, company),
        "orders.csv": files.write_orders(out, book),
        "tickets.csv": files.write_tickets(out, seed, desk),
        "survey_invites.csv": files.write_invitations(out, invited),
        "relationship.csv": files.write_relationship(out, survey, seed),
        "series.csv": files.write_csv(out / "series.csv", monthly),
        "agents.csv": files.write_agents(out, staff),
        "incidents.csv": files.write_incidents(out),
    }
    rows["survey_responses.csv"], mentions = files.write_answers(out, seed, invited, answered, staff)
    (out / "sources.yaml").write_text(sources_yaml(), encoding="utf-8", newline="\n")
    key = {"seed": seed, "scale": scale, "rows": rows, "mentions": mentions, "truths": truths(book, desk, survey)}
    text = json.dumps(key, ensure_ascii=False, indent=1, sort_keys=False)
    (out / "truth.json").write_text(text + "\n", encoding="utf-8", newline="\n")
