"""Samples as designed: weights, strata, clusters, stages, replicates, and what an estimator makes of them."""
