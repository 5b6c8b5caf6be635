"""Loyalty: what goes with it. ``panel`` makes the customer panel, ``drivers`` fits it, ``lmg`` splits R²."""
