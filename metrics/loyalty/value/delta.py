"""From a fitted model to intervals of what is derived from it: robust covariance and the delta method.

Source: White, "Maximum Likelihood Estimation of Misspecified Models", Econometrica 50(1), 1982 (covariance
A^-1 B A^-1); Oehlert, "A Note on the Delta Method", The American Statistician 46(1), 1992. Robust, since no customer
is exactly what a model says; coverage is held to simulations in the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metrics.kpis.intervals import Z95
from metrics.loyalty.lmg import Array
from metrics.loyalty.value.told import Estimate

STEP = 1e-4
"""Of the central differences, on unbounded parameters of order one."""


@dataclass(frozen=True)
class Fit:
    """A maximum of a likelihood. ``theta`` (k,) unbounded parameters; ``scores`` (n, k) each customer's gradient at
    the maximum; ``hessian`` (k, k) of the summed log-likelihood; ``free`` (k,) False where a parameter lies at its
    bound, which is then taken as known; ``loglik`` the maximum."""

    theta: Array
    scores: Array
    hessian: Array
    free: NDArray[np.bool_]
    loglik: float


def hessian_of(gradient: Callable[[Array], Array], theta: Array) -> Array:
    """Derivative of an analytic gradient, by central differences, made symmetric."""
    columns = []
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = STEP
        columns.append((gradient(theta + step) - gradient(theta - step)) / (2 * STEP))
    found = np.array(columns)
    return (found + found.T) / 2


def covariance(fits: Sequence[Fit]) -> Array:
    """Joint robust covariance of the parameters of several models of the same customers, one after the other.

    ``scores`` of all have the same n rows. Raises numpy.linalg.LinAlgError where a likelihood is flat."""
    scores = np.column_stack([f.scores for f in fits])
    free = np.concatenate([f.free for f in fits])
    bread = np.zeros((len(free), len(free)))
    at = 0
    for fit in fits:
        k = len(fit.theta)
        bread[at : at + k, at : at + k] = -fit.hessian
        at += k
    inside = np.ix_(free, free)
    inverse = np.linalg.inv(bread[inside])
    out = np.zeros_like(bread)
    out[inside] = inverse @ (scores[:, free].T @ scores[:, free]) @ inverse
    return out


def intervals(figures: Callable[[Array], Array], theta: Array, cov: Array) -> list[Estimate]:
    """Derived figures with their delta-method intervals, on the log scale where a figure is positive (a worth or a
    number of orders cannot fall below zero)."""
    value = figures(theta)
    gradient = np.zeros((len(value), len(theta)))
    for i in np.flatnonzero(np.diag(cov) > 0):
        step = np.zeros(len(theta))
        step[i] = STEP
        gradient[:, i] = (figures(theta + step) - figures(theta - step)) / (2 * STEP)
    errors = np.sqrt(np.maximum(np.einsum("fi,ij,fj->f", gradient, cov, gradient), 0.0))
    return [_estimate(float(v), float(e)) for v, e in zip(value, errors)]


def _estimate(value: float, error: float) -> Estimate:
    if value <= 0:
        return Estimate(value, value - Z95 * error, value + Z95 * error)
    reach = float(np.exp(Z95 * error / value))
    return Estimate(value, value / reach, value * reach)
