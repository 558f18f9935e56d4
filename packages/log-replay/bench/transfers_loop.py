"""The plain loop: python3 transfers_loop.py FILE. Reads NDJSON, folds it, serialises the outputs; prints the seconds."""

import json
import sys
import time

from transfers_rules import handle

started = time.perf_counter()
states = {}
outputs = []
written = 0
with open(sys.argv[1], "rb") as lines:
    for line in lines:
        outputs.append(json.dumps(handle(states, json.loads(line))))
        if len(outputs) == 20_000:
            written += sum(map(len, outputs))
            outputs = []
print(time.perf_counter() - started, written + sum(map(len, outputs)))
