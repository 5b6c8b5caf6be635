"""Loyalty drivers as plain data, read from a release: what the page shows and the command line prints.

``fitted``   every fitted model with its drivers, segments beside each other, the importance–performance map
``meaning``  behaviour beside score, and what that lets us say of each driver
"""

from metrics.drivers.fitted import (
    Cause,
    Compared,
    Estimate,
    Estimated,
    Fitted,
    Interval,
    Model,
    Point,
    cause_of,
    compared,
    fitted,
    groups,
    no_models,
    points,
)
from metrics.drivers.meaning import Driver, Drivers, Meaning, Next, drivers, next_steps, today

__all__ = [
    "Cause", "Compared", "Driver", "Drivers", "Estimate", "Estimated", "Fitted", "Interval", "Meaning", "Model", "Next",
    "Point", "cause_of", "compared", "drivers", "fitted", "groups", "next_steps", "no_models", "points", "today",
]  # fmt: skip
