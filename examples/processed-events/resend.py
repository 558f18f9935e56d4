"""What Eventmend replaces: the script that is written at three in the morning. Do not use it.

It applies the rules again and sends everything once more, a message and a flush at a time. It sends what was right already
once more, takes nothing back, and after a crash nobody knows where it was.
"""

import json

from kafka import KafkaConsumer, KafkaProducer

consumer = KafkaConsumer("events_topic", bootstrap_servers="127.0.0.1:9092", auto_offset_reset="earliest")
producer = KafkaProducer(bootstrap_servers="127.0.0.1:9092")
balances = {}

for message in consumer:
    event = json.loads(message.value)
    cents = -event["cents"] if event["type"] == "refunded" else event["cents"]
    balances[event["account"]] = balances.get(event["account"], 0) + cents
    processed = {"account": event["account"], "cents": cents, "balanceCents": balances[event["account"]]}
    producer.send("processed_events_topic", key=message.key, value=json.dumps(processed).encode())
    producer.flush()
