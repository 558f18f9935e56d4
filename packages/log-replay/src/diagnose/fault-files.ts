import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { writeFileDurably, type RecordedEventRef, type EarlierText, type FaultKind } from '@eventmend/core/engine';
import type { Diagnosis } from './diagnosis.js';
import type { Fault } from './fault.js';
import type { FaultSink } from './fault-log.js';
import type { StateExplanations } from './from-states/state-explanations.js';
import type { OrderSensitivity } from './order-sensitivity/order-sensitivity.js';

/** Where a diagnosis lies in a store. */
export interface DiagnosisFiles {
  readonly folder: string;
  readonly diagnosis: string;
  /** Every fault, a line each. */
  readonly faults: string;
  readonly undetermined: string;
}

export function diagnosisFiles(store: string): DiagnosisFiles {
  const folder = join(store, 'diagnosis');
  return {
    folder,
    diagnosis: join(folder, 'diagnosis.json'),
    faults: join(folder, 'faults.ndjson'),
    undetermined: join(folder, 'undetermined.ndjson'),
  };
}

/** Writes faults into files beside the final ones; `keep` puts them in their place, `close` drops what was not kept. */
export interface FaultFiles extends FaultSink {
  keep(): void;
  close(): void;
}

const pieceLength = 1 << 16;

/** @param files where they will stand; half-written ones end in `.part` */
export function openFaultFiles(files: DiagnosisFiles): FaultFiles {
  mkdirSync(files.folder, { recursive: true });
  const faults = lineWriter(files.faults);
  const undetermined = lineWriter(files.undetermined);
  return {
    fault: (fault) => {
      faults.write(fault);
    },
    undetermined: (one) => {
      undetermined.write(one);
    },
    keep: () => {
      // It speaks of the faults that are replaced now.
      rmSync(files.diagnosis, { force: true });
      faults.keep();
      undetermined.keep();
    },
    close: () => {
      faults.close();
      undetermined.close();
    },
  };
}

function lineWriter(file: string) {
  const part = `${file}.part`;
  const handle = openSync(part, 'w');
  let piece = '';
  let open = true;
  const flush = (): void => {
    const bytes = Buffer.from(piece, 'utf8');
    piece = '';
    for (let written = 0; written < bytes.length;) written += writeSync(handle, bytes, written);
  };
  const close = (): void => {
    open = false;
    closeSync(handle);
  };
  return {
    write(row: unknown): void {
      piece += JSON.stringify(row) + '\n';
      if (piece.length >= pieceLength) flush();
    },
    close(): void {
      if (!open) return;
      close();
      rmSync(part);
    },
    keep(): void {
      flush();
      close();
      renameSync(part, file);
    },
  };
}

export function writeDiagnosis(files: DiagnosisFiles, diagnosis: Diagnosis): void {
  writeFileDurably(files.diagnosis, `${JSON.stringify(diagnosis, null, 2)}\n`);
}

/** The last diagnosis of a store; null where there is none, or one of another version. */
export function readDiagnosis(store: string): Diagnosis | null {
  const { diagnosis } = diagnosisFiles(store);
  if (!existsSync(diagnosis)) return null;
  try {
    const content = JSON.parse(readFileSync(diagnosis, 'utf8')) as Diagnosis | DiagnosisOfFormat1;
    if (content.format_version === 1) return withKeysNotKnown(fromFormat1(content));
    return (content.format_version as number) === 2 ? withKeysNotKnown(content) : null;
  } catch {
    return null; // one that was cut off is none: diagnosing again makes it whole
  }
}

/** It held sentences where there are coded cases now. */
interface DiagnosisOfFormat1 extends Omit<
  Diagnosis,
  'format_version' | 'start' | 'onset' | 'end' | 'missing' | 'states' | 'order'
> {
  readonly format_version: 1;
  readonly start: string;
  readonly onset: { readonly time: number; readonly evidence: string } | null;
  readonly end: { readonly time: number; readonly evidence: string } | null;
  readonly missing: readonly string[];
  readonly states: (Omit<StateExplanations, 'notCompared'> & { readonly notCompared: string | null }) | null;
  readonly order: (Omit<OrderSensitivity, 'notMeasured'> & { readonly notMeasured: string | null }) | null;
}

