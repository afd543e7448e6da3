# Writes delong.json: areas of three tests on the same patients with DeLong's variances, from R's pROC.
#
# Run with R 4.2.2 and pROC 1.18.0 (Debian's r-cran-proc), in Tests/Fixtures:
#   Rscript generate/delong.R
#
# The 49 patients with ovarian cancer and an intestinal obstruction of DeLong, DeLong and Clarke-Pearson (1988), as
# pyroc (Alistair Johnson, MIT licence) publishes them in tests/data/ovarian_cancer.csv: albumin, total protein, 10 less
# the Krebs-Goplerud score, and the outcome. `complete` are the 43 without a gap, which are also those of SAS/STAT 14.1
# User's Guide, The LOGISTIC Procedure, Example 72.8; in `filled` the median of a test stands where it is missing.

suppressMessages(library(pROC))

patients <- matrix(c(
  3.0, 5.8, 0, 0, 3.2, 6.3, 5, 1, 3.9, 6.8, 7, 1, 2.8, 4.8, 4, 0, 3.2, 5.8, 7, 1,
  0.9, 4.0, 5, 0, 2.5, 5.7, 2, 0, 1.6, 5.6, 5, 1, 3.8, 5.7, 5, 1, 3.7, 6.7, 4, 1,
  NA, NA, 4, 1, 3.2, 5.4, 6, 1, 3.8, 6.6, 4, 1, 4.1, 6.6, 5, 1, 3.6, 5.7, 5, 1,
  4.3, 7.0, 6, 1, 3.6, 6.7, 6, 0, 2.3, 4.4, 4, 1, 4.2, 7.6, 6, 0, 4.0, 6.6, 4, 0,
  3.5, 5.8, 4, 1, 3.8, 6.8, 3, 1, 3.0, 4.7, 2, 0, 4.5, 7.4, 5, 1, 3.7, 7.4, 5, 1,
  3.1, 6.6, 4, 1, 4.1, 8.2, 4, 1, 4.3, 7.0, 5, 1, 4.3, 6.5, 6, 1, 3.2, 5.1, 5, 1,
  2.6, 4.7, 4, 1, 3.3, 6.8, 4, 0, 1.7, 4.0, 3, 0, NA, NA, 4, 1, 3.7, 6.1, 5, 1,
  3.3, 6.3, 3, 1, 4.2, 7.7, 4, 1, 3.5, 6.2, 5, 1, 2.9, 5.7, 1, 0, 2.1, 4.8, 3, 1,
  NA, NA, 2, 1, 2.8, 6.2, 2, 0, NA, NA, 3, 1, NA, NA, 3, 1, 4.0, 7.0, 3, 1,
  3.3, 5.7, 4, 1, 3.7, 6.9, 5, 1, 2.0, NA, 3, 1, 3.6, 6.6, 5, 1), ncol = 4, byrow = TRUE)

digits <- function(x) vapply(as.numeric(x), function(v) format(v, digits = if (v == round(v, 1)) 15 else 17), "")
row <- function(x) paste0("[", paste(digits(x), collapse = ","), "]")
rows <- function(x) paste0("[", paste(apply(x, 1, row), collapse = ",\n"), "]")

study <- function(patients) {
  outcome <- patients[, 4]
  curves <- lapply(1:3, function(i) roc(outcome, patients[, i], levels = c(0, 1), direction = "<"))
  # Area, standard error and 95 % interval of a test.
  single <- t(sapply(curves, function(curve) {
    interval <- ci.auc(curve, method = "delong")
    c(auc(curve), sqrt(var(curve, method = "delong")), interval[1], interval[3])
  }))
  # z and p of albumin and of total protein against the score.
  paired <- t(sapply(1:2, function(i) {
    test <- roc.test(curves[[i]], curves[[3]], method = "delong", paired = TRUE)
    c(test$statistic, test$p.value)
  }))
  covariance <- sapply(1:3, function(i) sapply(1:3, function(j) cov(curves[[i]], curves[[j]], method = "delong")))
  paste0(
    '{"patients":', rows(patients), ',\n"single":', rows(single), ',\n"paired":', rows(paired),
    ',\n"covariance":', rows(covariance), "}")
}

filled <- apply(patients, 2, function(column) ifelse(is.na(column), median(column, na.rm = TRUE), column))
writeLines(paste0(
  '{"complete":', study(patients[complete.cases(patients), ]), ',\n"filled":', study(filled), "}"), "delong.json")
