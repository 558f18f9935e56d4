import type { Engine } from '../engine/engine.js';
import type { Incident } from '@eventmend/core/incident';
import { examineLogs } from './examine-logs.js';
import { examineNames } from './examine-names.js';
import { examineOrder } from './examine-order.js';
import { examineLedger, examineOutputs } from './examine-records.js';
import { examineStates } from './examine-states.js';
import { examineWorker } from './examine-worker.js';
import { finding, type Finding, type Remark } from './finding.js';
import { logRanges } from './log-ranges.js';

/**
 * Everything that an incident names, one after the other: the worker, the logs, then what the service left, held against
 * the logs. Checks of other systems (a broker, a group) come in here as further findings.
 */
export async function examineIncident(
  incident: Incident,
  engine: Engine,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { findings: ofWorker, worker } = await examineWorker(incident, engine);
  const { findings: ofLogs, logs, descriptions } = await examineLogs(incident, engine);
  const ranges = logRanges(descriptions.flatMap(({ partitions }) => partitions));
  const findings = [...ofWorker, ...ofLogs];
  const [log] = logs;
  /** Adds a finding, with what a look at the events shows of its names. */
  const add = async (found: Finding, names: Parameters<typeof examineNames>[1]) => {
    const more =
      log === undefined || worker === null ? [] : await examineNames(found.resource, names, log, worker, engine);
    findings.push(withRemarks(found, more));
    signal.throwIfAborted();
  };
  try {
    for (const [index, given] of incident.snapshots.entries()) {
      const resource = incident.snapshots.length === 1 ? 'snapshots' : `snapshots.${index}`;
      const { finding: found, keys } = await examineStates(resource, given, ranges, engine);
      await add(found, { keys });
    }
    const { state, outputs, ledger } = incident.live;
    if (state !== null) {
      const { finding: found, keys } = await examineStates('live.state', state, ranges, engine);
      await add(found, { keys });
    }
    if (outputs !== null) {
      const { finding: found, eventIds } = await examineOutputs(outputs, ranges, engine);
      await add(found, { eventIds });
    }
    if (ledger !== null) {
      const { finding: found, eventIds } = await examineLedger(ledger, ranges, engine);
      await add(found, { eventIds });
    }
    const order = await examineOrder(incident);
    return order === null ? findings : [...findings, order];
  } finally {
    for (const opened of logs) opened.close();
    await worker?.close();
  }
}

function withRemarks(found: Finding, more: readonly Remark[]): Finding {
  return finding(found.resource, found.found, [...found.remarks, ...more], found.preview);
}
