/** One record that is to be published, before it has its place in a partition. */
export interface PublicationRow {
  readonly output: string;
  readonly key: string;
  /** Null for a tombstone; a text is written as UTF-8. */
  readonly value: Uint8Array | string | null;
  readonly action: 'send' | 'retract';
  /** When the event of the output happened, in milliseconds; null where unknown. */
  readonly originalTime: number | null;
  /** Only while nothing newer stands at its key. */
  readonly guarded: boolean;
  /** In the order in which they are written. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}
