"""Runs a handler as a worker of Eventmend: copy this file beside it. Standard library only, Python 3.9 or newer.

    from eventmend_worker import DELETED, run

    def evolve(state, event, context):
        if event["value"]["type"] == "closed":
            return DELETED
        context.emit("balance", state["cents"] + event["value"]["cents"])
        return {"cents": state["cents"] + event["value"]["cents"]}

    run(
        name="accounts",
        version="1.0.0",
        key=lambda event: event["value"]["customer"],
        initial=lambda key: {"cents": 0},
        evolve=evolve,
        outputs={"balance": {"kind": "latest"}},
    )

With `keys` in the place of `key`, the handler is `evolve(states, event, context)`; `states` has `get`, `set` and `delete`
for the keys of the event, and what the handler returns is not looked at.

An event is the dict of the protocol (docs/process-protocol.md): `value`, `key`, `time`, `topic`, `partition`, `offset` (a
text). `context` has `now`, `replaying` and `emit(output, value, key=None, id=None)`. The answer may depend on nothing
else: no other clock, no random numbers, no memory between events but the states. What is printed goes to stderr.
"""

import json
import os
import signal
import sys
import traceback
from collections import deque

DELETED = object()
"""What a handler with one key returns to delete the state of that key."""

# Version 2: the states stay here between batches. A host that knows version 1 alone sends them with each batch.
_PROTOCOLS = (2, 1)
_COLUMNS = (
    "topic", "partition", "offset", "key", "time", "now", "source", "incarnation", "headers", "value", "valueBase64",
)
_LEFT_OUT = ("source", "incarnation", "headers", "valueBase64")
# A cycle ends as a RecursionError; looking for one in everything that is written costs a fifth.
_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False, check_circular=False).encode


def run(
    *,
    name,
    version,
    evolve,
    key=None,
    keys=None,
    initial=None,
    outputs=None,
    topics=None,
    locality=None,
    state_version=None,
    volatile=None,
    deduplicate=None,
    fields=None,
):
    """Answers Eventmend until it closes stdin. Call it last; it returns when the work is over.

    `name` is part of every output's identity: keep it when the code changes. `initial(key)` gives the state of a key that
    has none; without it the handler finds None. `fields` names the members of an event that the handler uses, such as
    `["value", "now"]`: the others are not sent, which is faster. The others are those of a worker in TypeScript
    (docs/worker.md).
    """
    if (key is None) == (keys is None):
        raise TypeError("give either key (one an event) or keys (several)")
    described = {
        "type": "worker",
        "protocol": 1,
        "name": name,
        "version": version,
        "topics": topics,
        "locality": locality,
        "outputs": outputs,
        "state_version": state_version,
        "volatile": volatile,
        "deduplicate": deduplicate,
        "fields": fields,
    }
    described = {member: value for member, value in described.items() if value is not None}
    names_of = keys if key is None else lambda event: [key(event)]
    handle = evolve if key is None else _of_one_key(evolve)
    _Session(described, names_of, handle, initial).answer_all(*_take_streams())


class Context:
    """What a handler may ask for besides the event and the states of its keys."""

    __slots__ = ("now", "replaying", "_outputs")

    def emit(self, output, value, key=None, id=None):
        """States an output; nothing is sent. Its key is the first of the event if none is given."""
        if id is not None:
            self._outputs.append([output, value, key, id])
        elif key is not None:
            self._outputs.append([output, value, key])
        else:
            self._outputs.append([output, value])


class States:
    """The states of the keys that the event names, and no others."""

    __slots__ = ("_stored", "_places", "_initial", "_reads", "_writes")

    def __init__(self, stored, places, initial):
        self._stored = stored
        self._places = places
        self._initial = initial
        self._reads = {}
        self._writes = {}

    def get(self, key):
        """The state, or the initial one, or None. It is a copy: changing it changes nothing until it is set."""
        if key not in self._places:
            self._refuse(key)
        self._reads[key] = True
        state = self._writes[key] if key in self._writes else self._stored[key]
        if state is None:
            return None if self._initial is None else self._initial(key)
        return _copy(state)

    def set(self, key, state):
        """Replaces the state: dicts, lists, texts, numbers and booleans, as JSON has them."""
        if key not in self._places:
            self._refuse(key)
        if state is None:
            raise TypeError("the state of %r is None; delete it instead" % key)
        self._writes[key] = _plain(state)

    def delete(self, key):
        """Deletes the state; a later event finds the initial one again."""
        if key not in self._places:
            self._refuse(key)
        self._writes[key] = None

    def _refuse(self, key):
        raise KeyError("the event does not name the key %r; it names %r" % (key, list(self._places)))


def _of_one_key(evolve):
    def handle(states, event, context):
        (key,) = states._places
        state = evolve(states.get(key), event, context)
        if state is DELETED:
            states.delete(key)
        elif state is None:
            raise TypeError("the handler returned None; return the next state, or DELETED")
        else:
            states.set(key, state)

    return handle


