import type { EmittedOutput } from '../../worker/worker-instance.js';
import type { LaneObserver } from '../../engine/fold/lane-observer.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import type { WorkerEvent } from '../../worker/worker.js';
import { businessIdIn } from '../../sources/rows/business-id-header.js';
import type { OutputValues } from '../compare/output-values.js';
import type { CheckDifference, OutputAgreement } from './check-report.js';
import { shownValue, type FieldTally } from './field-tally.js';
import { matchOutputs, type OutputMatch } from './match-outputs.js';
import { eventIdName, outputId, placeName, type RecordedRange } from './spool-recorded-outputs.js';
import type { SpooledOutput, SpooledOutputs, SpooledPartition } from './spooled-outputs.js';

/** Which outputs are compared, and of which events all of them must have been recorded. */
export interface OutputStretch {
  /** Events before this moment are left alone; null for none. */
  readonly from: number | null;
  readonly ranges: readonly RecordedRange[];
  /** From when and until when everything was kept, where the record says so. */
  readonly keptFrom: number | null;
  readonly keptUntil: number | null;
}

/** @param isCompared an output was held against a recorded one; else the event had to leave none, or should have */
type LookedAt = (event: WorkerEvent, entries: readonly { readonly key: string }[], isCompared: boolean) => void;

type Disagreement = Exclude<OutputMatch, { readonly kind: 'equal' | 'repeated' }>;
type Counts = { -readonly [Name in keyof OutputAgreement]: OutputAgreement[Name] };

/** The disagreements around one key, kept apart until it is known whether the order may explain them. */
interface Suspicion {
  readonly byOutput: Map<string, number>;
  readonly place: number;
  readonly first: CheckDifference;
}

/**
 * Looks on while a worker is replayed and holds each output against what the service recorded of the same event. Memory
 * follows the number of keys with a disagreement, never that of outputs.
 */
export class OutputComparison implements LaneObserver {
  readonly #spooled: SpooledOutputs;
  readonly #stretch: OutputStretch;
  readonly #fields: FieldTally;
  readonly #values: OutputValues;
  readonly #looked: LookedAt;
  readonly #partitions = new Map<string, Walk>();
  readonly #counts = new Map<string, Counts>();
  readonly #suspicions = new Map<string, Suspicion>();
  #place = 0;

  /** @param looked is told of each event of which all that was recorded, or some of it, was held against its outputs */
  constructor(
    spooled: SpooledOutputs,
    stretch: OutputStretch,
    values: OutputValues,
    fields: FieldTally,
    looked: LookedAt = () => {},
  ) {
    this.#values = values;
    this.#looked = looked;
    this.#spooled = spooled;
    this.#stretch = stretch;
    this.#fields = fields;
  }

