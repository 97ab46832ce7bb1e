"""Arrays in, frozen records out: the arithmetic of cxsurvey.

========================  ===================================================================
:mod:`.arrays`            array types and the checks that every entry point shares
:mod:`.design`            the sample: weights, strata, clusters, finite population correction
:mod:`.totals`            the seam: weighted totals, from which every estimator is fed; its two records are
                          made in :mod:`.cells` and :mod:`.columns`
:mod:`.moments`           sums of squares of influence, which every variance goes through
:mod:`.variance`          shares, means, nets and ratios with their covariance; contrasts
:mod:`.quantiles`         medians and other quantiles with Woodruff intervals
:mod:`.tails`             quantiles and tail probabilities of the t and normal distributions
:mod:`.inference`         intervals of shares, means and gaps, effect sizes
:mod:`.score_tests`       score tests of a share, a part of its whole, the ratio and the gap of two groups
:mod:`.paired`            the same of two answers of the same respondents
:mod:`.rao_scott`         independence of rows and columns, from the shares of a table or its totals
:mod:`.raking`            weights that meet margins; within limits in :mod:`.bounded_raking`
:mod:`.calibration`       weights that meet totals of any variables; trimming
:mod:`.multiplicity`      p-values adjusted for the size of their family
:mod:`.reliability`       Cronbach's alpha and item statistics
========================  ===================================================================

No module here knows a data frame or another room of the package, errors excepted.
"""
