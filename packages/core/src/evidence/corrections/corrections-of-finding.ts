import { hash as hashOnce } from 'node:crypto';
import { canonicalJson } from '../../model/json/canonical-json.js';
import { isExactNumber } from '../../model/json/exact-number.js';
import { semanticId } from '../../model/outputs/semantic-id.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import { addDecimals, negateDecimal, parseDecimal } from '../../model/records/decimal.js';
import type { Correction, CorrectionAction, ListedBecause } from './correction.js';
import type { CorrectionFinding } from './finding.js';

/** What the corrections of a run are made with. */
export interface CorrectionMaker {
  readonly worker: string;
  readonly partitions: readonly PartitionId[];
  /** The value that takes a recorded one back, in a box; null for an output that declares no way. */
  retract(output: string, recorded: unknown): { readonly value: unknown } | null;
}

/** What is to be done, and with which value. */
export interface PlannedAction {
  readonly action: CorrectionAction;
  readonly value: unknown;
  readonly listedBecause: ListedBecause | null;
}

/** What is to be done about one finding: its kind decides. A retraction comes before what is sent in its place. */
export function actionsOfFinding(finding: CorrectionFinding, maker: CorrectionMaker): readonly PlannedAction[] {
  const { kind, intended, recorded } = finding;
  switch (kind) {
    case 'effect':
    case 'undeclared':
      return [{ action: 'list', value: intended?.value ?? null, listedBecause: kind }];
    case 'latest':
      return [intended === null ? retraction(finding, maker) : send(intended.value)];
    case 'event':
      return [
        ...(recorded === null ? [] : [retraction(finding, maker)]),
        ...(intended === null ? [] : [send(intended.value)]),
      ];
    case 'delta':
      return actionsOfDelta(finding, maker);
  }
}

/** The same with ids. */
export function correctionsOfFinding(finding: CorrectionFinding, maker: CorrectionMaker): readonly Correction[] {
  const { output, kind, key, offset, time, ordinal, businessId, intended, recorded, reason, occurrence } = finding;
  const { source, topic, incarnation, partition } = maker.partitions[finding.partition] as PartitionId;
  const identity = { output, key, source, topic, incarnation, partition, offset, ordinal, businessId };
  const id = semanticId(maker.worker, identity);
  return actionsOfFinding(finding, maker).map((planned) => ({
    id: hashOnce('sha256', canonicalJson([id, output, planned.action, planned.value, recorded, occurrence])),
    ...{ action: planned.action, output, kind, key, value: planned.value },
    ...{ event: { topic, partition, offset }, time, ordinal, semanticId: id },
    ...{ replaces: recorded, intended, reason, listedBecause: planned.listedBecause },
  }));
}

function actionsOfDelta(finding: CorrectionFinding, maker: CorrectionMaker): readonly PlannedAction[] {
  const { intended, recorded } = finding;
  if (intended === null) return [retraction(finding, maker)];
  if (recorded === null) return [send(intended.value)];
  const difference = valueDifference(intended.value, recorded.value);
  return difference === undefined ? [retraction(finding, maker), send(intended.value)] : [send(difference)];
}

function send(value: unknown): PlannedAction {
  return { action: 'send', value, listedBecause: null };
}

function retraction({ output, kind, recorded }: CorrectionFinding, maker: CorrectionMaker): PlannedAction {
  const declared = maker.retract(output, recorded?.value);
  if (declared !== null) return { action: 'retract', value: declared.value, listedBecause: null };
  const opposite = kind === 'delta' ? negated(recorded?.value) : undefined;
  if (opposite !== undefined) return { action: 'retract', value: opposite, listedBecause: null };
  return { action: 'list', value: null, listedBecause: 'not-retractable' };
}

/**
 * What must be added to `recorded` to come to `intended`: for numbers, or objects of numbers field by field, where a
 * missing field is 0. Undefined where the values are neither, or no number is their difference to the last digit.
 */
function valueDifference(intended: unknown, recorded: unknown): unknown {
  if (typeof intended === 'number' && typeof recorded === 'number') return exactDifference(intended, recorded);
  if (!isNumbers(intended) || !isNumbers(recorded)) return undefined;
  const fields: [name: string, value: number][] = [];
  for (const name of new Set([...Object.keys(intended), ...Object.keys(recorded)])) {
    const difference = exactDifference(numberOf(intended, name), numberOf(recorded, name));
    if (difference === undefined) return undefined;
    fields.push([name, difference]);
  }
  return Object.fromEntries(fields);
}

/** What takes a delta back, where it is of numbers. */
function negated(recorded: unknown): unknown {
  return valueDifference(typeof recorded === 'number' ? 0 : {}, recorded);
}

/** The difference of the decimals that both numbers are written as; undefined where no number is that very decimal. */
function exactDifference(intended: number, recorded: number): number | undefined {
  const difference = intended - recorded;
  if (Number.isSafeInteger(intended) && Number.isSafeInteger(recorded) && Number.isSafeInteger(difference)) {
    return difference + 0;
  }
  const [one, other] = [parseDecimal(String(intended)), parseDecimal(String(recorded))];
  if (one === null || other === null) return undefined;
  const text = addDecimals(one, negateDecimal(other));
  return isExactNumber(text) ? Number(text) : undefined;
}

function numberOf(value: Readonly<Record<string, number>>, name: string): number {
  return Object.hasOwn(value, name) ? (value[name] ?? 0) : 0;
}

function isNumbers(value: unknown): value is Readonly<Record<string, number>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((field) => typeof field === 'number');
}
