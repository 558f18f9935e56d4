import type { SnapshotDescription, SnapshotSource } from '../../model/snapshots/snapshot-source.js';
import { previewStates } from '../../sources/records/preview-resources.js';
import type { RecordedPartition } from '../../sources/records/survey-records.js';
import type { StateConfig } from '../file/live-resources.js';
import type { ExaminedResource } from './examine-names.js';
import { finding, findingOrError, hasProblem, type ResourceRow, type Remark } from './finding.js';
import { jsonAsText } from './json-as-text.js';
import { missingWriteAheadLog } from './missing-write-ahead-log.js';
import { previewedRows, previewOfRows } from './preview-of-rows.js';

const keysKept = 10_000;

/**
 * Opens one copy of the service's state, or a folder of them, and reads its first rows.
 * @param open how a recovery opens it
 */
export async function examineStates(
  resource: string,
  config: StateConfig,
  open: (config: StateConfig) => Promise<SnapshotSource | null>,
  ranges: readonly RecordedPartition[],
): Promise<ExaminedResource> {
  const keys = new Set<string>();
  const result = await findingOrError(resource, async () => {
    const source = await open(config);
    const { snapshots = [], damaged = [] } = (await source?.list()) ?? {};
    const [first] = snapshots;
    const shown = await firstRows(resource, config, source, first);
    const remarks = [...shown.remarks];
    if (config.kind === 'rows') remarks.push(...missingWriteAheadLog(resource, config.rows));
    else if (snapshots.length === 0 && damaged.length === 0)
      remarks.push({ severity: 'doubt', key: resource, kind: 'no-snapshots' });
    for (const snapshot of snapshots) remarks.push(...positionRemarks(resource, snapshot, ranges));
    // A row that is shown above as wrong is also why the source lists the whole as damaged: that is told once.
    if (!hasProblem(shown.remarks)) {
      for (const { location, reason } of damaged)
        remarks.push({ severity: 'problem', key: resource, kind: 'damaged-snapshot', location, reason });
    }
    if (source !== null && first !== undefined) {
      for await (const { key } of source.rows(first.id)) if (keys.add(key).size >= keysKept) break;
    }
    const counts = { snapshots: snapshots.length, keys: snapshots.reduce((sum, snapshot) => sum + snapshot.keys, 0) };
    const content = { kind: 'snapshots', ...counts, location: first?.location ?? null } as const;
    return finding(resource, content, remarks, shown.preview);
  });
  return { finding: result, keys };
}

/** Where a state stands, held against what the log has. */
function positionRemarks(
  resource: string,
  { id: snapshot, position }: SnapshotDescription,
  ranges: readonly RecordedPartition[],
): readonly Remark[] {
  if (position === null) return [{ severity: 'doubt', key: resource, kind: 'no-position', snapshot }];
  const problem = { severity: 'problem', key: `${resource}.position` } as const;
  return position.flatMap(({ topic, partition, next }): readonly Remark[] => {
    const range = ranges.find((one) => one.topic === topic && one.partition === partition)?.range;
    const at = { snapshot, topic, partition };
    if (range === undefined) return [{ ...problem, kind: 'partition-not-in-log', ...at }];
    return next <= range.to ? [] : [{ ...problem, kind: 'behind-log-end', ...at, next, end: range.to }];
  });
}

async function firstRows(
  resource: string,
  config: StateConfig,
  source: SnapshotSource | null,
  first: SnapshotDescription | undefined,
): Promise<ReturnType<typeof previewOfRows>> {
  if (config.kind === 'rows') {
    const states = await previewStates(config, previewedRows);
    const shown = previewOfRows(resource, states, (row) => ({ kind: 'state', ...row }));
    const made = states.rows.map((row) => row.made?.state);
    return { ...shown, remarks: [...shown.remarks, ...jsonAsText(`${resource}.mapping.state`, made)] };
  }
  const preview: ResourceRow[] = [];
  if (source === null || first === undefined) return { preview, remarks: [] };
  for await (const row of source.rows(first.id)) {
    if (preview.push({ kind: 'snapshot-row', number: preview.length + 1, ...row }) === previewedRows) break;
  }
  return { preview, remarks: [] };
}
