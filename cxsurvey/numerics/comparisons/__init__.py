"""Tests of tables, means, ranks, parts and pairs under a design."""
