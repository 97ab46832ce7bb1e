"""Simple samples: counts, means, ranks, correlations and power."""
