# Gaps of public series that R ships, and what R's package forecast fills them with: Rscript bench/reference/public-series.R FOLDER [GAPS] [SERIES,SERIES]
# Writes series.tsv, gaps.csv and public.csv for compare-public.mjs. GAPS of each length and side, 10 by default; lengths are a quarter of the
# short season, one and three of it, or 1, 3 and 6 slots where there is none.
suppressMessages(library(forecast))
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
wanted <- if (length(arguments) > 1) as.integer(arguments[2]) else 10
dir.create(folder, showWarnings = FALSE, recursive = TRUE)
set.seed(1)
monthly <- c("AirPassengers", "co2", "ldeaths", "nottem", "USAccDeaths", "UKDriverDeaths", "gas", "wineind")
quarterly <- c("JohnsonJohnson", "austres", "UKgas", "presidents", "woolyrnq")
yearly <- c("Nile", "LakeHuron", "lynx", "nhtemp", "sunspot.year", "WWWusage", "BJsales")
all <- c(
  lapply(setNames(nm = monthly), function(name) list(x = get(name), step = "month", season = NA, seasons = 12)),
  lapply(setNames(nm = quarterly), function(name) list(x = get(name), step = "day", season = 4, seasons = 4)),
  lapply(setNames(nm = yearly), function(name) list(x = get(name), step = "day", season = 1, seasons = 1)),
  list(
    taylor = list(x = colSums(matrix(taylor, 2)), step = "hour", season = NA, seasons = c(24, 168)),
    "taylor, half hours" = list(x = taylor, step = "hour", season = 336, seasons = c(48, 336))
  )
)
if (length(arguments) > 2) all <- all[strsplit(arguments[3], ",")[[1]]]
out <- file(file.path(folder, "public.csv"), "w")
writeLines("id,method,slot,value", out)
gaps <- "id,series,side,from,to"
id <- 0
as_series <- function(x, seasons) {
  seasons <- seasons[2 * seasons < length(x)]
  if (length(seasons) > 1) msts(x, seasons) else ts(x, frequency = if (length(seasons) == 0) 1 else seasons)
}
for (name in names(all)) {
  x <- as.numeric(all[[name]]$x)
  seasons <- all[[name]]$seasons
  n <- length(x)
  add <- function(id, method, path) {
    if (min(x, na.rm = TRUE) >= 0) path <- pmax(path, 0)
    writeLines(sprintf("%d,%s,%d,%.10g", id, method, seq_along(path) - 1L, path), out)
  }
  lengths <- if (max(seasons) == 1) c(1, 3, 6) else round(seasons[1] * c(0.25, 1, 3))
  margin <- max(2 * max(seasons), if (max(seasons) == 1) 20 else 0)
  for (turn in seq_len(wanted)) for (h in lengths) for (side in c("middle", "end")) {
    first <- if (side == "middle") margin else max(n %/% 2, min(3 * max(seasons), n - h))
    last <- if (side == "middle") n - h - margin else n - h
    if (h > n / 4 || last - first < 3) next
    from <- first + sample.int(last - first + 1, 1) - 1
    slots <- (from + 1):(from + h)
    if (anyNA(x[slots])) next
    gaps <- c(gaps, sprintf("%d,%s,%s,%d,%d", id, gsub(",", "", name), side, from, from + h))
    try({
      if (side == "middle") {
        y <- replace(x, slots, NA)
        add(id, "na.interp", as.numeric(na.interp(as_series(y, seasons)))[slots])
      } else {
        y <- as_series(as.numeric(na.interp(as_series(x[seq_len(from)], seasons))), seasons)
        # auto.arima takes minutes for half a year of hours: it sees eight weeks.
        near <- as_series(tail(as.numeric(y), max(8 * max(seasons), 200)), seasons)
        if (max(frequency(y)) > 1) {
          add(id, "mstl+ets", as.numeric(stlf(y, h = h, method = "ets")$mean))
          add(id, "mstl+arima", as.numeric(stlf(near, h = h, method = "arima")$mean))
        } else {
          add(id, "ets", as.numeric(forecast(ets(y), h = h)$mean))
          add(id, "arima", as.numeric(forecast(auto.arima(y), h = h)$mean))
        }
      }
    }, silent = TRUE)
    id <- id + 1
  }
}
close(out)
writeLines(gaps, file.path(folder, "gaps.csv"))
writeLines(sapply(names(all), function(name) paste(c(
  gsub(",", "", name), all[[name]]$step, ifelse(is.na(all[[name]]$season), "", all[[name]]$season),
  paste(as.numeric(all[[name]]$x), collapse = " ")
), collapse = "\t")), file.path(folder, "series.tsv"))
cat(R.version.string, "forecast", as.character(packageVersion("forecast")), id, "gaps\n")
