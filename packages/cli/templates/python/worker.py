"""What your service does with an event: state and event in, next state out. This one counts.

Put the corrected handler of your service in its place. Everything else (order, accounts, resuming, proof) is done around
it. It must depend on nothing but the state, the event and context.now.
"""

from eventmend_worker import run


def evolve(state, event, context):
    events = state["events"] + 1
    context.emit("counted", events)
    return {"events": events, "lastOffset": int(event["offset"])}


run(
    name="__NAME__",
    version="1.0.0",
    key=lambda event: "no key" if event["key"] is None else event["key"],
    initial=lambda key: {"events": 0, "lastOffset": None},
    evolve=evolve,
    outputs={"counted": {"kind": "latest"}},
)
