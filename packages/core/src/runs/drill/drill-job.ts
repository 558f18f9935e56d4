import type { Job } from '../../engine/threads/job-thread.js';
import type { RunControl } from '../../engine/threads/run-control.js';
import { partitionsOfSpec, ranksOneByOne } from '../../evidence/reference-replay/partitions-of-spec.js';
import { plainReplay } from '../../evidence/reference-replay/plain-replay.js';
import type { OnApplied } from '../../evidence/reference-replay/replay-lane.js';
import { partitionKey } from '../../model/log/partition-id.js';
import type { SnapshotRow, SnapshotSource } from '../../model/snapshots/snapshot-source.js';
import { openWorker } from '../../sources/reference-tables/open-worker.js';
import { baselineRows } from '../../engine/replay/baseline-rows.js';
import { faultyService } from './faulty-service.js';
import { lineWriter } from './line-writer.js';
import type { PlayedService, PlayRequest } from './play-request.js';
import { serviceHandler } from './service-handler.js';
import { serviceRecords, writeServiceState } from './service-records.js';

/** The states that the stretch begins with, as a snapshot; null at the beginning of the log. */
interface PlaySources {
  readonly base: SnapshotSource | null;
}

/** Plays the service of a drill as it should be and, event by event beside it, with its error. */
const drillJob: Job<PlayRequest, PlaySources, PlayedService> = async (request, inputs, { base }, control) => {
  const { spec, files } = request;
  const { instance } = inputs;
  const places = new Map(spec.partitions.map(({ id }, place) => [partitionKey(id), place]));
  const initial = base === null ? [] : await rowsOf(base, instance.worker);
  const live = await openWorker(request.worker, request.references, request.eventTimeoutMs);
  const faulty =
    request.faulty === null ? null : await openWorker(request.faulty, request.references, request.eventTimeoutMs);
  const records = serviceRecords(request, live.worker, spec.partitions);
  const trueOutputs = lineWriter(files.trueOutputs);
  let events = 0;
  let onset: number | null = null;
  let end: number | null = null;
  try {
    const handler = serviceHandler(
      live,
      initial.map(({ key, state }) => [key, state] as const),
    );
    const service = faultyService({
      ...request,
      handler,
      faulty,
      before: (number) => records.before(number, handler.states),
      passed: records.passed,
      handled: records.handled,
    });
    const onApplied: OnApplied = ({ keys, effects }, partition, event) => {
      const time = Number.isFinite(event.now) ? event.now : null;
      if (events === request.errorFrom) onset = time;
      if (events < request.errorUntil) end = time;
      events++;
      const { topic, partition: number } = partition;
      for (const { output, key, value } of effects.outputs) {
        trueOutputs.write({ output, key, value, topic, partition: number, offset: String(event.offset), time });
      }
      // A handler that does not come back from what it never saw in good order is stopped, and the event named.
      control.enter(places.get(partitionKey(partition)) ?? 0, event.offset);
      return service.take({ partition, event, keys: [...keys] }).finally(() => {
        control.idle();
      });
    };
    const ranks = inputs.recorded === null ? undefined : ranksOneByOne(inputs.recorded);
    const outcome = await plainReplay({
      partitions: partitionsOfSpec(spec, inputs.logs),
      instance,
      order: spec.order,
      // One order over all partitions, as one service would have it, whatever the worker promises.
      locality: 'global',
      poison: spec.poison,
      forced: [],
      initialStates: initial,
      onApplied,
      ...(ranks !== undefined && { recordedRanks: ranks }),
      ...watched(control),
    });
    const faults = await service.finish();
    await records.finish(handler.states);
    await control.settle();
    await writeServiceState(files.trueStates, 'truth', live.worker, outcome.positions, outcome.states);
    return {
      events,
      ...faults,
      onset,
      end,
      checkpoints: records.checkpoints(),
      keys: outcome.states.size,
      outputs: outcome.outputs,
      stateDigest: outcome.stateDigest,
    };
  } finally {
    trueOutputs.close();
    records.close();
    await live.close();
    await faulty?.close();
  }
};

export default drillJob;

async function rowsOf(
  base: SnapshotSource,
  worker: Parameters<typeof baselineRows>[1],
): Promise<readonly SnapshotRow[]> {
  const [described] = (await base.list()).snapshots;
  if (described === undefined) return [];
  const rows: SnapshotRow[] = [];
  for await (const { key, text } of baselineRows(base.rows(described.id), worker, described.stateVersion, 0)) {
    rows.push({ key, state: JSON.parse(text) as unknown });
  }
  return rows;
}

/** Lets the replay tell how far it is, and be stopped, through the control of the thread. */
function watched(control: RunControl) {
  const abort = new AbortController();
  let told = 0;
  return {
    signal: abort.signal,
    onProgress: ({ done, quarantined }: { done: number; quarantined: number }) => {
      control.progress(done - told, quarantined);
      told = done;
      if (control.stopRequested) abort.abort();
    },
  };
}
