"""Whole banners at once: every question by every column, with bases, covariances and tests."""
