"""The metrics this product knows, in one explicit tuple. To add one: write its file, add it here, test it."""

from metrics.kpis.buyers_invited import BUYERS_INVITED
from metrics.kpis.ces import CES
from metrics.kpis.cohort_revenue import COHORT_REVENUE
from metrics.kpis.complaint_rate import COMPLAINT_RATE
from metrics.kpis.csat import CSAT
from metrics.kpis.fcr import FCR
from metrics.kpis.invited import INVITED
from metrics.kpis.ladder import LADDER
from metrics.kpis.metric import Metric
from metrics.kpis.new_customers import NEW_CUSTOMERS
from metrics.kpis.nps import NPS
from metrics.kpis.on_time import ON_TIME
from metrics.kpis.promise_kept import PROMISE_KEPT
from metrics.kpis.referred import REFERRED
from metrics.kpis.reopened import REOPENED
from metrics.kpis.repeat_contact import REPEAT_CONTACT
from metrics.kpis.replied_within import REPLIED_WITHIN
from metrics.kpis.repurchase import REPURCHASE
from metrics.kpis.resolved_within import RESOLVED_WITHIN
from metrics.kpis.response_rate import RESPONSE_RATE
from metrics.kpis.retention import RETENTION
from metrics.kpis.revenue import REVENUE
from metrics.kpis.score_mean import SCORE_MEAN
from metrics.kpis.series import SERIES

METRICS: tuple[Metric, ...] = (
    NPS,
    CSAT,
    CES,
    LADDER,
    SCORE_MEAN,
    ON_TIME,
    PROMISE_KEPT,
    FCR,
    REPEAT_CONTACT,
    REPLIED_WITHIN,
    RESOLVED_WITHIN,
    REOPENED,
    COMPLAINT_RATE,
    RESPONSE_RATE,
    INVITED,
    BUYERS_INVITED,
    REPURCHASE,
    RETENTION,
    NEW_CUSTOMERS,
    REFERRED,
    REVENUE,
    COHORT_REVENUE,
    SERIES,
)
BY_ID: dict[str, Metric] = {m.id: m for m in METRICS}
