/** Smallest, median, largest. */
export type Spread = readonly [number, number, number];

/** One row of the bench's table and of its JSON. `floor` and `peer` name what the value is measured against. */
export interface BenchResult {
  readonly name: string;
  readonly value: number;
  /** `ratio`, `ms`, `s`, … */
  readonly unit: string;
  readonly floor?: string;
  readonly peer?: string;
  /** The bar in words, such as `>= 0.8` or `<= 150`; the runner compares the value with it. */
  readonly bar: string;
  readonly runs: Spread;
}

/** What a bench module exports as its default. */
export type Bench = (options: { readonly quick: boolean }) => Promise<readonly BenchResult[]>;

export declare function spread(values: readonly number[]): Spread;

export declare function interleaved(options: {
  /** What is measured; returns its own milliseconds, or nothing to be timed from outside. */
  readonly subject: () => Promise<number | void> | number | void;
  readonly reference: () => Promise<number | void> | number | void;
  /** At least five. */
  readonly pairs?: number;
  readonly warmups?: number;
  /** Runs after each measurement, outside the clock: to remove files, say. */
  readonly between?: () => Promise<void> | void;
}): Promise<{
  readonly subjectMs: Spread;
  readonly referenceMs: Spread;
  /** Throughput of the subject over that of the reference, a ratio within each pair. */
  readonly speed: Spread;
  /** Milliseconds of the subject less those of the reference. */
  readonly difference: Spread;
}>;
