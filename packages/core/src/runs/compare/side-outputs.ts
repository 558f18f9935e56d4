import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { IntendedOutput } from '../../model/outputs/output.js';
import type { RecordedOutput, RecordedOutputs } from '../../model/records/recorded-outputs.js';
import type { SideOutput } from './compared-key.js';
import { OrderedOutputs, refuseIfStopped } from './order-rows.js';
import type { OrderedTexts } from './ordered-texts.js';
import type { OutputStretch } from './output-stretch.js';

/** By what two outputs are known to be the same one: the event that they are of, or their own business id. */
export type OutputIdentityKind = 'event' | 'business-id';

/** The outputs of one side, in order. */
export interface SideOutputs {
  readonly read: () => Iterable<SideOutput>;
  /** Of events that are on no log. */
  readonly besideLog: number;
}

interface EventOfOutput {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

function idOf({ topic, partition, offset }: EventOfOutput, output: string): string {
  return JSON.stringify([topic, partition, offset, output]);
}

/** What a run intended, within the stretch. */
export function orderIntended(
  outputs: Iterable<IntendedOutput>,
  by: OutputIdentityKind,
  stretch: OutputStretch,
  texts: OrderedTexts,
): SideOutputs {
  const ordered = new OrderedOutputs(texts);
  let besideLog = 0;
  for (const intended of outputs) {
    const where = stretch.locate(intended);
    if (where === 'beside-log') besideLog++;
    if (where !== 'inside') continue;
    const { key, output, value, businessId } = intended;
    const id = by === 'business-id' && businessId !== null ? businessId : idOf(intended, output);
    ordered.add({ key, id, output, value });
  }
  return { read: () => ordered.read(), besideLog };
}

/**
 * Outputs that somebody says are the right ones. The first of them decides by what all are known.
 * @throws RecoveryError `invalid-field` for one that does not name its key, and an event or an id as the first does
 */
export async function orderTruth(
  truth: RecordedOutputs,
  stretch: OutputStretch,
  texts: OrderedTexts,
  signal: AbortSignal | undefined,
): Promise<SideOutputs & { readonly by: OutputIdentityKind }> {
  const ordered = new OrderedOutputs(texts);
  const { location } = await truth.describe();
  let by: OutputIdentityKind | null = null;
  for await (const batch of truth.read()) {
    refuseIfStopped(signal);
    for (const record of batch) {
      by ??= record.event === null ? 'business-id' : 'event';
      if (record.event !== null && !stretch.isInside(record.event)) continue;
      addRecord(ordered, record, by, location);
    }
  }
  return { read: () => ordered.read(), besideLog: 0, by: by ?? 'event' };
}

function addRecord(ordered: OrderedOutputs, record: RecordedOutput, by: OutputIdentityKind, location: string): void {
  const { key, output, value, event, businessId } = record;
  const id = by === 'business-id' ? businessId : event === null ? null : idOf(event, output);
  if (key === null) throw unusable(record, location, 'names no key');
  if (id === null)
    throw unusable(record, location, by === 'event' ? 'names no event' : 'names neither an event nor an id');
  ordered.add({ key, id, output, value });
}

function unusable({ seq }: RecordedOutput, location: string, what: string): RecoveryError {
  return new RecoveryError('invalid-field', `output ${seq + 1} of ${location} ${what}`, {
    hint: 'outputs of the truth need columns output, key and value, and topic, partition and offset of their event, or an id',
    details: { location, row: seq + 1 },
  });
}
