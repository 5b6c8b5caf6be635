"""Loyalty: what goes with it. Rows go in, fitted results come out; nothing about a customer is kept.

``lmg``        how R² is split among drivers
``sums``       rows → sums of products, in the engine
``resample``   blocks of customers and their draws, which nobody can make again without the rows
``sides``      who decided what an effect compares
``drivers``    sums → shares, effects, intervals
``contrast``   the two ends of a scale; drivers that give the outcome away
``behaviour``  what customers did after an experience
``survey``     the panel of what customers said
``panel``      what a panel is
``models``     the models of a panel and its cuts
``build``      everything a strategy declares → rows of a release
"""
