import { existsSync } from 'node:fs';
import { isRecoveryError, RecoveryError } from '../../model/errors/recovery-error.js';
import type { EventLog, LogDescription } from '../../model/log/event-log.js';
import type { RecordedEnds } from '../../sources/records/record-rows.js';
import type { Resource } from '../../model/strategy/resource.js';
import type { ReplayLog, RecoveryInputs } from '../../evidence/inputs/recovery-inputs.js';
import { openDeliveries, type Deliveries } from '../../sources/deliveries/open-deliveries.js';
import type { Incident } from '../file/incident.js';
import { deriveOrder } from './derive-order.js';
import { namedLogs } from './named-logs.js';
import type { OpenIncident, OpenIncidentOptions } from './opened-incident.js';

/** Opens all that an incident names; `openIncident` says what it throws. */
export async function openNamed(incident: Incident, { withoutLog }: OpenIncidentOptions): Promise<OpenIncident> {
  const logs: ReplayLog[] = [];
  /** With all of their topics: deliveries are looked for in any. */
  const whole: EventLog[] = [];
  const close = () => logs.forEach(({ log }) => log.close());
  try {
    for (const { kind, locations, open } of namedLogs(incident)) {
      const as = kind === 'archive' ? 'archive' : 'log';
      if (kind === 'kafka') await refuseMixedIsolation(incident);
      try {
        const log = await open();
        const { topics } = incident.log;
        whole.push(log);
        logs.push({ log: topics === null ? log : selectTopics(log, topics), as });
      } catch (error) {
        const lost = withoutLog === undefined ? null : lostLog(as, locations, error);
        if (lost === null) throw error;
        withoutLog?.(lost);
      }
    }
    const deliveries = await openDeliveries(whole, incident.deliveries);
    const situation = await situationOf(incident, logs, deliveries);
    await deriveOrderOf(incident, situation);
    const { outputs } = incident.live;
    return {
      ...situation,
      ...(outputs?.rows.kind === 'kafka' && {
        outputsUpTo: async (ends: RecordedEnds) =>
          (await import('./open-live-resources.js')).openOutputs(outputs, deliveries, ends),
      }),
      close() {
        close();
        situation.recordedOutputs?.close();
        situation.ledger?.close();
      },
    };
  } catch (error) {
    close();
    throw error;
  }
}

async function situationOf(
  incident: Incident,
  logs: readonly ReplayLog[],
  deliveries: Deliveries,
): Promise<RecoveryInputs> {
  return {
    incident: { name: incident.name, digest: incident.digest, onset: incident.onset, end: incident.end },
    worker: incident.worker,
    logs,
    trusted: incident.trusted,
    trustedBehindOnset: incident.trustedBehindOnset,
    reviewed: incident.reviewed,
    ...(await openOfService(incident, deliveries)),
    ...(incident.records.length > 0 && { records: incident.records }),
    ...(incident.facts.length > 0 && { facts: incident.facts }),
    ...(incident.totalRows.length > 0 && { totalRows: incident.totalRows }),
    order: incident.order,
    poison: incident.poison,
    acceptGaps: incident.acceptGaps,
    ...(incident.log.gaps.length > 0 && { declaredGaps: incident.log.gaps }),
    ...(incident.deliveries.length > 0 && { deliveries: incident.deliveries }),
    ...(incident.totals.length > 0 && { totals: incident.totals }),
    deploys: incident.deploys,
    references: incident.references,
    store: incident.store,
    tuning: incident.tuning,
  };
}

/** What the service left of itself: snapshots, its live state, its outputs and its ledger. */
async function openOfService(
  { snapshots, live: { state, outputs, ledger } }: Incident,
  deliveries: Deliveries,
): Promise<Pick<RecoveryInputs, 'snapshots' | 'live' | 'recordedOutputs' | 'ledger'>> {
  const nothing = { snapshots: null, live: null, recordedOutputs: null, ledger: null };
  if (snapshots.length === 0 && state === null && outputs === null && ledger === null) return nothing;
  // What reads rows of other systems is large: loaded where there is something to read.
  const { openLedger, openLiveState, openOutputs, openStates } = await import('./open-live-resources.js');
  return {
    snapshots: await openStates(snapshots),
    live: state === null ? null : await openLiveState(state),
    recordedOutputs: outputs === null ? null : await openOutputs(outputs, deliveries),
    ledger: ledger === null ? null : await openLedger(ledger, deliveries),
  };
}

/** A live order that stands in the records of the service is needed as a file before anything is replayed. */
async function deriveOrderOf(
  { derivedOrder, order }: Incident,
  { recordedOutputs, ledger }: RecoveryInputs,
): Promise<void> {
  if (derivedOrder === null || order.by !== 'recorded') return;
  const records = derivedOrder.from === 'outputs' ? recordedOutputs : ledger;
  if (records) await deriveOrder(order, derivedOrder.using, records);
}

/** An archive without the aborted events and a cluster with them, or the other way round, are not one log. */
async function refuseMixedIsolation({ log: { archives, kafka } }: Incident): Promise<void> {
  const wanted = kafka?.isolation ?? 'committed';
  const { savedIsolation } = await import('../../sources/archive/saved-schemas.js');
  for (const file of archives.filter((archive) => existsSync(archive))) {
    const saved = savedIsolation(file);
    if (saved === null || saved === wanted) continue;
    throw new RecoveryError(
      'invalid-configuration',
      `${file} was saved with isolation ${saved}, and log.kafka says ${wanted}`,
      { hint: 'read both in the same way: set log.kafka.isolation, or save into another archive' },
    );
  }
}

/** What to list in place of a log that is missing or damaged; null where the error is about something else. */
function lostLog(as: ReplayLog['as'], files: readonly string[], error: unknown): Resource | null {
  if (!isRecoveryError(error)) return null;
  const { code, message } = error;
  const lost = { kind: 'unopened-log', locations: files, from: null, to: null, error: { code, message } } as const;
  if (code === 'kafka-unreachable') return { ...lost, as: 'kafka', state: 'missing' };
  if (!['file-unavailable', 'unreadable-archive', 'corrupt-archive-segment'].includes(code)) return null;
  const state = files.every((file) => existsSync(file)) ? 'damaged' : 'missing';
  return { ...lost, as: as === 'archive' ? 'archive' : 'files', state };
}

/** The same log as if it held only these topics. */
function selectTopics(log: EventLog, topics: readonly string[]): EventLog {
  const select = (description: LogDescription): LogDescription => ({
    ...description,
    partitions: description.partitions.filter(({ topic }) => topics.includes(topic)),
  });
  return {
    describe() {
      const description = log.describe();
      return description instanceof Promise ? description.then(select) : select(description);
    },
    read: (request) => log.read(request),
    // Threads read by partition and range and never describe, so the whole log serves them.
    ...(log.locator !== undefined && { locator: log.locator }),
    close: () => log.close(),
  };
}