function fromFormat1({ start, onset, end, missing, states, order, ...same }: DiagnosisOfFormat1): Diagnosis {
  const textOrNull = (text: string | null): EarlierText | null => (text === null ? null : earlierText(text));
  return {
    ...same,
    format_version: 2,
    start: earlierText(start),
    onset: onset === null ? null : { ...onset, evidence: earlierText(onset.evidence) },
    end: end === null ? null : { ...end, evidence: earlierText(end.evidence) },
    missing: missing.map(earlierText),
    states: states === null ? null : { ...states, notCompared: textOrNull(states.notCompared) },
    order: order === null ? null : { ...order, notMeasured: textOrNull(order.notMeasured) },
  };
}

/** Earlier versions did not count keys that something unknown reached by themselves. */
function withKeysNotKnown(diagnosis: Diagnosis): Diagnosis {
  const live = diagnosis.live as Diagnosis['live'] | undefined;
  return live == null ? diagnosis : { ...diagnosis, live: { ...{ notKnown: 0 }, ...live } };
}

function earlierText(text: string): EarlierText {
  return { kind: 'text', text };
}

const readLength = 1 << 16;

/** All faults of the last diagnosis of a store, one by one: there may be as many as events. */
export function* readFaults(store: string): Iterable<Fault> {
  const { faults } = diagnosisFiles(store);
  if (!existsSync(faults)) return;
  const handle = openSync(faults, 'r');
  const decoder = new StringDecoder('utf8');
  const bytes = Buffer.alloc(readLength);
  let rest = '';
  try {
    for (;;) {
      const count = readSync(handle, bytes, 0, readLength, null);
      if (count === 0) return;
      const lines = (rest + decoder.write(bytes.subarray(0, count))).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield JSON.parse(line) as Fault;
    }
  } finally {
    closeSync(handle);
  }
}

/** Which fault an event suffered; null for one that was handled well. Memory follows the number of faults. */
interface FaultOf {
  (event: RecordedEventRef): { readonly kind: FaultKind } | null;
  /** Whether a fault was found that what follows for a key may come of. */
  readonly reaches: (key: string) => boolean;
  /** Whether the diagnosis says of the event that it cannot be told. */
  readonly isOpen: (event: RecordedEventRef) => boolean;
}

/**
 * Faults by event, from the last diagnosis of a store, where it was made with this worker and these outputs; null where it
 * was not: reasons from other evidence would mislead.
 */
export function readFaultsByEvent(
  store: string,
  made: { readonly workerHash: string; readonly outputsDigest: string | null },
): FaultOf | null {
  const diagnosis = readDiagnosis(store);
  if (diagnosis === null || diagnosis.evidence === 'none' || diagnosis.scope !== null) return null;
  if (diagnosis.worker.hash !== made.workerHash || diagnosis.outputsDigest !== made.outputsDigest) return null;
  const faults = new Map<string, { readonly kind: FaultKind }>();
  const reached = new Set<string>();
  const open = openEvents(store);
  let connects = false;
  for (const { kind, event, other, keys } of readFaults(store)) {
    const fault = { kind };
    // What was not sent, or sent again, left the state right: nothing follows from it.
    const changesState = kind !== 'not-sent' && kind !== 'sent-twice';
    if (changesState) for (const key of keys) reached.add(key);
    connects ||= changesState && keys.length > 1;
    faults.set(nameOf(event), fault);
    if (other !== null && !faults.has(nameOf(other))) faults.set(nameOf(other), fault);
  }
  // Where events name several keys, an error spreads over them, and how far is not followed here.
  const reaches = (key: string): boolean => connects || reached.has(key);
  return Object.assign((event: RecordedEventRef) => faults.get(nameOf(event)) ?? null, {
    reaches,
    isOpen: (event: RecordedEventRef) => open.has(nameOf(event)),
  });
}

/** Events of which a diagnosis says that they cannot be told. */
function openEvents(store: string): ReadonlySet<string> {
  const { undetermined } = diagnosisFiles(store);
  if (!existsSync(undetermined)) return new Set();
  const rows = readFileSync(undetermined, 'utf8')
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as { readonly event: RecordedEventRef | null }]));
  return new Set(rows.flatMap(({ event }) => (event === null ? [] : [nameOf(event)])));
}

function nameOf({ topic, partition, offset }: RecordedEventRef): string {
  return `${partition}@${offset} ${topic}`;
}
