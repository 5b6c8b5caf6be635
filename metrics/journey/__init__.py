"""The customer journey: the map of all stages, and one stage opened."""
