# Writes stability.json: cluster-wise stability, prediction strength and the gap statistic, from R.
#
# Run with R 4.2.2, fpc 2.2.10 and cluster 2.1.4 (Debian's r-cran-fpc and r-cran-cluster), in Tests/Fixtures:
#   Rscript generate/stability.R
#
# R's random numbers are not repeated elsewhere, so every resample is kept with the labels that R gave to its
# rows: the rows are known by their names, which R carries along. Rows are counted from 0, noise is -1.

suppressMessages(library(fpc))
library(cluster)

# ---------------------------------------------------------------- JSON

json <- function(x, digits = 17) {
  if (is.list(x)) {
    parts <- vapply(x, json, "", digits = digits)
    if (is.null(names(x))) return(paste0("[", paste(parts, collapse = ","), "]"))
    return(paste0("{", paste0('"', names(x), '":', parts, collapse = ",\n"), "}"))
  }
  if (is.matrix(x)) return(json(lapply(seq_len(nrow(x)), function(i) x[i, ]), digits))
  if (is.character(x) && length(x) == 1 && is.null(attr(x, "list"))) return(paste0('"', x, '"'))
  paste0("[", paste(vapply(x, function(v) format(v, digits = digits), ""), collapse = ","), "]")
}
one <- function(v) structure(list(v), class = "scalar")
json.scalar <- function(x) format(x[[1]], digits = 17)
json_ <- json
json <- function(x, digits = 17) if (inherits(x, "scalar")) json.scalar(x) else json_(x, digits)

# ---------------------------------------------------------------- data

named <- function(x) { rownames(x) <- seq_len(nrow(x)) - 1; x }
flowers <- named(unname(as.matrix(iris[, 1:4])))

set.seed(20261121)
made <- named(round(rbind(
  cbind(rnorm(20, 0), rnorm(20, 0)), cbind(rnorm(20, 4), rnorm(20, 1)), cbind(rnorm(15, 1), rnorm(15, 5)),
  cbind(runif(5, -8, 12), runif(5, -8, 12))), 3))

# ---------------------------------------------------------------- clusterboot

# Remembers what each call was given and what it answered.
recording <- function(method) {
  calls <- list()
  list(
    run = function(data, ...) {
      result <- method(data, ...)
      labels <- result$partition - 1
      if (isTRUE(result$noise)) labels[result$partition == result$nc] <- -1
      result$nccl <- if (isTRUE(result$noise)) result$nc - 1 else result$nc
      calls[[length(calls) + 1]] <<- list(data = data, labels = labels)
      result
    },
    calls = function() calls)
}

boot <- function(name, data, method, B, how, noise = FALSE, ...) {
  recorder <- recording(method)
  result <- clusterboot(
    data, B = B, bootmethod = how, clustermethod = recorder$run, noisemethod = noise, count = FALSE,
    seed = 7, ...)
  calls <- recorder$calls()
  stopifnot(length(calls) == B + 1)
  replicates <- lapply(calls[-1], function(call) {
    rows <- as.integer(rownames(call$data))
    # Rows that noise replaced keep their name and lose their place.
    rows[rowSums(call$data != data[rows + 1, , drop = FALSE]) > 0] <- -1
    list(rows = rows, labels = call$labels)
  })
  part <- function(kind) result[[paste0(how, kind)]]
  list(
    name = name, labels = calls[[1]]$labels, replicates = replicates, similarities = part("result"),
    means = part("mean"), dissolved = part("brd"), recovered = part("recover"))
}

ward <- function(data, ...) hclustCBI(data, k = 3, method = "ward.D2", scaling = FALSE)
single <- function(data, ...) hclustCBI(data, k = 11, method = "single", scaling = FALSE, noisecut = 2)
means <- function(data, ...) kmeansCBI(data, k = 3, runs = 3)

boots <- list(
  boot("iris, ward, bootstrap", flowers, ward, 20, "boot"),
  boot("iris, k-means, subset", flowers, means, 20, "subset"),
  boot("made, single linkage with noise, bootstrap", made, single, 30, "boot", noise = TRUE),
  boot("made, k-means, noise", made, means, 20, "noise"))

# ---------------------------------------------------------------- statistics of clusterboot alone

many <- clusterboot(
  flowers, B = 400, bootmethod = "boot", clustermethod = kmeansCBI, k = 3, runs = 10, count = FALSE, seed = 3)
usual <- list(
  sizes = as.vector(table(many$partition)), means = many$bootmean,
  deviations = apply(many$bootresult, 1, sd), replicates = one(400))

# ---------------------------------------------------------------- prediction strength

strength <- function(k, M) {
  halves <- list()
  method <- function(data, k, ...) {
    result <- kmeansCBI(data, k = k, runs = 3)
    halves[[length(halves) + 1]] <<- list(
      rows = as.integer(rownames(data)), labels = result$partition - 1,
      centers = unname(result$result$centers))
    result
  }
  set.seed(11)
  found <- prediction.strength(
    flowers, Gmin = k, Gmax = k, M = M, clustermethod = method, classification = "centroid",
    centroidname = "centers")
  list(k = one(k), halves = halves, strengths = found$predcorr[[k]], mean = one(mean(found$predcorr[[k]])))
}
strengths <- lapply(2:4, strength, M = 8)

# ---------------------------------------------------------------- gap

gap <- function(space, B = 8, K = 5) {
  x <- made[1:50, ]
  tree <- function(data, k) list(cluster = cutree(hclust(dist(data), "average"), k))
  seen <- list()
  method <- function(data, k) {
    result <- tree(data, k)
    labels <- unname(result$cluster) - 1
    if (k == 2) seen[[length(seen) + 1]] <<- list(x = unname(as.matrix(data)), labels = list())
    last <- length(seen)
    seen[[last]]$labels[[k - 1]] <<- labels
    result
  }
  set.seed(5)
  result <- clusGap(x, method, K.max = K, B = B, d.power = 2, spaceH0 = space, verbose = FALSE)
  # The shares of the box's sides that the first reference was drawn at.
  set.seed(5)
  shares <- matrix(runif(length(x)), nrow(x))
  tab <- unname(result$Tab)
  list(
    space = space, x = unname(x), shares = shares, labels = seen[[1]]$labels, references = seen[-1],
    logW = tab[, 1], expected = tab[, 2], gap = tab[, 3], se = tab[, 4],
    first = one(maxSE(tab[, 3], tab[, 4], "firstSEmax")),
    tibshirani = one(maxSE(tab[, 3], tab[, 4], "Tibs2001SEmax")))
}

set.seed(13)
rules <- lapply(1:60, function(i) {
  gaps <- round(cumsum(rnorm(sample(1:8, 1), 0.05, 0.2)), 3)
  errors <- round(runif(length(gaps), 0, 0.2), 3)
  list(
    gaps = gaps, errors = errors, first = one(maxSE(gaps, errors, "firstSEmax")),
    tibshirani = one(maxSE(gaps, errors, "Tibs2001SEmax")))
})

writeLines(json(list(
  iris = flowers, made = made, boots = boots, usual = usual, strengths = strengths,
  gaps = list(gap("original"), gap("scaledPCA")), rules = rules)), "stability.json")
