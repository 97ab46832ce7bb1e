"""Regression under a design: coefficients, tests of terms, average marginal gaps."""
