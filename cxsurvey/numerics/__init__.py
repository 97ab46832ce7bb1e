"""Arrays in, frozen records out: the arithmetic of cxsurvey.

The quick way, one stage and shares, fed from totals:

========================  ===================================================================
:mod:`.arrays`            array types and the checks that every entry point shares
:mod:`.design`            the sample: weights, strata, clusters, finite population correction
:mod:`.totals`            the seam: weighted totals, from which every estimator is fed; its two records are
                          made in :mod:`.cells` and :mod:`.columns`
:mod:`.moments`           sums of squares of influence, which every variance goes through
:mod:`.variance`          shares, means, nets and ratios with their covariance; contrasts
:mod:`.quantiles`         medians and other quantiles with Woodruff intervals
:mod:`.inference`         intervals of shares, means and gaps, effect sizes
:mod:`.rao_scott`         independence of rows and columns, from the shares of a table or its totals
========================  ===================================================================

The general way, any design and any estimator:

========================  ===================================================================
:mod:`.fitted`            what an estimator and a design give together
:mod:`.multistage`        designs of one stage or several; :mod:`.replication` of replicate weights, which
                          :mod:`.replicate_weights` makes; :mod:`.calibrated` of raked ones; :mod:`.hadamard`
:mod:`.estimators`        totals, ratios, means, shares, variances; :mod:`.design_effect` of them
:mod:`.design_quantiles`  quantiles by the rules of :mod:`.quantile_rules`
:mod:`.share_intervals`   six intervals of a share; :mod:`.log_odds` for two of them
:mod:`.independence`      tests of tables, :mod:`.mean_tests` and :mod:`.rank_tests` of groups
:mod:`.regression`        models of answers: :mod:`.predictors`, :mod:`.generalized_linear`, :mod:`.families`,
                          :mod:`.ordinal_models` with :mod:`.ordinal_likelihood`, :mod:`.model_fits`,
                          :mod:`.term_tests`, :mod:`.marginal_effects`
========================  ===================================================================

Simple samples, and what all share:

========================  ===================================================================
:mod:`.two_proportions`   two independent shares in full; :mod:`.score_tests` of shares, parts and ratios,
                          :mod:`.paired` of two answers of the same people, :mod:`.small_counts` where few
:mod:`.contingency`       tables; :mod:`.exact_tests` of them
:mod:`.mean_comparisons`  t tests and analysis of variance; :mod:`.rank_sums`, :mod:`.correlations`,
                          :mod:`.pairwise` tests; their record is :mod:`.tested`
:mod:`.power`             power, sample size, smallest gap that would show
:mod:`.reliability`       Cronbach's alpha; :mod:`.item_analysis`, :mod:`.omega` by :mod:`.factor_models`
:mod:`.raking`            weights that meet margins; within limits in :mod:`.bounded_raking`
:mod:`.calibration`       weights that meet totals of any variables; trimming
:mod:`.multiplicity`      p-values adjusted for the size of their family; :mod:`.hommel`
:mod:`.tails`             quantiles and tail probabilities; :mod:`.upper_tails`, :mod:`.weighted_chi_squares`
========================  ===================================================================

No module here knows a data frame or another room of the package, errors excepted.
"""