  readonly applied: LaneObserver['applied'] = (event, now, entries, outputs) => {
    this.#place++;
    const walk = this.#walk(event);
    this.#takeUnclaimed(walk, event);
    const recorded = [...walk.records.at(event.offset), ...this.#named(event, outputs)];
    if (this.#stretch.from !== null && now < this.#stretch.from) return;
    const keptWhole = this.#wasKept(walk, event.offset, now);
    if (recorded.length === 0 && !keptWhole) return;
    this.#looked(event, entries, outputs.length > 0 && recorded.length > 0);
    for (const match of matchOutputs(outputs, recorded, this.#values)) {
      // At the edge of the record some outputs of an event may have been kept and others not.
      if (match.kind !== 'missing' || keptWhole) this.#take(match, entries[0]?.key ?? '', event);
    }
  };

  /** The worker did not come to an end with it: nothing can be held against what the service sent. */
  readonly parked: LaneObserver['parked'] = (partition, offset) => {
    const walk = this.#walk(partition);
    this.#takeUnclaimed(walk, { ...partition, offset });
    walk.records.at(offset);
  };

  /**
   * Closes the comparison once the replay has reached the end of the stretch.
   * @param isDetermined for which keys no permissible order explains a difference
   */
  finish(
    isDetermined: (key: string) => boolean,
    ends: readonly (PartitionId & { readonly next: number })[],
  ): { readonly outputs: readonly OutputAgreement[]; readonly first: CheckDifference | null } {
    for (const end of ends) this.#takeUnclaimed(this.#walk(end), { ...end, offset: end.next });
    let first: Suspicion | null = null;
    for (const [key, suspicion] of this.#suspicions) {
      if (isDetermined(key)) {
        if (first === null || suspicion.place < first.place) first = suspicion;
        continue;
      }
      for (const [output, count] of suspicion.byOutput) this.#countsOf(output).undetermined += count;
    }
    const outputs = [...this.#counts.values()].sort((a, b) => (a.output < b.output ? -1 : 1));
    return { outputs, first: first?.first ?? null };
  }

  /** Records of events that the replay passed by: skipped as duplicates, or not in the log at all. */
  #takeUnclaimed({ records, range }: Walk, at: Pick<WorkerEvent, 'topic' | 'partition' | 'offset'>): void {
    for (const { output, key, value } of records.before(at.offset)) {
      if (range === null || this.#stretch.from !== null) continue;
      this.#take({ kind: 'extra', output, key, recorded: value }, unclaimed, at);
    }
  }

  #named(event: WorkerEvent, outputs: readonly EmittedOutput[]): readonly SpooledOutput[] {
    const id = businessIdIn(event.headers);
    const found = id === null ? [] : [...this.#spooled.named(eventIdName(id))];
    for (const { businessId } of outputs) {
      if (businessId === null) continue;
      found.push(...this.#spooled.named(outputId(businessId)).map((one) => ({ ...one, businessId })));
    }
    return found;
  }

  #wasKept({ range }: Walk, offset: number, now: number): boolean {
    const { keptFrom, keptUntil } = this.#stretch;
    const afterFirst = keptFrom === null ? range !== null && offset > range.first : now >= keptFrom;
    const beforeLast = keptUntil === null ? range !== null && offset < range.last : now <= keptUntil;
    return afterFirst && beforeLast;
  }

  #take(match: OutputMatch, eventKey: string, event: Pick<WorkerEvent, 'topic' | 'partition' | 'offset'>): void {
    const counts = this.#countsOf(match.output);
    if (match.kind === 'repeated') {
      counts.repeated++;
      return;
    }
    counts.compared++;
    if (match.kind === 'equal') {
      counts.agreeing++;
      this.#fields.addEqual(match.output);
      return;
    }
    counts[match.kind]++;
    const { key } = match;
    if (match.kind === 'differing') {
      const { output } = match;
      const comparable = (value: unknown): unknown => this.#values.comparable(output, value);
      const [expected, recorded] = [comparable(match.expected), comparable(JSON.parse(match.recorded))];
      this.#fields.add(output, key ?? '', expected, recorded, (...field) => this.#values.sameField(output, ...field));
    }
    const suspicion = this.#suspicions.get(eventKey);
    if (suspicion === undefined) {
      const first = differenceOf(match, event, this.#values);
      this.#suspicions.set(eventKey, { byOutput: new Map([[match.output, 1]]), place: this.#place, first });
    } else suspicion.byOutput.set(match.output, (suspicion.byOutput.get(match.output) ?? 0) + 1);
  }

  #countsOf(output: string): Counts {
    let counts = this.#counts.get(output);
    if (counts === undefined) {
      const none = { compared: 0, agreeing: 0, differing: 0, missing: 0, extra: 0, undetermined: 0, repeated: 0 };
      const volatile = this.#values.volatileOf(output);
      this.#counts.set(output, (counts = { output, ...none, ...(volatile.length > 0 ? { volatile } : {}) }));
    }
    return counts;
  }

  #walk({ topic, partition }: Pick<PartitionId, 'topic' | 'partition'>): Walk {
    const name = placeName(topic, partition);
    let walk = this.#partitions.get(name);
    if (walk === undefined) {
      const range = this.#stretch.ranges.find((one) => one.topic === topic && one.partition === partition) ?? null;
      this.#partitions.set(name, (walk = { records: this.#spooled.partition(topic, partition), range }));
    }
    return walk;
  }
}

interface Walk {
  readonly records: SpooledPartition;
  /** Null where nothing was recorded of the partition. */
  readonly range: RecordedRange | null;
}

/** Stands for the keys of an event that was not applied: nobody asked for them. */
const unclaimed = '';

function differenceOf(
  match: Disagreement,
  { topic, partition, offset }: Pick<WorkerEvent, 'topic' | 'partition' | 'offset'>,
  values: OutputValues,
): CheckDifference {
  const { output } = match;
  const seen = { in: 'output', output, event: { topic, partition, offset } } as const;
  const key = match.key ?? '';
  switch (match.kind) {
    case 'missing':
      return { seen, key, path: '$', expected: shownValue(match.expected), recorded: 'nothing' };
    case 'extra':
      return { seen, key, path: '$', expected: 'nothing', recorded: shownValue(JSON.parse(match.recorded)) };
    case 'differing': {
      const difference = values.difference(output, match.expected, JSON.parse(match.recorded));
      const { path, left, right } = difference ?? { path: '$', left: match.expected, right: match.recorded };
      return { seen, key, path, expected: shownValue(left), recorded: shownValue(right) };
    }
  }
}
