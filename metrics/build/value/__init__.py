"""Value in the build: cleared sums by cohort and age, and models fitted to customers in memory, results only."""

from metrics.build.value.fits import fits
from metrics.build.value.sums import cleared

__all__ = ["cleared", "fits"]
