import type { Scratch } from '../../evidence/corrections/scratch.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { IntendedOutput } from '../../model/outputs/output.js';
import type { RecordedOutput, RecordedOutputs } from '../../model/records/recorded-outputs.js';
import type { SideOutput } from './compared-key.js';
import { OrderedOutputs, refuseIfStopped } from './order-rows.js';
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

function idOf({ topic, partition, offset }: EventOfOutput, output: string, ordinal: number): string {
  return JSON.stringify([topic, partition, offset, output, ordinal]);
}

/** What a run intended, within the stretch. */
export function orderIntended(
  outputs: Iterable<IntendedOutput>,
  by: OutputIdentityKind,
  stretch: OutputStretch,
  scratch: Scratch,
): SideOutputs {
  const ordered = new OrderedOutputs(scratch);
  let besideLog = 0;
  for (const intended of outputs) {
    const where = stretch.locate(intended);
    if (where === 'beside-log') besideLog++;
    if (where !== 'inside') continue;
    const { key, output, value, ordinal, businessId } = intended;
    const id = by === 'business-id' && businessId !== null ? businessId : idOf(intended, output, ordinal);
    ordered.add({ key, id, output, value });
  }
  return { read: () => ordered.read(), besideLog };
}

/**
 * Outputs that somebody says are the right ones. The first of them decides by what all are known.
 * @throws RecoveryError `invalid-field` for one that names neither its key nor an event or id as the first does, and for two of one id
 */
export async function orderTruth(
  truth: RecordedOutputs,
  stretch: OutputStretch,
  scratch: Scratch,
  signal: AbortSignal | undefined,
): Promise<SideOutputs & { readonly by: OutputIdentityKind }> {
  const ordered = new OrderedOutputs(scratch);
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
  const lacks = key === null ? 'no key' : by === 'event' ? (event === null ? 'no event' : null) : null;
  if (key === null || lacks !== null) throw unusable(record, location, `names ${lacks ?? 'no key'}`);
  if (by === 'event' && event !== null) {
    let ordinal = 0;
    while (!ordered.add({ key, id: idOf(event, output, ordinal), output, value })) ordinal++;
    return;
  }
  if (businessId === null) throw unusable(record, location, 'names neither an event nor an id');
  if (!ordered.add({ key, id: businessId, output, value }))
    throw unusable(record, location, `has the id ${JSON.stringify(businessId.slice(0, 60))} of an earlier one`);
}

function unusable({ seq }: RecordedOutput, location: string, what: string): RecoveryError {
  return new RecoveryError('invalid-field', `output ${seq + 1} of ${location} ${what}`, {
    hint: 'outputs of the truth need columns output, key and value, and topic, partition and offset of their event, or an id',
    details: { location, row: seq + 1 },
  });
}
