"""Weights that meet margins and totals."""
