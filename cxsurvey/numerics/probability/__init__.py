"""Tail probabilities, their quantiles, and families of tests."""
