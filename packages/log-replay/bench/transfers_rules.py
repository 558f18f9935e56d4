"""The arithmetic of transfers.mjs, for the loop and for the worker process: one handler, two ways to run it."""

OPENING = {"balance": 1000, "moved": 0, "payments": 0, "receipts": 0, "last": 0}


def handle(states, transfer):
    """Moves the money in `states` and gives the one output of the event."""
    payer_key = transfer["from"]
    payee_key = transfer["to"]
    amount = transfer["amount"]
    before = states.get(payer_key) or OPENING
    payer = {
        "balance": max(0, before["balance"] - amount - transfer["fee"]),
        "moved": before["moved"] * 0.99 + amount,
        "payments": before["payments"] + 1,
        "receipts": before["receipts"],
        "last": transfer["at"],
    }
    before = states.get(payee_key) or OPENING
    payee = {
        "balance": before["balance"] + min(amount, payer["balance"]),
        "moved": before["moved"] * 0.99 + amount,
        "payments": before["payments"],
        "receipts": before["receipts"] + 1,
        "last": transfer["at"],
    }
    states[payer_key] = payer
    states[payee_key] = payee
    return {"id": transfer["id"], "from": payer["balance"], "to": payee["balance"]}
