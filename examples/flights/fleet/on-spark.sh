#!/bin/bash
# on-spark.sh departures|arrivals: three million flights on one machine, and on Spark with two executors, one of which is
# killed in the middle of a task. Both must come to the same digests.
#
# Needs data/flights.archive (see the README beside this folder) and PYSPARK, a Python environment with PySpark 4 (python -m venv; pip install pyspark).
set -euo pipefail
cd "$(dirname "$0")"
name=$1
data=$(realpath ../data)
eventmend=${EVENTMEND:-npx eventmend}
work=$data/fleet-$name
rm -rf "$work" "$data/.eventmend-$name"
mkdir -p "$work"

say() { echo "$(date +%T) $*"; }
# The document that a command printed; the digests of its run.
digests() { python3 -c 'import json,sys; r=json.load(sys.stdin)["run"]; print(r["stateDigest"], r["outputsDigest"], r["totals"])'; }

$eventmend plan "$name.incident.yaml" --out "$work/plan.json" --quiet > /dev/null
say "one machine"
time $eventmend recover "$name.incident.yaml" --plan "$work/plan.json" --yes --quiet --json > "$work/alone.json"
digests < "$work/alone.json" | tee "$work/alone.digests"
mv "$data/.eventmend-$name/runs" "$work/runs-alone"

say "a fleet of eight tasks"
$eventmend fleet plan "$work/fleet" --plan "$work/plan.json" --incident "$name.incident.yaml" --tasks 8
submit() {
  "${PYSPARK:?}/bin/spark-submit" --master 'local-cluster[2,1,1024]' --conf spark.ui.enabled=false \
    --conf spark.local.dir="$work" ../../../packages/cli/fleet/eventmend_fleet.py "$work/fleet" \
    --incident "$PWD/$name.incident.yaml" --eventmend "$eventmend" --scratch "$work/scratch" "$@"
}
# Executors are Java processes that name the port of their driver.
kill_one() {
  until ls "$work"/scratch/*/task-*/run.db > /dev/null 2>&1; do sleep 0.2; done
  sleep 2
  port=$(sed -n "s/.*'sparkDriver' on port \([0-9]*\).*/\1/p" "$work/spark.log" | head -1)
  executor=$(pgrep -f "CoarseGrainedExecutorBackend .*:$port " | head -1)
  kill -9 "$executor"
  say "killed executor $executor; done so far: $(ls "$work/fleet/tasks" | wc -l) of 8 tasks"
}
kill_one &
time submit > "$work/spark.log" 2>&1
grep -c 'Lost executor' "$work/spark.log"

say "collect"
time $eventmend fleet collect "$work/fleet" --incident "$name.incident.yaml" --json --quiet > "$work/fleet.json"
digests < "$work/fleet.json" | tee "$work/fleet.digests"
cmp "$work/alone.digests" "$work/fleet.digests"
say "the same digests"
run=$(python3 -c 'import json,sys; print(json.load(sys.stdin)["run"]["runId"])' < "$work/fleet.json")
if [ "$name" = departures ]; then
  say "verify as a fleet"
  time submit --verify > "$work/spark-verify.log" 2>&1
fi
say "verify $run"
time $eventmend verify "$run" --incident "$name.incident.yaml" --quiet
