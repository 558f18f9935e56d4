"""Keeps all that its events say, so that the conformance checks see it come back. Prints, which must do no harm."""

from eventmend_worker import run


def key_of(event):
    key = event["value"]["key"] if event["key"] is None else event["key"]
    print("asked for the key", key)
    return key


def evolve(state, event, context):
    print("handling")
    third = event["value"]["count"] / 3
    state["events"] += 1
    state["third"] += third
    # Set for good only by what is returned; what was emitted stays as it is.
    context.emit("kept", state)
    state["last"] = event["value"]
    return state


run(
    name="keep",
    version="1",
    key=key_of,
    initial=lambda key: {"events": 0, "third": 0, "last": None},
    evolve=evolve,
    outputs={"kept": {"kind": "event"}},
)
