"""Runs the tasks of a fleet on Apache Spark 4.

    spark-submit --archives job.tgz#job eventmend_fleet.py FOLDER --incident job/NAME.incident.yaml

FOLDER is what `eventmend fleet plan` made, on a path that the driver and all executors see. Spark places the tasks, runs
them again where they fail, and shuffles; each task is the command `eventmend fleet task`, so order, accounts, digests and
the check of the worker are those of one machine. Afterwards: eventmend fleet collect FOLDER
With --verify it derives the tasks again, and holds them against that. Afterwards: eventmend verify RUN
"""

import argparse
import json
import os
import shlex
import sys

from pyspark.sql import SparkSession

# Trying again changes none of these exit codes: what happened is told by the document that the command prints. A task that
# was not given all of its events is among them (it has applied none): Spark then finds out itself that a part of its
# shuffle is gone, and makes it anew, which an error of ours would hide from it.
FINAL = "1|2|11|12|13|14|16"


def command(arguments, verb):
    """One process for each partition of an RDD: its first line names the task, its output is one JSON document."""
    words = shlex.split(arguments.eventmend) + ["fleet", verb, arguments.folder, "-", "--quiet"]
    if arguments.incident:
        words += ["--incident", arguments.incident]
    if verb == "task" and arguments.scratch:
        words += ["--scratch", arguments.scratch]
    if verb == "read":
        return shlex.join(words + (["--again"] if arguments.verify else []))
    words += ["--json"]
    script = "%s; code=$?; case $code in %s) exit 0;; esac; exit $code" % (shlex.join(words), FINAL)
    return shlex.join(["sh", "-c", script])


def documents(outputs):
    """What the tasks printed; the first error ends the job, and names the task and the event."""
    found = [json.loads("\n".join(lines)) for lines in outputs]
    for document in found:
        if "error" in document:
            error = document["error"]
            raise SystemExit("error %s: %s" % (error.get("code"), error.get("message")))
    return found


def verb_of(arguments):
    return "verify" if arguments.verify else "task"


def partitions(context, arguments, fleet):
    """Each task reads its own partitions of the log."""
    headers = [json.dumps({"task": task["number"]}) for task in fleet["tasks"]]
    return context.parallelize(headers, len(headers)).pipe(command(arguments, verb_of(arguments)), checkCode=True)


def keys(context, arguments, fleet):
    """Readers give each event to the task of its keys; Spark brings it there, in the canonical order."""
    headers = [json.dumps({"task": reader["number"]}) for reader in fleet["readers"]]
    lines = context.parallelize(headers, len(headers)).pipe(command(arguments, "read"), checkCode=True)
    events = lines.map(keyed).repartitionAndSortWithinPartitions(len(fleet["tasks"]), lambda key: key[0])
    return events.mapPartitionsWithIndex(framed).pipe(command(arguments, verb_of(arguments)), checkCode=True)


def keyed(line):
    """The sort key is a text that sorts as the canonical order does."""
    task, order, event = line.split("\t", 2)
    return (int(task), order), event


def framed(task, events):
    """The task is named in front, and behind its events stands how many they are: an input that breaks off is noticed."""
    yield json.dumps({"task": task})
    count = 0
    for _, event in events:
        yield event
        count += 1
    yield json.dumps({"end": count})


def main():
    parser = argparse.ArgumentParser(description="Runs the tasks of a fleet on Apache Spark.")
    parser.add_argument("folder", type=os.path.abspath, help="what eventmend fleet plan made; all machines see it")
    parser.add_argument("--incident", help="the incident file as an executor finds it")
    parser.add_argument("--scratch", help="where an executor works; a folder of its system if not given")
    parser.add_argument("--eventmend", default="eventmend", help="the command on the executors")
    parser.add_argument("--verify", action="store_true", help="derive the tasks again and hold them against that")
    arguments = parser.parse_args()
    with open(os.path.join(arguments.folder, "fleet.json"), encoding="utf-8") as file:
        fleet = json.load(file)
    spark = SparkSession.builder.appName("eventmend fleet %s" % fleet["id"][:8]).getOrCreate()
    try:
        spread = partitions if fleet["spread"]["kind"] == "partitions" else keys
        done = documents(spread(spark.sparkContext, arguments, fleet).glom().collect())
        failed = [document["task"] for document in done if document.get("verified") is False]
        if failed:
            raise SystemExit("tasks that are not what deriving them again comes to: %s" % failed)
        said = "verified; next: eventmend verify RUN" if arguments.verify else "done; next: eventmend fleet collect"
        print("%d tasks %s" % (len(done), said))
    finally:
        spark.stop()


if __name__ == "__main__":
    sys.exit(main())
