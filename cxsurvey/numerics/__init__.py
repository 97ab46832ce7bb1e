"""Arrays in, frozen records out: the arithmetic of cxsurvey.

====================  =========================================================================================
:mod:`.arrays`        array types, and the checks that every entry point shares
:mod:`.probability`   tail probabilities and their quantiles; p-values adjusted for the size of their family
:mod:`.weighting`     weights that meet margins and totals: raking, calibration, trimming
:mod:`.tables`        the quick way: one-stage samples, their weighted totals, and shares, means, medians,
                      gaps and Rao-Scott tests made from them
:mod:`.banners`       every question by every column of a banner at once, and the tests between columns
:mod:`.sampling`      the general way: several stages, replicate weights, calibrated weights; what an
                      estimator and a design give together
:mod:`.estimation`    estimators for every design: totals, ratios, variances, quantiles, intervals of shares
:mod:`.comparisons`   tests under a design: tables, means, ranks, parts of a whole, two answers of one person
:mod:`.models`        regression and proportional odds, tests of terms, average marginal gaps
:mod:`.classic`       simple samples: counts, means, ranks, correlations, power
:mod:`.scales`        whether items make a scale: alpha, omega, factors
====================  =========================================================================================

A room imports from the rooms above it. No module here knows a data frame or another room of the package, errors
excepted.
"""
