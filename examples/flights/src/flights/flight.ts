/** One row of the file with its place in the log. */
export interface Flight {
  /** Number of the row in the file, from 0: the order in which the flights happened. */
  readonly row: number;
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Minutes; negative when early. */
  readonly delay: number;
  /** Miles. */
  readonly distance: number;
  readonly origin: string;
  readonly destination: string;
}

/** Names the log everywhere: in the import mapping, in positions and in recorded outputs. */
export const source = 'flights-2001';
export const topic = 'flights';
export const partitions = 8;
