# Adjusted gaps of the 640 respondents of a_cx.csv, for tests/analysis/test_adjusted_gaps.py:
#   cd tests/golden_values && Rscript adjusted_gaps.R > adjusted_gaps.json
# R 4.2.2, survey 4.1-1, MASS 7.3-58.2. svypredmeans gives the adjusted shares of the groups. Its standard errors
# leave out the covariance of the coefficients with whom the sample holds; those of "linearized" hold it, from
# the same influences that svyglm and svymean use, and those of "jackknife" refit the model under each replicate.

suppressMessages({library(survey); library(MASS)})
options(digits = 15, survey.lonely.psu = "fail")
data <- read.csv("a_cx.csv", na.strings = c("", "NA"), stringsAsFactors = TRUE)
design <- svydesign(~psu, strata = ~stratum, weights = ~weight, data = data, nest = TRUE)

show <- function(x) paste0("[", paste(formatC(x, digits = 15, format = "g"), collapse = ", "), "]")

everybody <- function(model, rows, group, level) {
  rows[[group]] <- factor(level, levels = levels(data[[group]]))
  X <- model.matrix(delete.response(terms(model)), rows)
  eta <- drop(X %*% coef(model))
  list(mean = model$family$linkinv(eta), slope = model$family$mu.eta(eta) * X)
}

gap_of <- function(formula, family, group, a, b) function(w, rows) {
  rows$.w <- w / mean(w)
  fit <- glm(formula, family, data = rows[w > 0, ], weights = .w, control = list(epsilon = 1e-14, maxit = 100))
  sum(w * (everybody(fit, rows, group, a)$mean - everybody(fit, rows, group, b)$mean)) / sum(w)
}

case <- function(id, outcome, controls, group, a, b, family) {
  used <- complete.cases(data[, c(outcome, controls, group)])
  sub <- subset(design, used)
  formula <- reformulate(c(controls, group), outcome)
  fit <- svyglm(formula, sub, family = family, control = list(epsilon = 1e-14, maxit = 100))
  rows <- data[used, ]
  w <- rows$weight
  one <- everybody(fit, rows, group, a); two <- everybody(fit, rows, group, b)
  gap <- sum(w * (one$mean - two$mean)) / sum(w)
  slope <- colSums(w * (one$slope - two$slope)) / sum(w)
  X <- model.matrix(fit)
  bread <- solve(t(X) %*% (X * fit$weights))
  scores <- X * (residuals(fit, "working") * fit$weights)
  influence <- w * (one$mean - two$mean - gap) / sum(w) + drop(scores %*% bread %*% slope)
  full <- matrix(0, nrow(data), 1); full[used, 1] <- influence
  error <- sqrt(svyrecvar(full, design$cluster, design$strata, design$fpc))
  plain <- eval(bquote(svyglm(.(reformulate(controls, outcome)), sub, family = .(family))))
  margins <- svypredmeans(plain, reformulate(group))
  margins <- svycontrast(margins, setNames(list(setNames(c(1, -1), c(a, b))), "gap"))
  replicates <- as.svrepdesign(design, type = "JKn")
  whole <- data; whole$.used <- used
  jackknife <- withReplicates(replicates, function(w, rows) {
    keep <- used
    gap_of(formula, family, group, a, b)(w[keep], rows[keep, ])
  })
  sprintf('  {"id": "%s", "outcome": "%s", "controls": ["%s"], "group": "%s", "a": "%s", "b": "%s", "n": %d,
   "gap": %s, "linearized": %s, "predmeans": %s, "jackknife": %s}', id, outcome,
    paste(controls, collapse = '", "'), group, a, b, sum(used), show(c(gap, coef(margins))), show(error),
    show(SE(margins)), show(c(coef(jackknife), SE(jackknife))))
}

ordinal <- function(outcome, controls, group, a, b, top) {
  used <- complete.cases(data[, c(outcome, controls, group)])
  rows <- data[used, ]
  rows$.y <- factor(rows[[outcome]], ordered = TRUE)
  sub <- subset(update(design, .y = factor(data[[outcome]], ordered = TRUE)), used)
  fit <- svyolr(reformulate(c(controls, group), ".y"), sub)
  share <- function(level) {
    rows[[group]] <- factor(level, levels = levels(data[[group]]))
    X <- model.matrix(reformulate(c(controls, group)), rows)[, -1]
    cut <- fit$zeta[length(fit$zeta) + 1 - top]
    weighted.mean(1 - plogis(cut - drop(X %*% fit$coefficients)), rows$weight)
  }
  sprintf('  {"id": "top", "outcome": "%s", "controls": ["%s"], "group": "%s", "a": "%s", "b": "%s", "n": %d,
   "gap": %s}', outcome, paste(controls, collapse = '", "'), group, a, b, sum(used), show(share(a) - share(b)))
}

cases <- c(
  case("yes", "roi", c("industry", "size"), "ownership", "centralized", "distributed", quasibinomial()),
  case("three", "roi", c("industry", "insight"), "segment", "leader", "laggard", quasibinomial()),
  case("mean", "engagement", c("industry", "size"), "ownership", "centralized", "distributed", gaussian()),
  ordinal("sat", c("industry", "size"), "ownership", "centralized", "distributed", 1)
)
cat('{"r": "', R.version.string, '; survey ', as.character(packageVersion("survey")), '", "cases": [\n', sep = "")
cat(cases, sep = ",\n")
cat("\n]}\n")
