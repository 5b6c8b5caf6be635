"""Loyalty drivers as plain data, read from a release: what the page shows and the command line prints.

``fitted``   every fitted model with its drivers, segments beside each other, the importance–performance map
``part``     whom a model is of: everybody, a segment, a period, those who used a stage
``carried``  what one KPI has to do with coming back, and at which horizon
``meaning``  behaviour beside score, and what that lets us say of each driver
``whatif``   a KPI moved within what was reached, through links to return and money
``quantity`` shares and effects, two types, so that no money is made of a share
"""

from metrics.drivers.carried import Carried, Horizons, carried, horizons
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
    sizes,
)
from metrics.drivers.meaning import Driver, Drivers, Meaning, Next, befell, drivers, next_steps, outcomes, parts, today
from metrics.drivers.part import EVERYBODY, Part, part_name
from metrics.drivers.quantity import Effect, Share
from metrics.drivers.whatif import (
    Choice,
    Marks,
    Money,
    Step,
    WhatIf,
    choice,
    choices,
    first_choice,
    marks,
    named,
    what_if,
)

__all__ = [
    "EVERYBODY", "Carried", "Cause", "Choice", "Compared", "Driver", "Drivers", "Effect", "Estimate", "Estimated",
    "Fitted", "Horizons", "Interval", "Marks", "Meaning", "Model", "Money", "Next", "Part", "Point", "Share", "Step",
    "WhatIf", "befell", "carried", "cause_of", "choice", "choices", "compared", "drivers", "first_choice", "fitted",
    "groups", "horizons", "marks", "named", "next_steps", "no_models", "outcomes", "part_name", "parts", "points",
    "sizes", "today", "what_if",
]  # fmt: skip
