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
:mod:`.multiplicity`      p-values adjusted for the size of their family
:mod:`.reliability`       Cronbach's alpha and item statistics
========================  ===================================================================

No module here knows a data frame or another room of the package, errors excepted.
"""