class _Session:
    def __init__(self, described, names_of, handle, initial):
        self._described = described
        self._names_of = names_of
        self._handle = handle
        self._initial = initial
        self._replaying = True
        # Version 1: events and keys by batch, until the states of the batch come.
        self._batches = {}
        # Version 2: states, the keys that were asked for, batches that wait for states, and keys that were written since
        # states were collected.
        self._kept = {}
        self._asked = set()
        self._waiting = deque()
        self._written = set()

    def answer_all(self, lines, out):
        for line in lines:
            message = json.loads(line)
            kind = message["type"]
            if kind == "fold":
                answer = self._fold(message, line)
            elif kind == "events":
                answer = _encode(self._keys(message, line))
            elif kind == "states" and self._waiting and self._waiting[0][0]["batch"] == message["batch"]:
                self._kept.update(message["states"])
                answer = self._folded(*self._waiting.popleft())
            elif kind == "states":
                answer = self._encoded_effects(message, line)
            elif kind == "forget":
                answer = _encode(self._forget())
            elif kind == "hello":
                answer = _encode(self._hello(message))
            elif kind == "close":
                return
            else:
                sys.exit("eventmend_worker: this file does not know the message %r; take a newer one" % kind)
            out.write(answer.encode("ascii") + b"\n")
            out.flush()

    def _hello(self, message):
        spoken = message.get("protocols", [message["protocol"]])
        protocol = next((version for version in _PROTOCOLS if version in spoken), None)
        if protocol is None:
            sys.exit("eventmend_worker: this file speaks the versions %r of the protocol" % (_PROTOCOLS,))
        self._replaying = message.get("replaying", True)
        return dict(self._described, protocol=protocol)

    def _forget(self):
        for memory in (self._kept, self._asked, self._waiting, self._written):
            memory.clear()
        return {"type": "forgotten"}

    def _fold(self, message, line):
        events = _events_of(message)
        skipped = frozenset(message.get("skip", ()))
        keys = [None if number in skipped else self._keys_of(event) for number, event in enumerate(events)]
        needed = {key for named in keys if type(named) is list for key in named} - self._asked
        if not needed and not self._waiting:
            return self._folded(message, line, events, keys)
        self._asked |= needed
        self._waiting.append((message, line, events, keys))
        return _encode({"type": "need", "batch": message["batch"], "keys": list(needed)})

    def _folded(self, message, line, events, keys):
        before = {}
        answer = self._fold_effects(message["batch"], events, keys, before, False)
        try:
            encoded = _encode(answer)
        except (TypeError, ValueError, RecursionError):
            # Some output is not JSON. Once more from the states before, with a look at each event, to find which. The events are
            # read anew: the handler may have changed those that it was given.
            self._kept.update(before)
            events = _events_of(json.loads(line))
            encoded = _encode(self._fold_effects(message["batch"], events, keys, {}, True))
        self._written.update(before)
        if "collect" in message:
            states = {key: self._kept[key] for key in self._written}
            self._written.clear()
            encoded = encoded[:-1] + ',"states":' + _encode(states) + "}"
        return encoded

    def _fold_effects(self, batch, events, keys, before, carefully):
        kept = self._kept
        reads, writes, outputs, errors = [], [], [], []
        partly = False
        context = Context()
        context.replaying = self._replaying
        for number, event in enumerate(events):
            named = keys[number]
            read = written = emitted = None
            if type(named) is list:
                places = {key: place for place, key in enumerate(named)}
                states = States(kept, places, self._initial)
                context.now = event.get("now")
                context._outputs = emitted = []
                try:
                    self._handle(states, event, context)
                    if carefully:
                        _encode(emitted)
                except Exception as error:
                    emitted = None
                    errors.append({"event": number, "message": _describe(error)})
                else:
                    changed = states._writes
                    for key in changed:
                        if key not in before:
                            before[key] = kept[key]
                    kept.update(changed)
                    if len(states._reads) < len(places):
                        read = [places[key] for key in states._reads]
                    if len(changed) < len(places):
                        written = [places[key] for key in changed]
                    partly = partly or read is not None or written is not None
            reads.append(read)
            writes.append(written)
            outputs.append(emitted)
        answer = {"type": "folded", "batch": batch, "keys": keys, "outputs": _column_of(outputs)}
        if partly:
            answer["reads"] = reads
            answer["writes"] = writes
        if errors:
            answer["errors"] = errors
        return answer

    def _keys(self, message, line):
        events = message["events"]
        keys = [self._keys_of(event) for event in events]
        self._batches[message["batch"]] = (line, events, keys)
        return {"type": "keys", "batch": message["batch"], "keys": keys}

    def _keys_of(self, event):
        try:
            keys = list(dict.fromkeys(self._names_of(event)))
            for key in keys:
                if type(key) is not str:
                    raise TypeError("a key must be a text, not %r" % (key,))
            return keys
        except Exception as error:
            return {"error": _describe(error)}

    def _encoded_effects(self, message, line):
        given, events, keys = self._batches.pop(message["batch"])
        try:
            return _encode(self._effects(message, events, keys, False))
        except (TypeError, ValueError, RecursionError):
            # Something of this batch is not JSON. Once more with a look at each event, to find which. All is read anew: the handler
            # may have changed what it was given.
            return _encode(self._effects(json.loads(line), json.loads(given)["events"], keys, True))

    def _effects(self, message, events, keys, carefully):
        stored = message["states"]
        skipped = frozenset(message.get("skip", ()))
        written = {}
        done = []
        answer = {"type": "effects", "batch": message["batch"], "done": 0, "events": done, "states": written}
        context = Context()
        context.replaying = self._replaying
        for number, event in enumerate(events):
            if number in skipped:
                done.append(None)
                continue
            try:
                if type(keys[number]) is dict:
                    raise ValueError("the event names no keys")
                places = {key: place for place, key in enumerate(keys[number])}
                states = States(stored, places, self._initial)
                context.now = event.get("now")
                context._outputs = []
                self._handle(states, event, context)
                reads, writes = states._reads, states._writes
                entry = {}
                if len(reads) < len(places):
                    entry["reads"] = [places[key] for key in reads]
                if len(writes) < len(places):
                    entry["writes"] = [places[key] for key in writes]
                if context._outputs:
                    entry["outputs"] = context._outputs
                if carefully:
                    _encode([entry, writes])
            except Exception as error:
                answer["error"] = {"event": number, "message": _describe(error)}
                break
            stored.update(writes)
            written.update(writes)
            done.append(entry)
        answer["done"] = len(done)
        return answer


