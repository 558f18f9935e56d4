import type { PartitionId } from '../log/partition-id.js';

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
  /** What its values tell about states: by it a diagnosis follows the live service through its errors. */
  readonly reveals?: readonly StateEvidence[];
  /**
   * Dotted paths of fields that are others each time it is sent (the time of sending, a random id), or that something behind the
   * service adds; in a list, of each item. They are published and never compared.
   */
  readonly volatile?: readonly string[];
}

/**
 * What a value of an output tells about the state of a key right after the event, as data: a balance that travels with
 * each booking, say. Without it a diagnosis loses sight of a key once the service has handled it wrongly.
 */
export interface StateEvidence {
  /** Dotted path in the output's value to the name of the key; the output's own key where absent. */
  readonly key?: string;
  /** By dotted path in the state: the dotted path in the output's value that holds the same. '' is the whole value. */
  readonly fields: Readonly<Record<string, string>>;
  /** How far a number of the output may lie from the state's, by path in the state: half a unit of the last digit of a rounded one. 0 where absent. */
  readonly within?: Readonly<Record<string, number>>;
}

/** One intended output, as the run store and the export give it, and which event it came from, as in the event's identity. */
export interface IntendedOutput extends PartitionId {
  /** Position in the golden list of its lane, from 0. */
  readonly seq: number;
  readonly output: string;
  /** `undeclared` is never published. */
  readonly kind: OutputKind | 'undeclared';
  readonly key: string;
  readonly offset: number;
  /** Effective time of the event in milliseconds; null before the first timestamp. */
  readonly time: number | null;
  /** Which of the outputs with this name and key that the event gave, from 0. */
  readonly ordinal: number;
  /** The worker's business id, where it gave one. */
  readonly businessId: string | null;
  readonly value: unknown;
}
