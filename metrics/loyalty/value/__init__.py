"""What customers are worth: how long they stay, what they bring, and how sure that is.

Customers are reduced to three figures each (orders after the first, time of the last, time watched) and their mean
spend, in memory; only fitted results leave, to three significant digits. Sums of money and shares of a cohort are
cleared cells and come from elsewhere (``metrics.build.worth``).
"""
