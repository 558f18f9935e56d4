import type { ProcessedLedger, RecordedOutputs } from '@eventmend/core';
import type { RecordedDescription, RecordedEventRef, RecordSurvey, RecordedPartition } from '@eventmend/core/engine';
import type { Engine } from '../engine/engine.js';
import { inputOf, openLedger, openOutputs, type LedgerConfig, type OutputsConfig } from '@eventmend/core/incident';
import { countOf, formatCount } from '../terminal/format.js';
import { doubt, finding, found, problem, type Finding, type Remark } from './finding.js';
import { jsonAsText } from './json-as-text.js';
import { previewedRows, previewLines, shortJson } from './preview-lines.js';

export interface ExaminedRecords {
  readonly finding: Finding;
  /** Some ids that the records name events by, for a look whether the log has them. */
  readonly eventIds: ReadonlySet<string>;
}

/** Reads the recorded outputs once, and says what their rows become. */
export async function examineOutputs(
  given: OutputsConfig,
  ranges: readonly RecordedPartition[],
  engine: Engine,
): Promise<ExaminedRecords> {
  const key = 'live.outputs';
  let eventIds: ReadonlySet<string> = new Set();
  const result = await found(key, async () => {
    const { previewOutputs, surveyRecords } = await engine.resources();
    const first = await previewOutputs(await inputOf(given.rows), given.mapping, previewedRows);
    const shown = previewLines(
      `${key}.mapping`,
      first,
      ({ output, key: name, value, event, eventId }) =>
        `${output} of key ${JSON.stringify(name)}: ${shortJson(value)}, ${eventWords(event, eventId)}`,
    );
    if (isBroken(shown.remarks)) return finding(key, 'rows that cannot be mapped', shown.remarks, shown.preview);
    const outputs = await openOutputs(given);
    try {
      const survey = await surveyRecords(outputs, ranges);
      eventIds = survey.eventIds;
      const remarks = [
        ...shown.remarks,
        ...jsonAsText(
          `${key}.mapping.value`,
          first.rows.map((row) => row.made?.value),
        ),
        ...recordRemarks(key, await outputs.describe(), survey),
      ];
      if (survey.withId > 0) remarks.push(...(await sameIdRemarks(key, outputs, engine)));
      return finding(key, foundWords('output', survey, await outputs.describe()), remarks, shown.preview);
    } finally {
      outputs.close();
    }
  });
  return { finding: result, eventIds };
}

/** Reads the list of processed events once, and says what its rows become. */
export async function examineLedger(
  given: LedgerConfig,
  ranges: readonly RecordedPartition[],
  engine: Engine,
): Promise<ExaminedRecords> {
  const key = 'live.ledger';
  let eventIds: ReadonlySet<string> = new Set();
  const result = await found(key, async () => {
    const { previewLedger, surveyRecords } = await engine.resources();
    const shown = previewLines(
      `${key}.mapping`,
      await previewLedger(await inputOf(given.rows), given.mapping, previewedRows),
      ({ event, eventId }) => eventWords(event, eventId),
    );
    if (isBroken(shown.remarks)) return finding(key, 'rows that cannot be mapped', shown.remarks, shown.preview);
    const ledger: ProcessedLedger = await openLedger(given);
    try {
      const survey = await surveyRecords(ledger, ranges);
      eventIds = survey.eventIds;
      const description = await ledger.describe();
      const remarks = [...shown.remarks, ...recordRemarks(key, description, survey)];
      return finding(key, foundWords('handling', survey, description), remarks, shown.preview);
    } finally {
      ledger.close();
    }
  });
  return { finding: result, eventIds };
}

function isBroken(remarks: readonly Remark[]): boolean {
  return remarks.some(({ kind }) => kind === 'problem');
}

function eventWords(event: RecordedEventRef | null, eventId: string | null): string {
  if (event !== null) return `event ${formatLocation(event)}`;
  return eventId === null ? 'no event' : `event ${JSON.stringify(eventId)}`;
}

function formatLocation({ topic, partition, offset }: RecordedEventRef): string {
  return `${topic}[${partition}]@${offset}`;
}

function foundWords(one: string, { records }: RecordSurvey, { location, order }: RecordedDescription): string {
  const known = {
    handling: 'in the order of handling',
    partition: 'in order inside of each partition',
    unknown: 'in no known order',
  };
  return `${countOf(records, one)} of ${location}, ${known[order]}`;
}

function recordRemarks(key: string, { objection }: RecordedDescription, survey: RecordSurvey): readonly Remark[] {
  const { records, withoutEvent, silent, unknownPartition, firstUnknown, outside, firstOutside } = survey;
  const remarks: Remark[] = [];
  const some = (kind: typeof doubt, count: number, what: string, hint: string) => {
    remarks.push(kind(`${key}.mapping`, `${formatCount(count)} of ${formatCount(records)} rows ${what}`, hint));
  };
  if (objection) {
    remarks.push(
      doubt(
        `${key}.order`,
        objection,
        'sort the rows as they were handled (a query with ORDER BY), or say order: unknown',
      ),
    );
  }
  if (silent > 0) {
    const kind = silent === records ? problem : doubt;
    some(
      kind,
      silent,
      'name no event, so nothing can be told from them',
      'map event: {topic, partition, offset} or event_id',
    );
  }
  if (firstUnknown !== null) {
    const kind = unknownPartition === records - withoutEvent ? problem : doubt;
    some(
      kind,
      unknownPartition,
      `name events of partitions that the log does not have, first ${formatLocation(firstUnknown)}`,
      'is the topic the one of the log? topic: NAME is a constant, topic: {column: NAME} a column',
    );
  }
  if (firstOutside !== null) {
    some(
      doubt,
      outside,
      `name offsets that the log never held, first ${formatLocation(firstOutside)}`,
      'is the offset that of the event, and not that of the output? Or does the log lack its newest events?',
    );
  }
  return remarks;
}

async function sameIdRemarks(key: string, outputs: RecordedOutputs, engine: Engine): Promise<readonly Remark[]> {
  const { repeated, contradicting, first } = await engine.countSameIds(outputs);
  const remarks: Remark[] = [];
  if (repeated > 0)
    remarks.push(doubt(key, `${countOf(repeated, 'output')} sent again under the id of an earlier one`));
  if (first !== null) {
    remarks.push(
      doubt(
        `${key}.mapping.id`,
        `${countOf(contradicting, 'output')} with the id of an earlier one and another content, first ${JSON.stringify(first.id)} (rows ${first.earlier + 1} and ${first.seq + 1})`,
        'is that column really an id of the output? What they mean is unknown otherwise',
      ),
    );
  }
  return remarks;
}
