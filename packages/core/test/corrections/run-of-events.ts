import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createMemoryRecordedOutputs,
  type MemoryOutput,
  type MemoryRecordOptions,
} from '../../src/sources/records/memory-recorded-outputs.js';
import type { IntendedOutput, OutputKind } from '../../src/model/outputs/output.js';
import type { Correction, CorrectionCounts } from '../../src/evidence/corrections/correction.js';
import { findCorrections, type CorrectionsInput } from '../../src/evidence/corrections/find-corrections.js';
import type { IntendedRun } from '../../src/evidence/corrections/intended-run.js';

/** An output as a test writes it. */
export interface Emitted {
  readonly output: string;
  readonly key: string;
  readonly value: unknown;
  readonly id?: string;
}

/** An event with what the worker intends for it, in the order of the run. */
export interface TestEvent {
  readonly partition?: number;
  readonly offset: number;
  readonly time?: number | null;
  readonly outputs: readonly Emitted[];
}

const kinds: Readonly<Record<string, OutputKind>> = {
  booked: 'event',
  noted: 'event',
  balance: 'latest',
  sum: 'delta',
  mail: 'effect',
};

export interface RunOptions extends Partial<Omit<IntendedRun, 'lanes' | 'partitions'>> {
  readonly from?: readonly number[];
  readonly target?: readonly number[];
  readonly logEnd?: readonly number[];
  /** One lane for each partition. */
  readonly local?: boolean;
}

/** A run that intended the outputs of these events, in this order. */
export function runOf(events: readonly TestEvent[], options: RunOptions = {}): IntendedRun {
  const { from = [], target = [], logEnd = [], local = false, ...more } = options;
  const count = Math.max(1, from.length, target.length, ...events.map(({ partition = 0 }) => partition + 1));
  const partitions = Array.from({ length: count }, (_, partition) => {
    const offsets = events.filter((event) => (event.partition ?? 0) === partition).map(({ offset }) => offset + 1);
    const end = target[partition] ?? Math.max(0, ...offsets);
    const id = { source: 's', topic: 't', incarnation: '', partition };
    return { ...id, from: from[partition] ?? 0, target: end, logEnd: logEnd[partition] ?? end };
  });
  const replayed = events.filter(({ partition = 0, offset }) => {
    const part = partitions[partition];
    return part !== undefined && offset >= part.from && offset < part.target;
  });
  const numbers = partitions.map((_, index) => index);
  const lanes = (local ? numbers.map((number) => [number]) : [numbers]).map((own) => ({
    partitions: own,
    read: () => outputsOf(replayed.filter(({ partition = 0 }) => own.includes(partition))),
  }));
  return {
    ...{ worker: 'w', kinds, partitions, lanes, orderIsKnown: !local, orderMayDiffer: false },
    ...{ inScope: () => true, notReplayed: () => false, doubtful: () => false },
    ...more,
  };
}

export function outputsOf(events: readonly TestEvent[]): readonly IntendedOutput[] {
  let seq = 0;
  return events.flatMap(({ partition = 0, offset, time = offset * 1000, outputs }) =>
    outputs.map(({ output, key, value, id }, slot): IntendedOutput => {
      const ordinal = outputs.slice(0, slot).filter((other) => other.output === output && other.key === key).length;
      const kind = Object.hasOwn(kinds, output) ? (kinds[output] ?? 'undeclared') : 'undeclared';
      const identity = { source: 's', topic: 't', incarnation: '', partition, offset, time, ordinal };
      return { seq: seq++, output, kind, key, ...identity, businessId: id ?? null, value };
    }),
  );
}

/** The records of a service that handled these events. */
export function recordsOf(events: readonly TestEvent[]): readonly MemoryOutput[] {
  return events.flatMap(({ partition = 0, offset, outputs }) =>
    outputs.map(({ output, key, value, id }) => ({
      ...{ output, key, value, event: { topic: 't', partition, offset }, businessId: id ?? null },
    })),
  );
}

export interface Compared {
  readonly counts: CorrectionCounts;
  readonly corrections: readonly Correction[];
  readonly unknown: readonly { readonly reason: string }[];
  readonly spilled: number;
}

/** Retracts `booked` with the opposite; `noted` declares no way. */
const retract: CorrectionsInput['retract'] = (output, value) =>
  output === 'booked' ? { value: { undo: value } } : null;

/** Compares, with a scratch folder that must be empty afterwards. */
export async function compare(
  run: IntendedRun,
  records: readonly MemoryOutput[],
  options: MemoryRecordOptions & Partial<Omit<CorrectionsInput, 'run' | 'recorded'>> = {},
): Promise<Compared> {
  const folder = mkdtempSync(join(tmpdir(), 'eventmend-corrections-'));
  try {
    const recorded = createMemoryRecordedOutputs(records, options);
    const found = await findCorrections({ retract, ...options, run, recorded, scratch: folder });
    const corrections = [...found.list()];
    if (JSON.stringify([...found.list()]) !== JSON.stringify(corrections)) throw new Error('a second reading differs');
    found.close();
    if (readdirSync(folder).length > 0) throw new Error('the scratch folder is not empty');
    const { counts, unknown, spilled } = found;
    return { counts, corrections, unknown, spilled };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
