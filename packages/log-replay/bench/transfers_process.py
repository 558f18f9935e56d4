"""The same handler as a worker process: the protocol of docs/process-protocol.md, with the standard library alone."""

import json
import sys

from transfers_rules import handle

encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
decode = json.loads
batches = {}


def keys_of(message):
    values = [event["value"] for event in message["events"]]
    batches[message["batch"]] = values
    keys = [[value["from"], value["to"]] for value in values]
    return {"type": "keys", "batch": message["batch"], "keys": keys}


def effects_of(message):
    values = batches.pop(message["batch"])
    states = message["states"]
    skip = set(message["skip"])
    events = []
    written = set()
    for place, value in enumerate(values):
        if place in skip:
            events.append(None)
            continue
        events.append({"outputs": [["movement", handle(states, value)]]})
        written.add(value["from"])
        written.add(value["to"])
    left = {key: states[key] for key in written}
    return {"type": "effects", "batch": message["batch"], "done": len(values), "events": events, "states": left}


HELLO = {"type": "worker", "protocol": 1, "name": "transfers", "version": "1.0.0",
         "outputs": {"movement": {"kind": "event"}}}
answers = {"hello": lambda message: HELLO, "events": keys_of, "states": effects_of}

for line in sys.stdin.buffer:
    message = decode(line)
    answer = answers.get(message["type"])
    if answer is None:
        break
    sys.stdout.write(encode(answer(message)))
    sys.stdout.write("\n")
    sys.stdout.flush()
