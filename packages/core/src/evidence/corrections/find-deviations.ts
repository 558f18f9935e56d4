import type { IntendedOutput } from '../../model/outputs/output.js';
import type { RecordedEventRef, RecordedOutput } from '../../model/records/recorded-outputs.js';
import type { OutputValues } from '../compare/output-values.js';
import type { UnknownReason } from './correction.js';
import type { Doubts } from './doubts.js';
import type { CorrectionFinding } from './finding.js';
import { kindOf, type IntendedRun } from './intended-run.js';
import type { IntendedEvent } from './intended-events.js';
import type { JoinListener } from './join-outputs.js';
import { knowsNewest, LatestValues, type LatestValue } from './latest-values.js';
import type { SurplusListener } from './place-surplus.js';
import type { RecordedStretch } from './recorded-stretch.js';
import type { Tally } from './tally.js';

/** Takes findings, by the place of their event in the run, and gives those of one event back. */
interface FindingBook {
  add(place: number, finding: CorrectionFinding): void;
  at(place: number): readonly CorrectionFinding[];
}

/** Behind all outputs of an event. */
const notIntendedSlot = Number.MAX_SAFE_INTEGER;

export interface DeviationRooms {
  readonly run: IntendedRun;
  readonly doubts: Doubts;
  readonly stretch: RecordedStretch;
  readonly tally: Tally;
  readonly values: OutputValues;
  /** Where what deviates goes. */
  readonly findings: FindingBook;
}

/** Says of every output and record how it stands, and keeps what deviates. */
export class DeviationFinder implements JoinListener, SurplusListener {
  readonly #rooms: DeviationRooms;
  readonly #latest: LatestValues;

  constructor(rooms: DeviationRooms) {
    this.#rooms = rooms;
    this.#latest = new LatestValues(rooms.values);
  }

