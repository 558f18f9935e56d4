import type { RecordedOutput, RecordedEventRef } from '../../model/records/recorded-outputs.js';
import type { CorrectionAction, CorrectionCounts, UnknownOutput, UnknownReason } from './correction.js';

const examplesOfReason = 5;

type CorrectionStatus = 'done' | 'owed' | 'replaced' | 'toRetract' | 'superseded';

/** Counts standings, and keeps the first few outputs that nothing can be said about. */
export class Tally {
  intended = 0;
  recorded = 0;
  outsideRun = 0;
  readonly #standings: Record<CorrectionStatus, number> = {
    done: 0,
    owed: 0,
    replaced: 0,
    toRetract: 0,
    superseded: 0,
  };
  readonly #unknown: Record<UnknownReason, number> = {
    'outside-recorded-stretch': 0,
    'order-not-determined': 0,
    ambiguous: 0,
    contradiction: 0,
    'event-unknown': 0,
    'event-not-replayed': 0,
    'incomplete-state': 0,
    'order-of-records': 0,
  };
  readonly #examples: UnknownOutput[] = [];

  add(standing: CorrectionStatus, count = 1): void {
    this.#standings[standing] += count;
  }

  unknown(reason: UnknownReason, output: string, key: string | null, event: RecordedEventRef | null): void {
    if (this.#unknown[reason]++ < examplesOfReason) this.#examples.push({ reason, output, key, event });
  }

  unknownRecord({ output, key, event }: RecordedOutput, reason: UnknownReason): void {
    this.unknown(reason, output, key, event);
  }

  get examples(): readonly UnknownOutput[] {
    return this.#examples;
  }

  counts(actions: Readonly<Record<CorrectionAction, number>>): CorrectionCounts {
    const { intended, recorded, outsideRun } = this;
    return { intended, recorded, outsideRun, ...this.#standings, unknown: { ...this.#unknown }, actions };
  }
}
