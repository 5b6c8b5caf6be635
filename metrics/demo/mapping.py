"""The demo's ``sources.yaml``: how its files feed the canonical tables."""

from __future__ import annotations

from metrics.demo.company import AS_OF
from metrics.demo.relationship import ITEMS

_HEAD = f"""\
# Which file feeds which table. Made by the demo; 'canonical column: column of the file'.
as_of: {AS_OF}
files:
  - file: customers.csv
    tables:
      - table: customers
        columns:
          customer_id: customer_id
          joined: joined
          segment: segment
          region: region
          acquisition: acquisition
    not_staff: [city]
  - file: orders.csv
    tables:
      - table: orders
        columns:
          order_id: order_id
          customer_id: customer_id
          ordered_at: ordered_at
          channel: channel
          product: product
          amount: amount_vnd
          returned_amount: returned_vnd
          promised_at: promised_at
          delivered_at: delivered_at
          needs_install: needs_install
          install_promised_at: install_promised_at
          installed_at: installed_at
          status: status
    workforce: [store_code]
  - file: tickets.csv
    tables:
      - table: contacts
        columns:
          contact_id: ticket_id
          opened: created
          customer_id: customer_id
          order_id: order_id
          stage: stage
          channel: channel
          topic: category
          first_response: first_response
          resolved_at: resolved
          reopened: reopened
          promise_kept: within_sla
          is_complaint: is_complaint
          staff: agent_id
      - table: answers            # the rating on the ticket itself
        where_present: csat
        columns: {{contact_id: ticket_id, score: csat}}
        constants: {{question: ticket_csat, scale_min: 1, scale_max: 5}}
    workforce: [team_id]
  - file: survey_invites.csv
    tables:
      - table: invitations
        columns:
          contact_id: contact_id
          order_id: order_id
          customer_id: customer_id
          question: survey_type
          sent_at: sent
          stage: stage
          channel: channel
  - file: survey_responses.csv
    tables:
      - table: answers
        columns:
          response_id: response_id
          contact_id: contact_id
          order_id: order_id
          customer_id: customer_id
          question: question
          score: score
          scale_min: scale_min
          scale_max: scale_max
          answered_at: answered_at
          stage: stage
          channel: channel
  - file: relationship.csv
    tables:
      - table: answers
        columns: {{response_id: response_id, customer_id: customer_id, answered_at: answered_at}}
        items:
"""
_TAIL = """\
  - file: series.csv
    tables:
      - table: series
        columns: {month: month, name: name, value: value}
traits:
  orders:
    history_from: 2024-04-01      # who joined before has earlier orders that are not in the file
    no_staff: true
    leave_out_status: [canceled]
"""


def sources_yaml() -> str:
    """The text of ``sources.yaml``."""
    scales = {f"q_{item}": (f"r_{item}", "1, 10") for item in ITEMS}
    scales |= {"q_overall": ("r_overall", "1, 10"), "q_nps": ("r_nps", "0, 10"), "q_intention": ("r_intention", "1, 5")}
    items = "".join(
        f"          - {{column: {column}, question: {question}, scale: [{scale}]}}\n"
        for column, (question, scale) in scales.items()
    )
    return _HEAD + items + _TAIL
