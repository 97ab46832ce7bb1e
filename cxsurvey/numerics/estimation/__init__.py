"""Estimators for any design, and their intervals."""
