import type { SnapshotDescription, SnapshotSource } from '@eventmend/core';
import type { RecordedPartition } from '@eventmend/core/engine';
import type { Engine } from '../engine/engine.js';
import { openStates, type StateConfig } from '@eventmend/core/incident';
import { countOf, formatCount } from '../terminal/format.js';
import { doubt, finding, found, problem, type Finding, type PreviewLine, type Remark } from './finding.js';
import { jsonAsText } from './json-as-text.js';
import { previewedRows, previewLines, shortJson } from './preview-lines.js';

export interface ExaminedStates {
  readonly finding: Finding;
  /** Some keys of the states, for a look whether the events name them. */
  readonly keys: ReadonlySet<string>;
}

const keysKept = 10_000;

/** Opens one copy of the service's state, or a folder of them, and reads its first rows. */
export async function examineStates(
  resource: string,
  given: StateConfig,
  ranges: readonly RecordedPartition[],
  engine: Engine,
): Promise<ExaminedStates> {
  const keys = new Set<string>();
  const result = await found(resource, async () => {
    const source = await openStates([given]);
    const { snapshots = [], damaged = [] } = (await source?.list()) ?? {};
    const shown = await firstRows(resource, given, source, snapshots[0], engine);
    const remarks = [...shown.remarks];
    for (const snapshot of snapshots) remarks.push(...positionRemarks(resource, snapshot, ranges));
    // A row that is shown above as wrong is also why the source lists the whole as damaged: that is told once.
    if (shown.remarks.every(({ kind }) => kind === 'doubt')) {
      for (const { location, reason } of damaged) {
        remarks.push(problem(resource, reason.startsWith(location) ? reason : `${location}: ${reason}`));
      }
    }
    if (source !== null && snapshots[0] !== undefined) {
      for await (const { key } of source.rows(snapshots[0].id)) if (keys.add(key).size >= keysKept) break;
    }
    return finding(resource, wordsOf(snapshots), remarks, shown.preview);
  });
  return { finding: result, keys };
}

function wordsOf(snapshots: readonly SnapshotDescription[]): string {
  const [first] = snapshots;
  if (first === undefined) return 'nothing that can be used';
  const keys = snapshots.reduce((sum, snapshot) => sum + snapshot.keys, 0);
  if (snapshots.length > 1) return `${countOf(snapshots.length, 'snapshot')} with ${countOf(keys, 'key')} in all`;
  return `${countOf(keys, 'key')} of ${first.location}`;
}

/** Where a state stands, held against what the log has. */
function positionRemarks(
  resource: string,
  { id, position }: SnapshotDescription,
  ranges: readonly RecordedPartition[],
): readonly Remark[] {
  if (position === null) {
    return [
      doubt(
        resource,
        `${id} has no position, so it is not compared with anything`,
        'add position: {TOPIC: {PARTITION: "next offset"}}',
      ),
    ];
  }
  return position.flatMap(({ topic, partition, next }) => {
    const range = ranges.find((one) => one.topic === topic && one.partition === partition)?.range;
    const place = `${topic}[${partition}]`;
    if (range === undefined) {
      return [
        problem(
          `${resource}.position`,
          `${id} stands at ${place}, and the log has no such partition`,
          'correct the position, or name the log that has it',
        ),
      ];
    }
    if (next <= range.to) return [];
    return [
      problem(
        `${resource}.position`,
        `${id} stands at ${place}@${formatCount(next)}, and the log ends at ${formatCount(range.to)}`,
        'the position is the next offset to read: is it of this log, or does the log lack its newest events?',
      ),
    ];
  });
}

async function firstRows(
  resource: string,
  given: StateConfig,
  source: SnapshotSource | null,
  first: SnapshotDescription | undefined,
  engine: Engine,
): Promise<{ readonly preview: readonly PreviewLine[]; readonly remarks: readonly Remark[] }> {
  if (given.kind === 'rows') {
    const { previewStates } = await engine.resources();
    const states = await previewStates(given, previewedRows);
    const { preview, remarks } = previewLines(
      `${resource}.mapping`,
      states,
      ({ key, state }) => `key ${JSON.stringify(key)}, state ${shortJson(state)}`,
    );
    const made = states.rows.map((row) => row.made?.state);
    return { preview, remarks: [...remarks, ...jsonAsText(`${resource}.mapping.state`, made)] };
  }
  const preview: PreviewLine[] = [];
  if (source === null || first === undefined) return { preview, remarks: [] };
  for await (const row of source.rows(first.id)) {
    preview.push({
      place: `row ${preview.length + 1}`,
      row: shortJson(row),
      becomes: `key ${JSON.stringify(row.key)}`,
    });
    if (preview.length === previewedRows) break;
  }
  return { preview, remarks: [] };
}
