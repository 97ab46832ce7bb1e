"""Printed claims held against what is printed: tests by wording, rounding, verdicts."""
