"""The same handler as a worker process: version 2 of docs/process-protocol.md, with the standard library alone."""

import json
import sys
from collections import deque

from transfers_rules import handle

encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
decode = json.loads

# Version 2: states that stay here, batches that wait for states, and keys that were written since states were collected.
kept = {}
asked = set()
waiting = deque()
written = set()
# Version 1: events of batches that came without states.
batches = {}


def fold(message):
    values = message["value"]
    keys = [[value["from"], value["to"]] for value in values]
    named = set()
    for pair in keys:
        named.update(pair)
    needed = named - asked
    batch = (message, keys, named)
    if not needed and not waiting:
        return folded(batch)
    asked.update(needed)
    waiting.append(batch)
    return {"type": "need", "batch": message["batch"], "keys": list(needed)}


def folded(batch):
    message, keys, named = batch
    values = message["value"]
    skip = set(message.get("skip", ()))
    answer = {"type": "folded", "batch": message["batch"], "keys": keys}
    if skip:
        for place in skip:
            keys[place] = None
        answer["outputs"] = [
            None if place in skip else [["movement", handle(kept, value)]] for place, value in enumerate(values)
        ]
        named = {key for pair in keys if pair for key in pair}
    else:
        answer["outputs"] = {"movement": [handle(kept, value) for value in values]}
    written.update(named)
    if "collect" in message:
        answer["states"] = {key: kept[key] for key in written}
        written.clear()
    return answer


def states_of(message):
    if waiting and waiting[0][0]["batch"] == message["batch"]:
        kept.update(message["states"])
        return folded(waiting.popleft())
    return effects_of(message)


def forget(message):
    for memory in (kept, asked, waiting, written):
        memory.clear()
    return {"type": "forgotten"}


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
    changed = set()
    for place, value in enumerate(values):
        if place in skip:
            events.append(None)
            continue
        events.append({"outputs": [["movement", handle(states, value)]]})
        changed.add(value["from"])
        changed.add(value["to"])
    left = {key: states[key] for key in changed}
    return {"type": "effects", "batch": message["batch"], "done": len(values), "events": events, "states": left}


def hello(message):
    version = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    return {"type": "worker", "protocol": version, "name": "transfers", "version": "1.0.0", "fields": ["value"],
            "outputs": {"movement": {"kind": "event"}}}


answers = {"hello": hello, "fold": fold, "states": states_of, "forget": forget, "events": keys_of}

for line in sys.stdin.buffer:
    message = decode(line)
    answer = answers.get(message["type"])
    if answer is None:
        break
    sys.stdout.write(encode(answer(message)))
    sys.stdout.write("\n")
    sys.stdout.flush()