  recorded(record: RecordedOutput, partition: number): void {
    if (record.key !== null && this.#isLatest(record)) this.#latest.record(record, record.key, partition);
  }

  newer(record: RecordedOutput): void {
    this.#rooms.tally.outsideRun++;
    if (record.key !== null && this.#isLatest(record)) this.#latest.newer(record.output, record.key);
  }

  older(): void {
    this.#rooms.tally.outsideRun++;
  }

  stray(record: RecordedOutput, reason: UnknownReason): void {
    if (reason === 'ambiguous') this.#rooms.doubts.noteUnattributed(record);
    this.#rooms.tally.unknownRecord(record, reason);
  }

  before(event: IntendedEvent): void {
    event.outputs.forEach((output, slot) => {
      this.#rooms.tally.intended++;
      if (output.kind === 'latest') this.#followLatest(event, output, slot, null);
      else this.#unknown('outside-recorded-stretch', output);
    });
  }

  joined(event: IntendedEvent, records: readonly (RecordedOutput | null)[]): void {
    event.outputs.forEach((output, slot) => {
      this.#compare(event, output, slot, records[slot] ?? null);
    });
  }

  leftOver(event: IntendedEvent, records: readonly (RecordedOutput | null)[]): void {
    const covered = this.#rooms.stretch.covers(event);
    event.outputs.forEach((output, slot) => {
      const record = records[slot] ?? null;
      if (covered || record !== null || output.kind === 'latest') this.#compare(event, output, slot, record);
      else {
        this.#rooms.tally.intended++;
        this.#unknown('outside-recorded-stretch', output);
      }
    });
  }

  surplus(event: IntendedEvent, slot: number, record: RecordedOutput, occurrence: number): void {
    const { doubts, stretch, tally } = this.#rooms;
    const output = event.outputs[slot] as IntendedOutput;
    const doubt = stretch.isBefore(event) ? 'outside-recorded-stretch' : doubts.ofKey(output.key, output);
    if (output.kind === 'latest') tally.add('superseded');
    else if (doubt !== null) tally.unknownRecord(record, doubt);
    else if (output.businessId !== null && record.businessId !== null) this.#sameIdAgain(event, output, record);
    else {
      tally.add('toRetract');
      const { value } = this.#exchange(event, output, record) ?? record;
      this.#put(event.place, { ...findingOf(event, slot), ...this.#wrong(value, output, output.key), occurrence });
    }
  }

  notIntended(place: number, partition: number, record: RecordedOutput, ordinal: number): void {
    const { run, doubts, tally } = this.#rooms;
    const { output, businessId, time, value } = record;
    const event = record.event ?? { topic: '', partition: -1, offset: 0 };
    const { offset } = event;
    const key = record.key ?? '';
    if (!run.inScope(key)) {
      tally.outsideRun++;
      return;
    }
    const kind = kindOf(run, output);
    const doubt = run.notReplayed(partition, offset) ? 'event-not-replayed' : doubts.ofKey(key, event);
    const finding: CorrectionFinding = {
      ...{ slot: notIntendedSlot, output, kind, key, partition, offset, time, ordinal, businessId, intended: null },
      ...this.#wrong(value, event, key),
      occurrence: 0,
    };
    if (doubt !== null) tally.unknownRecord(record, doubt);
    else if (kind === 'latest') {
      tally.add('superseded');
      this.#latest.orphan(record, { place, finding });
    } else {
      tally.add('toRetract');
      this.#put(place, finding);
    }
  }

  /** Behind the last record: what became of the latest values. */
  finish(): void {
    for (const value of this.#latest.values()) {
      if (value.hasNewer) continue;
      if (value.intended !== null) this.#judgeLatest(value, value.intended);
      else if (value.orphan !== null) this.#judgeOrphan(value.orphan.place, value.orphan.finding);
    }
  }

  #compare(event: IntendedEvent, output: IntendedOutput, slot: number, record: RecordedOutput | null): void {
    const { tally, doubts } = this.#rooms;
    tally.intended++;
    if (output.kind === 'latest') this.#followLatest(event, output, slot, record);
    else if (record !== null && this.#same(output, record.value)) tally.add('done');
    else this.#deviates(event, slot, record, doubts.ofOutput(output, record === null));
  }

  /** Counted as done or superseded until it is known which value of the key is the last. */
  #followLatest(event: IntendedEvent, output: IntendedOutput, slot: number, record: RecordedOutput | null): void {
    const same = record !== null && this.#same(output, record.value);
    this.#latest.intended(event, slot, same);
    if (record?.key === null) this.#latest.record(record, output.key, event.partition);
    this.#rooms.tally.add(same ? 'done' : 'superseded');
  }

  #judgeLatest(value: LatestValue, { event, slot, same }: NonNullable<LatestValue['intended']>): void {
    const { tally, stretch } = this.#rooms;
    const { record } = value;
    const output = event.outputs[slot] as IntendedOutput;
    const newest = knowsNewest(value, stretch.order);
    tally.add(same ? 'done' : 'superseded', -1);
    if (record !== null && newest && this.#same(output, record.value)) tally.add('done');
    else {
      const covered = record === null ? stretch.covers(event) : stretch.reaches(event);
      const doubt = this.#rooms.doubts.ofOutput(output, record === null);
      const reason = covered ? (newest ? doubt : 'order-of-records') : 'outside-recorded-stretch';
      this.#deviates(event, slot, record, reason);
    }
  }

  #judgeOrphan(place: number, finding: CorrectionFinding): void {
    const { run, tally } = this.#rooms;
    tally.add('superseded', -1);
    if (run.partitions.every(({ from }) => from === 0)) {
      tally.add('toRetract');
      this.#put(place, finding);
    } else {
      // What the key had before the run is not known to it, so nothing can be put in the record's place.
      const { output, key, offset } = finding;
      const { topic = '', partition = 0 } = run.partitions[finding.partition] ?? {};
      tally.unknown('event-not-replayed', output, key, { topic, partition, offset });
    }
  }

