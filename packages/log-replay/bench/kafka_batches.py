"""What a service in Python does that keeps its states in SQLite: python kafka_batches.py BOOTSTRAP TOPIC EVENTS FILE. Reads
batches with Confluent's client, folds them, and commits the changed states and the position every 50,000 events. Prints
{ "ms", "cpuMs" } from connecting to the last commit."""
import json
import sqlite3
import sys
import time

from confluent_kafka import Consumer

from transfers_rules import handle

bootstrap, topic, events, file = sys.argv[1:]
events = int(events)
COMMIT_EVERY = 50_000

started, cpu = time.monotonic(), time.process_time()
database = sqlite3.connect(file, isolation_level=None)
database.execute("PRAGMA journal_mode = WAL")
database.execute("PRAGMA synchronous = FULL")
database.execute("CREATE TABLE account (key TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID")
database.execute("CREATE TABLE position (partition INTEGER PRIMARY KEY, next INTEGER NOT NULL)")
consumer = Consumer(
    {
        "bootstrap.servers": bootstrap,
        "group.id": f"batches-{time.time_ns()}",
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
        "queued.max.messages.kbytes": 65536,
    }
)
consumer.subscribe([topic])
accounts, changed, positions = {}, set(), {}
handled = 0


def commit():
    database.execute("BEGIN")
    database.executemany(
        "INSERT OR REPLACE INTO account VALUES (?, ?)", [(key, json.dumps(accounts[key])) for key in changed]
    )
    database.executemany("INSERT OR REPLACE INTO position VALUES (?, ?)", list(positions.items()))
    database.execute("COMMIT")
    changed.clear()


while handled < events:
    for message in consumer.consume(10_000, 0.05):
        transfer = json.loads(message.value())
        handle(accounts, transfer)
        changed.add(transfer["from"])
        changed.add(transfer["to"])
        positions[message.partition()] = message.offset() + 1
        handled += 1
        if handled % COMMIT_EVERY == 0 or handled == events:
            commit()
        if handled == events:
            break
ms, cpu_ms = (time.monotonic() - started) * 1000, (time.process_time() - cpu) * 1000
print(json.dumps({"ms": ms, "cpuMs": cpu_ms}))
consumer.close()
