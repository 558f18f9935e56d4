"""Fills the gaps of write-gaps.mjs with statsmodels' UnobservedComponents: python unobserved_components.py FOLDER [SECONDS]

A local level and trigonometric seasons, fitted to eight weeks on each side of the gap, smoothed in the middle and forecast at
the end; stops after SECONDS, between two gaps.
"""
import csv
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import statsmodels
from statsmodels.tsa.statespace.structural import UnobservedComponents

warnings.simplefilter("ignore")
folder = Path(sys.argv[1])
limit = float(sys.argv[2]) if len(sys.argv) > 2 else float("inf")
started = time.monotonic()


def columns(name):
    with open(folder / f"{name}.csv") as file:
        rows = list(csv.reader(file))
    return {airport: np.array([float(row[at]) for row in rows[1:]]) for at, airport in enumerate(rows[0])}


series = {"hour": columns("hour"), "day": columns("day")}
with open(folder / "gaps.csv") as file:
    gaps = list(csv.DictReader(file))
with open(folder / "components.csv", "w") as out:
    out.write("id,method,slot,value\n")
    for gap in gaps:
        if time.monotonic() - started > limit:
            break
        begin, end = int(gap["from"]), int(gap["to"])
        hourly = gap["step"] == "hour"
        reach = 8 * 168 if hourly else 8 * 7
        whole = series[gap["step"]][gap["airport"]]
        start = max(0, begin - reach)
        stop = min(len(whole), end + reach) if gap["side"] == "middle" else end
        values = whole[start:stop].copy()
        values[begin - start : end - start] = np.nan
        seasons = (
            [{"period": 24, "harmonics": 6}, {"period": 168, "harmonics": 6}]
            if hourly
            else [{"period": 7, "harmonics": 3}]
        )
        try:
            model = UnobservedComponents(values, level="local level", freq_seasonal=seasons)
            fit = model.fit(disp=False, maxiter=40, method="lbfgs")
            states = fit.smoothed_state[:, begin - start : end - start]
            design = model.ssm["design"][0]
            path = np.maximum(design @ states, 0)
        except Exception as error:  # a fit that fails is a gap without a figure
            print(gap["id"], error, file=sys.stderr)
            continue
        for slot, value in enumerate(path):
            out.write(f"{gap['id']},components,{slot},{value:.10g}\n")
        out.flush()
print("statsmodels", statsmodels.__version__)