  #deviates(
    event: IntendedEvent,
    slot: number,
    record: { readonly value: unknown } | null,
    doubt: UnknownReason | null,
  ): void {
    const output = event.outputs[slot] as IntendedOutput;
    if (doubt !== null) {
      this.#unknown(doubt, output);
      return;
    }
    const { kind, key, ordinal, businessId, value } = output;
    const { partition, offset, time } = event;
    const standing = record === null ? 'owed' : 'replaced';
    this.#rooms.tally.add(standing);
    // One literal, since there may be as many of these as there are events.
    this.#put(event.place, {
      standing,
      slot,
      output: output.output,
      kind,
      key,
      partition,
      offset,
      time,
      ordinal,
      businessId,
      intended: { value },
      recorded: record === null ? null : { value: record.value },
      reason: this.#rooms.doubts.reasonOf(output, key),
      occurrence: 0,
    });
  }

  /** One id is one output to its receivers: to retract the second would take back the first. */
  #sameIdAgain(event: IntendedEvent, output: IntendedOutput, record: RecordedOutput): void {
    const { tally } = this.#rooms;
    if (!this.#same(output, record.value)) tally.unknownRecord(record, 'contradiction');
    else if (this.#takeBackReplaced(event, output, record) === null) tally.add('superseded');
    else {
      this.#unknown('contradiction', output);
      tally.unknownRecord(record, 'contradiction');
    }
  }

  /** A surplus record that is right, where the one that took its place is not: the wrong one is the surplus. */
  #exchange(event: IntendedEvent, output: IntendedOutput, record: RecordedOutput): { readonly value: unknown } | null {
    const wrong = this.#takeBackReplaced(event, output, record);
    if (wrong !== null) this.#rooms.tally.add('done');
    return wrong;
  }

  /** What was recorded for an output that has this value and another record; it then counts as nothing. */
  #takeBackReplaced(
    event: IntendedEvent,
    output: IntendedOutput,
    record: RecordedOutput,
  ): { readonly value: unknown } | null {
    const { findings, tally } = this.#rooms;
    const wrong = findings
      .at(event.place)
      .find(
        (finding) =>
          finding.standing === 'replaced' &&
          finding.output === output.output &&
          finding.key === output.key &&
          this.#rooms.values.same(output.output, finding.intended?.value, record.value),
      );
    if (wrong === undefined) return null;
    findings.add(event.place, { ...wrong, standing: 'cancelled' });
    tally.add('replaced', -1);
    return wrong.recorded;
  }

  #wrong(
    value: unknown,
    event: RecordedEventRef,
    key: string,
  ): Pick<CorrectionFinding, 'standing' | 'intended' | 'recorded' | 'reason'> {
    return {
      standing: 'surplus',
      intended: null,
      recorded: { value },
      reason: this.#rooms.doubts.reasonOf(event, key),
    };
  }

  /** As far as anybody can tell: rounded as declared, the last bits of fractions, absent as null. */
  #same({ output, value }: IntendedOutput, recorded: unknown): boolean {
    return this.#rooms.values.same(output, value, recorded);
  }

  #put(place: number, finding: CorrectionFinding): void {
    this.#rooms.findings.add(place, finding);
  }

  #unknown(reason: UnknownReason, { output, key, topic, partition, offset }: IntendedOutput): void {
    this.#rooms.tally.unknown(reason, output, key, { topic, partition, offset });
  }

  #isLatest({ output }: RecordedOutput): boolean {
    return kindOf(this.#rooms.run, output) === 'latest';
  }
}

function findingOf(event: IntendedEvent, slot: number) {
  const { output, kind, key, ordinal, businessId } = event.outputs[slot] as IntendedOutput;
  const { partition, offset, time } = event;
  return { slot, output, kind, key, partition, offset, time, ordinal, businessId };
}
