import { isRecoveryError } from '../../model/errors/recovery-error.js';
import type { EventLog } from '../../model/log/event-log.js';
import type { Agreement } from '../../evidence/matching/agreement.js';
import { knownEvents } from '../../evidence/matching/known-events.js';
import type { MatchRule } from '../../evidence/matching/match-rule.js';
import { matchRecords } from '../../evidence/matching/match-records.js';
import { tryStandIns } from '../../evidence/stand-ins/try-stand-ins.js';
import { openExternalRecords, previewExternalRecords } from '../../sources/records/open-external-records.js';
import type { OpenWorker } from '../../worker/describe-worker.js';
import type { ExternalRecordsConfig } from '../../evidence/matching/external-records-config.js';
import type { Incident } from '../file/incident.js';
import { finding, hasProblem, type Remark, type ResourceFinding } from './finding.js';
import { judgeTimes } from './judge-times.js';
import { missingWriteAheadLog } from './missing-write-ahead-log.js';
import { previewedRows, previewOfRows } from './preview-of-rows.js';

interface KnownSources {
  /** Null where it cannot be loaded. */
  readonly worker: OpenWorker | null;
  readonly logs: readonly EventLog[];
}

/** Reads the records of another system once, and holds them against the events that the logs hold. */
export async function examineExternalRecords(
  incident: Incident,
  key: string,
  config: ExternalRecordsConfig,
  { worker, logs }: KnownSources,
  signal?: AbortSignal,
): Promise<ResourceFinding> {
  const resource = `records.${config.name}`;
  const remarks: Remark[] = [];
  let preview: ResourceFinding['preview'] = [];
  try {
    const first = await previewExternalRecords(config.rows, config.mapping, previewedRows);
    const shown = previewOfRows(key, first, (row) => ({ kind: 'record', ...row }));
    preview = shown.preview;
    remarks.push(...shown.remarks, ...missingWriteAheadLog(key, config.rows));
    if (hasProblem(remarks)) return finding(resource, { kind: 'unmapped-rows' }, remarks, preview);
    const times = first.rows.map(({ made }) => made?.time ?? NaN);
    const odd = judgeTimes(times, config.mapping.time?.unit ?? 'milliseconds');
    if (odd !== null) {
      remarks.push({
        severity: 'doubt',
        key: `${key}.mapping.time`,
        kind: 'odd-record-times',
        times: odd,
        looked: times.length,
      });
    }
    const records = await openExternalRecords(config.rows, config.mapping);
    const content = { kind: 'external-records', location: records.location } as const;
    if (worker !== null) remarks.push(...(await eventRemarks(key, config, worker)));
    if (worker === null || logs.length === 0) {
      remarks.push({ severity: 'doubt', key, kind: 'nothing-to-compare-with' });
      return finding(resource, { ...content, agreement: null }, remarks, preview);
    }
    const named = incident.log.topics;
    const { deliveries } = incident;
    const given = logs.map((log) => ({ log, as: 'log' as const }));
    const inputs = { logs: given, declaredGaps: incident.log.gaps, deliveries };
    const events = await knownEvents(inputs, worker, config.rule, named);
    const agreement = await matchRecords(records, events, config.rule, signal === undefined ? {} : { signal });
    remarks.push(...agreementRemarks(key, agreement, config.rule));
    return finding(resource, { ...content, agreement }, remarks, preview);
  } catch (error) {
    if (!isRecoveryError(error)) throw error;
    remarks.push({
      severity: 'problem',
      key: error.code === 'invalid-field' ? `${key}.mapping` : key,
      kind: 'error',
      error,
    });
    return finding(resource, null, remarks, preview);
  }
}

/** The first rows must become the events that they stand for, where they are to stand in for lost ones. */
async function eventRemarks(
  key: string,
  config: ExternalRecordsConfig,
  worker: OpenWorker,
): Promise<readonly Remark[]> {
  try {
    await tryStandIns(config, worker, previewedRows);
    return [];
  } catch (error) {
    if (!isRecoveryError(error)) throw error;
    return [{ severity: 'problem', key: `${key}.event`, kind: 'error', error }];
  }
}

/** What looks like an error of the declaration, or makes the agreement less than it seems. */
function agreementRemarks(key: string, agreement: Agreement, rule: MatchRule): readonly Remark[] {
  const { records, events, known, matched, doubtful, ambiguousPairs, eventsWithout, clockShifts, amountFactor } =
    agreement;
  const remarks: Remark[] = [];
  const doubt = { severity: 'doubt', key } as const;
  const match = `${key}.stands_for.match`;
  if (events === 0) remarks.push({ ...doubt, key: `${key}.stands_for`, kind: 'no-such-events' });
  else if (agreement.otherTypes === records && records > 0)
    remarks.push({ ...doubt, key: `${key}.mapping.type`, kind: 'only-other-types', records });
  else if (known === 0) remarks.push({ ...doubt, kind: 'no-common-time' });
  const paths = { id: rule.id, key: rule.key, time: rule.time, amount: rule.amount?.path ?? null };
  for (const of of ['id', 'key', 'time', 'amount'] as const) {
    const [path, without] = [paths[of], eventsWithout[of]];
    if (path === null || without === 0 || (of === 'time' && rule.within === null)) continue;
    const severity = without === events ? 'problem' : 'doubt';
    remarks.push({ severity, key: `${match}.${of}`, kind: 'path-not-in-events', path, without, events });
  }
  if (amountFactor !== null) {
    const { factor, pairs } = amountFactor;
    remarks.push({
      ...doubt,
      key: `${match}.amount`,
      kind: 'amounts-in-other-unit',
      factor,
      pairs,
      declared: rule.amount?.factor ?? '1',
    });
  }
  if (clockShifts.length > 0)
    remarks.push({ ...doubt, key: `${key}.mapping.time`, kind: 'clock-shifted', shifts: clockShifts });
  if (known > 0 && matched + doubtful + ambiguousPairs === 0)
    remarks.push({ ...doubt, key: match, kind: 'nothing-matched', known });
  if (agreement.contradicting > 0)
    remarks.push({ ...doubt, key: `${key}.mapping.id`, kind: 'rows-contradicting', rows: agreement.contradicting });
  if (agreement.reversalsWithoutRecord > 0) {
    const { reversalsWithoutRecord: rows, reversals } = agreement;
    remarks.push({ ...doubt, key: `${key}.mapping.reversal`, kind: 'reversals-of-nothing', rows, reversals });
  }
  if (agreement.undecodable > 0)
    remarks.push({ ...doubt, key: 'worker', kind: 'events-not-decodable', events: agreement.undecodable });
  return remarks;
}
