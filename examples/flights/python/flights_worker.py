"""The corrected handler of the flights, as ../worker.ts has it, in Python: the same states and outputs to the last bit."""

import math
import sys
from pathlib import Path

# The library that `eventmend init --process python` puts beside a new handler, where the repository has it.
sys.path.insert(0, str(Path(__file__).parents[3] / "packages/cli/templates/python"))
from eventmend_worker import run

MINUTE = 60_000
DRAINED_BY_HALF = 60
SMOOTHING = 16
ALERT_ABOVE = 30
CALM_BELOW = 15
KNOCK_ON = 64


def unseen(airport):
    """An airport of which nothing is known. Times in minutes, except lastEvent, which is in milliseconds since 1970."""
    return {
        "departures": 0,
        "arrivals": 0,
        "smoothedDelay": 0,
        "backlog": 0,
        "worstBacklog": 0,
        "ground": 0,
        "lastEvent": None,
        "alert": False,
        "alerts": 0,
    }


def handle(airport, lands, now, delay, inherited):
    last = airport["lastEvent"]
    idle = 0 if last is None else max(0, (now - last) / MINUTE)
    drained = airport["backlog"] * (DRAINED_BY_HALF / (DRAINED_BY_HALF + idle))
    backlog = max(0, drained + delay + inherited)
    smoothed = airport["smoothedDelay"]
    smoothed = smoothed + (delay - smoothed) / SMOOTHING
    alert = smoothed > (CALM_BELOW if airport["alert"] else ALERT_ABOVE)
    return {
        "departures": airport["departures"] + (0 if lands else 1),
        "arrivals": airport["arrivals"] + (1 if lands else 0),
        "smoothedDelay": smoothed,
        "backlog": backlog,
        "worstBacklog": max(airport["worstBacklog"], backlog),
        "ground": max(0, airport["ground"] + (1 if lands else -1)),
        "lastEvent": now,
        "alert": alert,
        "alerts": airport["alerts"] + (1 if alert and not airport["alert"] else 0),
    }


def tenths(minutes):
    """Rounded to tenths as JavaScript's Math.round does: halves go up. Python's round() takes them to the even side."""
    scaled = minutes * 10
    below = math.floor(scaled)
    return (below + 1 if scaled - below >= 0.5 else below) / 10


def board(airport):
    return {
        "delay": tenths(airport["smoothedDelay"]),
        "backlog": tenths(airport["backlog"]),
        "ground": airport["ground"],
    }


def evolve(states, event, context):
    flight = event["value"]
    origin, destination, delay = flight["origin"], flight["destination"], flight["delay"]
    before = states.get(origin)
    left = handle(before, False, context.now, delay, 0)
    states.set(origin, left)

    # The destination inherits part of what the origin is left with: late crews, late connections.
    there = states.get(destination)
    reached = handle(there, True, context.now, delay, left["backlog"] / KNOCK_ON)
    states.set(destination, reached)

    context.emit("movement", {"from": board(left), "to": {"airport": destination, **board(reached)}})
    if left["alert"] != before["alert"]:
        context.emit("alert", {"raised": left["alert"], **board(left)})
    if reached["alert"] != there["alert"]:
        context.emit("alert", {"raised": reached["alert"], **board(reached)}, key=destination)


run(
    name="flights",
    version="1.0.1",
    topics=["flights"],
    keys=lambda event: [event["value"]["origin"], event["value"]["destination"]],
    initial=unseen,
    evolve=evolve,
    outputs={"movement": {"kind": "event"}, "alert": {"kind": "latest"}},
)
