import type { ProcessedLedger } from '../../model/records/processed-ledger.js';
import type { RecordedDescription, RecordedOutputs } from '../../model/records/recorded-outputs.js';
import type { Deliveries } from '../../sources/deliveries/open-deliveries.js';
import { countSameIds } from '../../sources/records/count-same-ids.js';
import { previewLedger, previewOutputs } from '../../sources/records/preview-resources.js';
import { surveyRecords, type RecordedPartition, type RecordSurvey } from '../../sources/records/survey-records.js';
import type { LedgerConfig, OutputsConfig } from '../file/live-resources.js';
import { inputOf, openLedger, openOutputs } from '../open/open-live-resources.js';
import type { ExaminedResource } from './examine-names.js';
import { finding, findingOrError, hasProblem, type Remark } from './finding.js';
import { jsonAsText } from './json-as-text.js';
import { missingWriteAheadLog } from './missing-write-ahead-log.js';
import { previewedRows, previewOfRows } from './preview-of-rows.js';

type Ranges = readonly RecordedPartition[];

/** Reads the recorded outputs once, and says what their rows become. */
export function examineOutputs(
  config: OutputsConfig,
  ranges: Ranges,
  deliveries: Deliveries,
): Promise<ExaminedResource> {
  const resource = 'live.outputs';
  const preview = async () => {
    const first = await previewOutputs(await inputOf(config.rows), config.mapping, previewedRows);
    const shown = previewOfRows(resource, first, (row) => ({ kind: 'output', ...row }));
    if (hasProblem(shown.remarks)) return shown;
    const values = first.rows.map((row) => row.made?.value);
    const remarks = [
      ...jsonAsText(`${resource}.mapping.value`, values),
      ...missingWriteAheadLog(resource, config.rows),
    ];
    return { ...shown, remarks: [...shown.remarks, ...remarks] };
  };
  return examineRecords(
    resource,
    'recorded-outputs',
    ranges,
    preview,
    () => openOutputs(config, deliveries),
    sameIdRemarks,
  );
}

/** Reads the list of processed events once, and says what its rows become. */
export function examineLedger(config: LedgerConfig, ranges: Ranges, deliveries: Deliveries): Promise<ExaminedResource> {
  const resource = 'live.ledger';
  const preview = async () => {
    const first = await previewLedger(await inputOf(config.rows), config.mapping, previewedRows);
    const shown = previewOfRows(resource, first, (row) => ({ kind: 'handling', ...row }));
    return { ...shown, remarks: [...shown.remarks, ...missingWriteAheadLog(resource, config.rows)] };
  };
  return examineRecords(resource, 'processed-events', ranges, preview, () => openLedger(config, deliveries));
}

async function examineRecords<Records extends RecordedOutputs | ProcessedLedger>(
  resource: string,
  kind: 'recorded-outputs' | 'processed-events',
  ranges: Ranges,
  preview: () => Promise<ReturnType<typeof previewOfRows>>,
  open: () => Promise<Records>,
  idRemarks?: (key: string, records: Records) => Promise<readonly Remark[]>,
): Promise<ExaminedResource> {
  let eventIds: ReadonlySet<string> = new Set();
  const result = await findingOrError(resource, async () => {
    const shown = await preview();
    if (hasProblem(shown.remarks)) return finding(resource, { kind: 'unmapped-rows' }, shown.remarks, shown.preview);
    const opened = await open();
    try {
      const survey = await surveyRecords(opened, ranges);
      eventIds = survey.eventIds;
      const description = await opened.describe();
      const remarks = [...shown.remarks, ...recordRemarks(resource, description, survey)];
      if (survey.withId > 0) remarks.push(...((await idRemarks?.(resource, opened)) ?? []));
      const { location, order } = description;
      return finding(resource, { kind, records: survey.records, location, order }, remarks, shown.preview);
    } finally {
      opened.close();
    }
  });
  return { finding: result, eventIds };
}

function recordRemarks(resource: string, { objection }: RecordedDescription, survey: RecordSurvey): readonly Remark[] {
  const { records, withoutEvent, silent, unknownPartition, firstUnknown, outside, firstOutside } = survey;
  const remarks: Remark[] = [];
  const key = `${resource}.mapping`;
  if (objection) remarks.push({ severity: 'doubt', key: `${resource}.order`, kind: 'order-refuted', objection });
  if (silent > 0) {
    const severity = silent === records ? 'problem' : 'doubt';
    remarks.push({ severity, key, kind: 'rows-without-event', rows: silent, records });
  }
  if (firstUnknown !== null) {
    const severity = unknownPartition === records - withoutEvent ? 'problem' : 'doubt';
    const rows = { rows: unknownPartition, records, first: firstUnknown };
    remarks.push({ severity, key, kind: 'rows-of-unknown-partition', ...rows });
  }
  if (firstOutside !== null) {
    const rows = { rows: outside, records, first: firstOutside };
    remarks.push({ severity: 'doubt', key, kind: 'rows-outside-log', ...rows });
  }
  return remarks;
}

async function sameIdRemarks(key: string, outputs: RecordedOutputs): Promise<readonly Remark[]> {
  const { repeated, contradicting, first } = await countSameIds(outputs);
  const remarks: Remark[] = [];
  if (repeated > 0) remarks.push({ severity: 'doubt', key, kind: 'sent-again', outputs: repeated });
  if (first !== null) {
    const contradiction = { outputs: contradicting, ...first };
    remarks.push({ severity: 'doubt', key: `${key}.mapping.id`, kind: 'id-reused', ...contradiction });
  }
  return remarks;
}
