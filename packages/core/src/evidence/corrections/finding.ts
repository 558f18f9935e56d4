import type { IntendedOutput } from '../../model/outputs/output.js';
import type { CorrectionReason } from './correction.js';

/** An output that was recorded otherwise than intended; plain JSON, since many of them wait on disk. */
export interface CorrectionFinding extends Pick<
  IntendedOutput,
  'output' | 'kind' | 'key' | 'offset' | 'time' | 'ordinal' | 'businessId'
> {
  /** `cancelled` takes back that the output of the same slot was replaced. */
  readonly standing: 'owed' | 'replaced' | 'surplus' | 'cancelled';
  /** Where it stands among the outputs of its event. */
  readonly slot: number;
  /** Index of the partition in the run. */
  readonly partition: number;
  /** Null for a surplus record. */
  readonly intended: { readonly value: unknown } | null;
  /** Null for an owed output. */
  readonly recorded: { readonly value: unknown } | null;
  readonly reason: CorrectionReason;
  /** How many records of the same output came before a surplus one, so that two retractions have two ids; else 0. */
  readonly occurrence: number;
}

/** A finding as it is written down, without the names of the members. A value stands in a list, so that none is none. */
export type FindingRow = readonly [
  standing: CorrectionFinding['standing'],
  slot: number,
  output: string,
  kind: CorrectionFinding['kind'],
  key: string,
  partition: number,
  offset: number,
  time: number | null,
  ordinal: number,
  businessId: string | null,
  intended: readonly unknown[],
  recorded: readonly unknown[],
  reason: CorrectionReason,
  occurrence: number,
];

export function rowOfFinding(finding: CorrectionFinding): FindingRow {
  const { standing, slot, output, kind, key, partition, offset, time, ordinal, businessId } = finding;
  const { intended, recorded, reason, occurrence } = finding;
  const right = intended === null ? [] : [intended.value];
  const wrong = recorded === null ? [] : [recorded.value];
  // prettier-ignore
  return [standing, slot, output, kind, key, partition, offset, time, ordinal, businessId, right, wrong, reason, occurrence];
}

export function findingFromRow(row: FindingRow): CorrectionFinding {
  const [standing, slot, output, kind, key, partition, offset, time, ordinal, businessId, ...rest] = row;
  const [intended, recorded, reason, occurrence] = rest;
  return {
    ...{ standing, slot, output, kind, key, partition, offset, time, ordinal, businessId },
    intended: intended.length === 0 ? null : { value: intended[0] },
    recorded: recorded.length === 0 ? null : { value: recorded[0] },
    ...{ reason, occurrence },
  };
}
