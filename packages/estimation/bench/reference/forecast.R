# Fills the gaps of write-gaps.mjs with R's package forecast: Rscript bench/reference/forecast.R FOLDER
# In the middle na.interp(msts(...)), at the end mstl with ets and with arima; a row per gap, method and slot.
suppressMessages(library(forecast))
folder <- commandArgs(trailingOnly = TRUE)[1]
gaps <- read.csv(file.path(folder, "gaps.csv"), stringsAsFactors = FALSE)
series <- list(
  hour = read.csv(file.path(folder, "hour.csv"), check.names = FALSE),
  day = read.csv(file.path(folder, "day.csv"), check.names = FALSE)
)
out <- file(file.path(folder, "forecast.csv"), "w")
writeLines("id,method,slot,value", out)
add <- function(id, method, path) {
  writeLines(sprintf("%d,%s,%d,%.10g", id, method, seq_along(path) - 1L, pmax(path, 0)), out)
  flush(out)
}
# A gap of a week costs auto.arima minutes on half a year of hours: it sees the last eight weeks, as all methods here may.
last_weeks <- function(x, n) if (length(x) > n) x[(length(x) - n + 1):length(x)] else x
for (row in seq_len(nrow(gaps))) {
  gap <- gaps[row, ]
  x <- series[[gap$step]][[gap$airport]]
  seasons <- if (gap$step == "hour") c(24, 168) else 7
  slots <- (gap$from + 1):gap$to
  try({
    if (gap$side == "middle") {
      x[slots] <- NA
      y <- if (length(seasons) > 1) msts(x, seasons) else ts(x, frequency = seasons)
      add(gap$id, "na.interp", as.numeric(na.interp(y))[slots])
    } else {
      x <- x[seq_len(gap$from)]
      weeks <- function(x) if (length(seasons) > 1) msts(x, seasons) else ts(x, frequency = seasons)
      y <- weeks(x)
      h <- length(slots)
      add(gap$id, "mstl+ets", as.numeric(stlf(y, h = h, method = "ets")$mean))
      near <- weeks(last_weeks(x, 8 * max(seasons)))
      add(gap$id, "mstl+arima", as.numeric(stlf(near, h = h, method = "arima")$mean))
    }
  }, silent = TRUE)
}
close(out)
cat(R.version.string, "forecast", as.character(packageVersion("forecast")), "\n")
