import { openDeliveries } from '../../sources/deliveries/open-deliveries.js';
import type { Incident } from '../file/incident.js';
import { examineDeliveries } from './examine-deliveries.js';
import { examineExternalRecords } from './examine-external-records.js';
import { examineLogs } from './examine-logs.js';
import { examineNames, type ExaminedResource } from './examine-names.js';
import { examineOrder } from './examine-order.js';
import { examineLedger, examineOutputs } from './examine-records.js';
import { examineFacts, examineTotalRows } from './examine-statements.js';
import { examineStates } from './examine-states.js';
import { examineWorker } from './examine-worker.js';
import { openLiveState, openStates } from '../open/open-live-resources.js';
import { finding, type ResourceFinding } from './finding.js';
import { logRanges } from './log-ranges.js';

/**
 * Opens and looks at everything that an incident names, one after the other: the worker, the logs, then what the service
 * left, held against the logs. What cannot be opened is a finding, and the rest is looked at all the same.
 * @throws the reason of `signal` once that is aborted
 */
export async function examineIncident(incident: Incident, signal?: AbortSignal): Promise<readonly ResourceFinding[]> {
  const { findings: ofWorker, worker } = await examineWorker(incident);
  const { findings: ofLogs, logs, descriptions } = await examineLogs(incident);
  const deliveries = await openDeliveries(logs, incident.deliveries);
  const ranges = logRanges(descriptions.flatMap(({ partitions }) => partitions));
  const findings = [...ofWorker, ...ofLogs];
  const [log] = logs;
  /** Adds a finding, with what a look at the events shows of its names. */
  const add = async (examined: ExaminedResource) => {
    const more = log === undefined || worker === null ? [] : await examineNames(examined, log, worker);
    const { resource, content, remarks, preview } = examined.finding;
    findings.push(finding(resource, content, [...remarks, ...more], preview));
    signal?.throwIfAborted();
  };
  try {
    findings.push(...(await examineDeliveries(deliveries, descriptions)));
    for (const [index, config] of incident.snapshots.entries()) {
      const resource = incident.snapshots.length === 1 ? 'snapshots' : `snapshots.${index}`;
      await add(await examineStates(resource, config, (given) => openStates([given]), ranges));
    }
    const { state, outputs, ledger } = incident.live;
    if (state !== null) await add(await examineStates('live.state', state, openLiveState, ranges));
    if (outputs !== null) await add(await examineOutputs(outputs, ranges, deliveries));
    if (ledger !== null) await add(await examineLedger(ledger, ranges, deliveries));
    const keyOf = (name: string) => `records.${incident.recordNames.indexOf(name)}`;
    for (const config of incident.records) {
      findings.push(await examineExternalRecords(incident, keyOf(config.name), config, { worker, logs }, signal));
      signal?.throwIfAborted();
    }
    for (const config of incident.facts) {
      findings.push(await examineFacts(incident, keyOf(config.name), config, signal));
      signal?.throwIfAborted();
    }
    for (const config of incident.totalRows) findings.push(await examineTotalRows(keyOf(config.name), config));
    const order = await examineOrder(incident, deliveries);
    return order === null ? findings : [...findings, order];
  } finally {
    for (const opened of logs) opened.close();
    await worker?.close();
  }
}