def _events_of(message):
    """The events of a batch in columns, as the protocol has them one by one."""
    columns, same = {}, {}
    for name in _COLUMNS:
        column = message.get(name)
        if type(column) is list:
            columns[name] = column
        elif column is not None:
            same[name] = column["all"]
    names = tuple(columns)
    events = [dict(zip(names, row)) for row in zip(*columns.values())]
    if same:
        for event in events:
            event.update(same)
    left_out = [name for name in _LEFT_OUT if name in columns]
    for event in events if left_out else ():
        if event.get("valueBase64") is not None:
            del event["value"]
        for name in left_out:
            if event[name] is None:
                del event[name]
    return events


def _column_of(outputs):
    """Outputs by event; where each event gave one of the same name about its first key, a column of values."""
    name = outputs[0][0][0] if outputs and outputs[0] else None
    if name is None or not all(given and len(given) == 1 and len(given[0]) == 2 for given in outputs):
        return outputs
    if any(given[0][0] != name for given in outputs):
        return outputs
    return {name: [given[0][1] for given in outputs]}


_AS_THEY_ARE = frozenset((str, int, bool, type(None)))
_LEAVES = _AS_THEY_ARE | {float}
_TWO_TO_53 = 2.0**53


def _copy(value):
    """A copy that shares nothing with what it is made of."""
    if type(value) is dict:
        return {name: item if type(item) in _LEAVES else _copy(item) for name, item in value.items()}
    if type(value) is list:
        return [item if type(item) in _LEAVES else _copy(item) for item in value]
    return value


def _plain(value):
    """A copy as it will come back from JSON, so that a batch gives the same however Eventmend cuts it: 1.0 becomes 1.

    Refuses what JSON would silently change.
    """
    kind = type(value)
    if kind is float:
        if value.is_integer():
            return int(value) if -_TWO_TO_53 < value < _TWO_TO_53 else value
        if value - value != 0:
            raise ValueError("a state holds %r, which JSON has not" % value)
        return value
    if kind in _LEAVES:
        return value
    if kind is dict:
        copied = {}
        for name, item in value.items():
            if type(name) is not str:
                raise TypeError("a state has the name %r; JSON has texts only" % (name,))
            copied[name] = item if type(item) in _AS_THEY_ARE else _plain(item)
        return copied
    if kind is list:
        return [item if type(item) in _AS_THEY_ARE else _plain(item) for item in value]
    raise TypeError("a state holds a %s, which JSON has not" % kind.__name__)


def _describe(error):
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename != __file__]
    place = " (%s, line %s)" % (os.path.basename(own[-1].filename), own[-1].lineno) if own else ""
    return "%s: %s%s" % (type(error).__name__, error, place)


def _take_streams():
    """Keeps stdin and stdout for the protocol: whoever else prints, prints to stderr, and reads nothing."""
    lines = os.fdopen(os.dup(0), "rb", 1 << 16)
    out = os.fdopen(os.dup(1), "wb", 1 << 16)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    # Events may be a thousand levels deep.
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 5000))
    if not os.isatty(lines.fileno()):
        # Ctrl-C is for Eventmend, which lets the batch end and then closes stdin.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    return lines, out
