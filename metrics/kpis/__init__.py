"""The metrics this product knows, in one explicit tuple. To add one: write its file, add it here, test it."""

from metrics.kpis.metric import Metric
from metrics.kpis.nps import NPS

METRICS: tuple[Metric, ...] = (NPS,)
BY_ID: dict[str, Metric] = {m.id: m for m in METRICS}
