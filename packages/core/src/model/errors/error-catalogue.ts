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
  /** Stands in docs/errors.md, in what is printed, in `--json` and in what is stored. */
  readonly number: string;
  readonly exit: number;
  /** One line for docs/errors.md. */
  readonly meaning: string;
}

function entry(number: `EM${number}`, exit: keyof typeof exitCodes, meaning: string): CatalogueEntry {
  return { number, exit: exitCodes[exit], meaning };
}

/**
 * Every error by its code, with the number under which people look it up, its exit code and its meaning. EM1xxx: what the
 * user typed or configured; EM2xxx: the event log and archives (EM22xx: Kafka); EM3xxx: the worker; EM4xxx: plans, runs
 * and their store; EM5xxx: snapshots; EM6xxx: verification;
 * EM7xxx: estimation; EM8xxx: drills. A number is never used again for another error.
 */
export const errorCatalogue = {
  'invalid-argument': entry('EM1001', 'usage', 'the command line is not understood'),
  'invalid-configuration': entry('EM1002', 'usage', 'the incident file is not valid'),
  'file-unavailable': entry('EM1003', 'usage', 'a file that was named does not exist or cannot be read'),
  'confirmation-required': entry('EM1004', 'usage', 'an answer was needed and there is no terminal to ask on'),
  'unresolvable-target': entry(
    'EM1005',
    'usage',
    'a target cannot be resolved to a position on the path of the replay',
  ),
  'file-exists': entry('EM1006', 'usage', 'a file that would be written already exists'),
  'missing-package': entry('EM1007', 'usage', 'an optional package that this input needs is not installed'),
  'invalid-condition': entry('EM1008', 'usage', 'a condition on events cannot be read'),
  'empty-scope': entry('EM1009', 'usage', 'a scope chooses nothing, or names what is not there'),
  'scope-too-large': entry('EM1010', 'usage', 'a scope has more keys than a plan can carry'),
  'unusable-order': entry('EM1011', 'usage', 'the field of an explicit order cannot order the events'),

  'unreadable-archive': entry('EM2001', 'error', 'an archive is missing, truncated or not an archive'),
  'corrupt-archive-segment': entry('EM2002', 'error', 'a segment of an archive does not match its hash'),
  'archive-version-mismatch': entry('EM2003', 'error', 'an archive was written by another version of the format'),
  'conflicting-events': entry(
    'EM2004',
    'error',
    'two records claim the same partition and offset with different content',
  ),
  'unreadable-row': entry('EM2005', 'error', 'a row of the input cannot be read (cut line, invalid UTF-8, not JSON)'),
  'size-limit-exceeded': entry('EM2006', 'error', 'an event or a row is larger or deeper than the limit'),
  'offsets-out-of-order': entry('EM2007', 'error', 'offsets of a partition fall or repeat where they must rise'),
  'invalid-field': entry(
    'EM2008',
    'error',
    'the mapping names a column that a row does not have, or a value of the wrong type',
  ),
  'input-file-changed': entry('EM2009', 'error', 'an input was changed since it was imported, or while it was read'),
  'conflicting-sources': entry('EM2010', 'error', 'one partition stands in the logs under two sources'),
  'source-command-failed': entry(
    'EM2011',
    'error',
    'a command that gives rows cannot be started, failed or took too long',
  ),
  'unreadable-database': entry(
    'EM2012',
    'error',
    'a database cannot be read (none, locked, damaged, no access), or the query is not one SELECT',
  ),
  'times-out-of-order': entry(
    'EM2013',
    'error',
    'files that are numbered in their order have times that fall from one to the next',
  ),
  'database-unreachable': entry(
    'EM2014',
    'transient',
    'a database server cannot be reached, or the connection to it broke',
  ),
  'reading-thread-ended': entry('EM2015', 'transient', 'the thread that reads the logs ended before its work did'),
  'log-gap': entry('EM2101', 'infeasible', 'the log has gaps in the range that the recovery needs'),
  'gap-during-read': entry('EM2102', 'error', 'a gap appeared while the log was being read'),
  'log-changed': entry('EM2103', 'stale', 'the log no longer holds what the plan needs, or holds something else'),
  'damaged-records': entry(
    'EM2104',
    'error',
    'records of the log cannot be read, and nothing says that they may be parked',
  ),

  'kafka-unreachable': entry(
    'EM2201',
    'transient',
    'a Kafka broker cannot be reached, or the connection broke too often',
  ),
  'kafka-tls-failed': entry('EM2202', 'preflight', 'client and broker do not agree on encryption or on a certificate'),
  'kafka-authentication-failed': entry(
    'EM2203',
    'preflight',
    'the broker refuses the user, the password or the way of signing in',
  ),
  'kafka-permission-denied': entry('EM2204', 'preflight', 'the user lacks a permission on the Kafka cluster'),
  'kafka-topic-not-found': entry('EM2205', 'usage', 'the Kafka cluster has no such topic or partition'),
  'corrupt-record-batch': entry('EM2206', 'error', 'a record batch from the broker is damaged'),
  'kafka-incompatible': entry(
    'EM2207',
    'preflight',
    'the broker or a batch needs something that this client does not speak',
  ),
  'open-transaction': entry('EM2208', 'transient', 'an open transaction holds the end of a Kafka partition back'),
  'secret-unavailable': entry('EM2209', 'usage', 'a secret cannot be had from its file, variable or command'),
  'schema-registry-unavailable': entry('EM2210', 'transient', 'the schema registry cannot be reached, or refuses'),
  'unusable-schema': entry(
    'EM2211',
    'error',
    'the schema registry does not know a schema, or the schema cannot be used',
  ),

  'invalid-worker': entry('EM3001', 'usage', 'the worker module cannot be loaded or is not a worker'),
  'worker-failed': entry('EM3002', 'error', 'the worker threw on an event'),
  'worker-timeout': entry('EM3003', 'error', 'the worker did not finish an event within the time limit'),
  'non-json-value': entry(
    'EM3004',
    'error',
    'the worker produced a state or an output that JSON would silently change',
  ),
  'undeclared-key': entry('EM3005', 'error', 'the worker touched a key that the event does not name'),
  'input-mutated': entry('EM3006', 'error', 'the worker changed its input in place'),
  'nondeterministic-worker': entry('EM3007', 'error', 'the worker is not deterministic'),
  'undecodable-event': entry('EM3008', 'error', 'the event cannot be decoded'),
  'invalid-handler-result': entry('EM3009', 'error', 'the worker returned nothing where a state was expected'),
  'invalid-event-keys': entry('EM3010', 'error', 'the worker gave no usable keys for an event'),
  'key-in-several-partitions': entry('EM3011', 'error', 'a key of a partition-local worker appeared in two partitions'),
  'no-valid-worker-version': entry('EM3012', 'error', 'no version of the worker is valid at the time of an event'),
  'state-migration-failed': entry(
    'EM3013',
    'error',
    'a state cannot be migrated to the version that the worker expects',
  ),
  'invalid-reference-data': entry(
    'EM3014',
    'error',
    'declared reference data cannot be read, or changed since the plan',
  ),
  'worker-protocol-violation': entry(
    'EM3015',
    'error',
    'the worker process does not follow the protocol, or ends again and again',
  ),
  'unusable-normalise': entry('EM3016', 'usage', 'the normalise of the worker leaves nothing that can be compared'),
  'inexact-number': entry('EM3017', 'error', 'a number in an event cannot be held by a double without losing digits'),
  'other-time-zone': entry('EM3018', 'usage', 'the worker reads the local time of another zone than this process has'),

  'plan-already-used': entry('EM4001', 'usage', 'the plan was used already; it is single-use'),
  'stale-plan': entry('EM4002', 'stale', 'the plan no longer fits the worker, the log or the incident'),
  'invalid-plan': entry('EM4003', 'usage', 'the plan file is not a plan, or was changed after it was made'),
  'locked-by-another-process': entry('EM4004', 'locked', 'another process works on this run'),
  'run-store-version-mismatch': entry('EM4005', 'error', 'the run store was written by another version'),
  'corrupt-run-store': entry('EM4006', 'error', 'the run store is damaged or was replaced by an older copy'),
  'disk-write-failed': entry('EM4007', 'transient', 'the disk refused a write (full, or an input/output error)'),
  'run-not-found': entry('EM4008', 'usage', 'there is no such run'),
  interrupted: entry('EM4009', 'interrupted', 'the run was interrupted and can be resumed'),
  'mixed-baselines': entry(
    'EM4010',
    'error',
    'a plan mixes baselines of different ages for keys that an event connects',
  ),
  'operation-not-allowed': entry('EM4011', 'usage', 'the run is in a state in which this cannot be done'),
  'closure-not-accepted': entry(
    'EM4012',
    'preflight',
    'events connect the chosen keys with others, and nobody has accepted these',
  ),
  'event-crosses-scope': entry('EM4013', 'stale', 'an event names keys inside and outside of the scope of the plan'),
  'fenced-by-another-process': entry(
    'EM4014',
    'locked',
    'another process has taken over a partition of a live worker, or the publication of a run',
  ),
  'corrupt-checkpoint-store': entry(
    'EM4015',
    'error',
    'the store of a live worker is damaged or was replaced by an older copy',
  ),
  'checkpoint-store-version-mismatch': entry(
    'EM4016',
    'error',
    'the store of a live worker was written by another version',
  ),
  'checkpoint-failed': entry('EM4017', 'transient', 'a checkpoint could not be made, and the worker is to stop then'),
  'no-feasible-strategy': entry('EM4018', 'infeasible', 'no strategy can bring anything back'),
  'limits-not-held': entry('EM4019', 'loss', 'no plan holds the limits that the user set'),
  'not-comparable': entry(
    'EM4020',
    'infeasible',
    'there is nothing to compare, or what is to be compared is not of the same moment or the same keys',
  ),
  'publication-refused': entry('EM4021', 'preflight', 'what a run intends must not be published, or not there'),
  'not-spreadable': entry('EM4031', 'infeasible', 'the plan cannot be spread over several machines'),
  'invalid-task': entry('EM4032', 'error', 'what a task of a fleet left is damaged, doubled, or of another fleet'),
  'tasks-missing': entry('EM4033', 'transient', 'tasks of a fleet are not done yet'),
  'task-not-reproduced': entry('EM4034', 'mismatch', 'two attempts at a task of a fleet came to different results'),
  'key-in-several-tasks': entry('EM4035', 'error', 'two tasks of a fleet named the same key'),
  'invalid-task-input': entry(
    'EM4036',
    'error',
    'the events that a task was given are cut off, out of order, or of another task',
  ),
  'group-refused': entry('EM4025', 'preflight', 'where a consumer group goes on must not be changed now'),

  'invalid-snapshot': entry('EM5001', 'error', 'a snapshot is not readable or contradicts itself'),
  'snapshot-beyond-log': entry('EM5002', 'error', 'a snapshot is at a position that the log does not reach'),
  'unproven-baseline': entry(
    'EM5003',
    'usage',
    'the baseline that was asked for is neither proven nor declared trusted',
  ),
  'records-out-of-order': entry(
    'EM5004',
    'error',
    'records of the service do not stand in the order that the incident says',
  ),
  'no-trusted-state': entry('EM5005', 'infeasible', 'a diagnosis has no state to begin with that is known to be right'),
  'trusted-behind-onset': entry('EM5006', 'usage', 'a snapshot is declared trusted that was taken behind the onset'),

  'verification-mismatch': entry('EM6001', 'mismatch', 'verification derived another result than the run'),
  'invariant-violated': entry('EM6002', 'mismatch', 'an invariant of the worker does not hold'),

  'publication-mismatch': entry(
    'EM6003',
    'mismatch',
    'the output topic does not hold what was published, in its order and with its contents',
  ),

  'unusable-series': entry('EM7001', 'error', 'no regular series can be made of the observations'),
  'unusable-amount': entry('EM7101', 'error', 'an amount of money, or its currency, cannot be read without a loss'),
  'mixed-currencies': entry('EM7102', 'error', 'amounts of several currencies were to be added'),
  'conflicting-bookings': entry('EM7103', 'error', 'two bookings have one id and differ'),
  'estimate-refused': entry('EM7201', 'infeasible', 'what is lost cannot be estimated from what is known'),

  'live-resource': entry('EM8001', 'preflight', 'a drill would write where data of the live service lie'),
  'too-little-history': entry('EM8002', 'infeasible', 'there is not enough healthy history to rehearse with'),
};

/** A stable error code such as `log-gap`; see docs/errors.md. */
export type ErrorCode = keyof typeof errorCatalogue;
