/**
 * What an output means to its receivers, which decides what a correction looks like: an `event` happened, a `latest` value
 * replaces the one before, a `delta` is added up, an `effect` did something in the world (an e-mail, a payment) and is
 * listed, never carried out again.
 */
export type OutputKind = 'event' | 'latest' | 'delta' | 'effect';

export interface OutputDeclaration {
  readonly kind: OutputKind;
  /** The value that takes a wrongly sent one back; without it a wrong output is listed as not retractable. */
  readonly retract?: (value: unknown) => unknown;
}

/** One intended output, as the run store and the export give it. */
export interface IntendedOutput {
  /** Position in the golden list of its lane, from 0. */
  readonly seq: number;
  readonly output: string;
  /** `undeclared` is never published. */
  readonly kind: OutputKind | 'undeclared';
  readonly key: string;
  /** Which event it came from, as in the event's identity. */
  readonly source: string;
  readonly topic: string;
  readonly incarnation: string;
  readonly partition: number;
  readonly offset: number;
  /** Effective time of the event in milliseconds; null before the first timestamp. */
  readonly time: number | null;
  /** Which of the outputs with this name and key that the event gave, from 0. */
  readonly ordinal: number;
  /** The worker's business id, where it gave one. */
  readonly businessId: string | null;
  readonly value: unknown;
}
