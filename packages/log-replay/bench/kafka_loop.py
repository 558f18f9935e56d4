"""What a script does that is written in an incident: python kafka_loop.py BOOTSTRAP TOPIC REBUILT MESSAGES. Reads a message,
keeps a sum, sends the message's output and flushes. Prints the seconds from the first message on."""
import json
import sys
import time

from kafka import KafkaConsumer, KafkaProducer

bootstrap, topic, rebuilt, messages = sys.argv[1:]
consumer = KafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest", enable_auto_commit=False)
producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all")
balances = {}
handled = 0
started = None
for record in consumer:
    started = started or time.monotonic()
    transfer = json.loads(record.value)
    key = str(transfer["from"])
    balances[key] = balances.get(key, 0) + 1
    producer.send(rebuilt, key=key.encode(), value=json.dumps({"of": transfer, "n": balances[key]}).encode())
    producer.flush()
    handled += 1
    if handled == int(messages):
        break
print(time.monotonic() - started)
