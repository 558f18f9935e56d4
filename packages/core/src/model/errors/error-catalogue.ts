/** Exit codes of the CLI, the same for every command. */
export const exitCodes = {
  ok: 0,
  error: 1,
  usage: 2,
  mismatch: 11,
  loss: 12,
  infeasible: 13,
  stale: 14,
  locked: 15,
  preflight: 16,
  transient: 75,
  interrupted: 130,
} as const;

interface CatalogueEntry {
  readonly exit: number;
  /** One line for docs/errors.md. */
  readonly meaning: string;
}

/**
 * Every error code, its exit code and its meaning. EM1xxx: what the user typed or configured; EM2xxx: the event log and
 * archives (EM22xx: Kafka); EM3xxx: the worker; EM4xxx: plans, runs and their store; EM5xxx: snapshots; EM6xxx: verification.
 */
export const errorCatalogue = {
  EM1001: { exit: exitCodes.usage, meaning: 'the command line is not understood' },
  EM1002: { exit: exitCodes.usage, meaning: 'the incident file is not valid' },
  EM1003: { exit: exitCodes.usage, meaning: 'a file that was named does not exist or cannot be read' },
  EM1004: { exit: exitCodes.usage, meaning: 'an answer was needed and there is no terminal to ask on' },
  EM1005: { exit: exitCodes.usage, meaning: 'a target cannot be resolved to a position on the path of the replay' },
  EM1006: { exit: exitCodes.usage, meaning: 'a file that would be written already exists' },
  EM1007: { exit: exitCodes.usage, meaning: 'an optional package that this input needs is not installed' },
  EM1008: { exit: exitCodes.usage, meaning: 'a condition on events cannot be read' },
  EM1009: { exit: exitCodes.usage, meaning: 'a scope chooses nothing, or names what is not there' },
  EM1010: { exit: exitCodes.usage, meaning: 'a scope has more keys than a plan can carry' },

  EM2001: { exit: exitCodes.error, meaning: 'an archive is missing, truncated or not an archive' },
  EM2002: { exit: exitCodes.error, meaning: 'a segment of an archive does not match its hash' },
  EM2003: { exit: exitCodes.error, meaning: 'an archive was written by another version of the format' },
  EM2004: { exit: exitCodes.error, meaning: 'two records claim the same partition and offset with different content' },
  EM2005: { exit: exitCodes.error, meaning: 'a row of the input cannot be read (cut line, invalid UTF-8, not JSON)' },
  EM2006: { exit: exitCodes.error, meaning: 'an event or a row is larger or deeper than the limit' },
  EM2007: { exit: exitCodes.error, meaning: 'offsets of a partition fall or repeat where they must rise' },
  EM2008: {
    exit: exitCodes.error,
    meaning: 'the mapping names a column that a row does not have, or a value of the wrong type',
  },
  EM2009: { exit: exitCodes.error, meaning: 'an input file was changed since it was imported' },
  EM2010: { exit: exitCodes.error, meaning: 'one partition stands in the logs under two sources' },
  EM2011: {
    exit: exitCodes.error,
    meaning: 'a command that gives rows cannot be started, failed or took too long',
  },
  EM2012: {
    exit: exitCodes.error,
    meaning: 'a SQLite database cannot be read (none, locked, damaged), or the query is not one SELECT',
  },
  EM2101: { exit: exitCodes.infeasible, meaning: 'the log has gaps in the range that the recovery needs' },
  EM2102: { exit: exitCodes.error, meaning: 'a gap appeared while the log was being read' },
  EM2103: { exit: exitCodes.stale, meaning: 'the log no longer holds what the plan needs, or holds something else' },

  EM2201: { exit: exitCodes.transient, meaning: 'a Kafka broker cannot be reached, or the connection broke too often' },
  EM2202: { exit: exitCodes.preflight, meaning: 'client and broker do not agree on encryption or on a certificate' },
  EM2203: { exit: exitCodes.preflight, meaning: 'the broker refuses the user, the password or the way of signing in' },
  EM2204: { exit: exitCodes.preflight, meaning: 'the user lacks a permission on the Kafka cluster' },
  EM2205: { exit: exitCodes.usage, meaning: 'the Kafka cluster has no such topic or partition' },
  EM2206: { exit: exitCodes.error, meaning: 'a record batch from the broker is damaged' },
  EM2207: {
    exit: exitCodes.preflight,
    meaning: 'the broker or a batch needs something that this client does not speak',
  },
  EM2208: { exit: exitCodes.transient, meaning: 'an open transaction holds the end of a Kafka partition back' },
  EM2209: { exit: exitCodes.usage, meaning: 'a secret cannot be had from its file, variable or command' },
  EM2210: { exit: exitCodes.transient, meaning: 'the schema registry cannot be reached, or refuses' },
  EM2211: {
    exit: exitCodes.error,
    meaning: 'the schema registry does not know a schema, or the schema cannot be used',
  },

  EM3001: { exit: exitCodes.usage, meaning: 'the worker module cannot be loaded or is not a worker' },
  EM3002: { exit: exitCodes.error, meaning: 'the worker threw on an event' },
  EM3003: { exit: exitCodes.error, meaning: 'the worker did not finish an event within the time limit' },
  EM3004: {
    exit: exitCodes.error,
    meaning: 'the worker produced a state or an output that JSON would silently change',
  },
  EM3005: { exit: exitCodes.error, meaning: 'the worker touched a key that the event does not name' },
  EM3006: { exit: exitCodes.error, meaning: 'the worker changed its input in place' },
  EM3007: { exit: exitCodes.error, meaning: 'the worker is not deterministic' },
  EM3008: { exit: exitCodes.error, meaning: 'the event cannot be decoded' },
  EM3009: { exit: exitCodes.error, meaning: 'the worker returned nothing where a state was expected' },
  EM3010: { exit: exitCodes.error, meaning: 'the worker gave no usable keys for an event' },
  EM3011: { exit: exitCodes.error, meaning: 'a key of a partition-local worker appeared in two partitions' },
  EM3012: { exit: exitCodes.error, meaning: 'no version of the worker is valid at the time of an event' },
  EM3013: { exit: exitCodes.error, meaning: 'a state cannot be migrated to the version that the worker expects' },
  EM3014: { exit: exitCodes.error, meaning: 'declared reference data cannot be read, or changed since the plan' },
  EM3015: {
    exit: exitCodes.error,
    meaning: 'the worker process does not follow the protocol, or ends again and again',
  },

  EM4001: { exit: exitCodes.usage, meaning: 'the plan was used already; it is single-use' },
  EM4002: { exit: exitCodes.stale, meaning: 'the plan no longer fits the worker, the log or the incident' },
  EM4003: { exit: exitCodes.usage, meaning: 'the plan file is not a plan, or was changed after it was made' },
  EM4004: { exit: exitCodes.locked, meaning: 'another process works on this run' },
  EM4005: { exit: exitCodes.error, meaning: 'the run store was written by another version' },
  EM4006: { exit: exitCodes.error, meaning: 'the run store is damaged or was replaced by an older copy' },
  EM4007: { exit: exitCodes.transient, meaning: 'the disk refused a write (full, or an input/output error)' },
  EM4008: { exit: exitCodes.usage, meaning: 'there is no such run' },
  EM4009: { exit: exitCodes.interrupted, meaning: 'the run was interrupted and can be resumed' },
  EM4010: {
    exit: exitCodes.error,
    meaning: 'a plan mixes baselines of different ages for keys that an event connects',
  },
  EM4011: { exit: exitCodes.usage, meaning: 'the run is in a state in which this cannot be done' },
  EM4012: {
    exit: exitCodes.preflight,
    meaning: 'events connect the chosen keys with others, and nobody has accepted these',
  },
  EM4013: { exit: exitCodes.stale, meaning: 'an event names keys inside and outside of the scope of the plan' },

  EM5001: { exit: exitCodes.error, meaning: 'a snapshot is not readable or contradicts itself' },
  EM5002: { exit: exitCodes.error, meaning: 'a snapshot is at a position that the log does not reach' },
  EM5003: { exit: exitCodes.usage, meaning: 'the baseline that was asked for is neither proven nor declared trusted' },
  EM5004: {
    exit: exitCodes.error,
    meaning: 'records of the service do not stand in the order that the incident says',
  },
  EM5005: { exit: exitCodes.infeasible, meaning: 'a diagnosis has no state to begin with that is known to be right' },

  EM6001: { exit: exitCodes.mismatch, meaning: 'verification derived another result than the run' },
  EM6002: { exit: exitCodes.mismatch, meaning: 'an invariant of the worker does not hold' },
} as const satisfies Record<string, CatalogueEntry>;

/** A stable error code; see docs/errors.md. */
export type ErrorCode = keyof typeof errorCatalogue;
