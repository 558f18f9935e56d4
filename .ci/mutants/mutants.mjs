/**
 * Wrong versions of the engine that the tests must find out. Each changes one place of the built code, or of a source that its test runs as it is: `find` must stand
 * there exactly once. `tests` are the test files of log-replay of which at least one has to fail.
 */
const engine = ['test/engine.property.test.ts'];
const scope = ['test/scope.property.test.ts'];
const limits = ['test/strategy/scope.test.ts'];
const features = ['test/strategy/worker-features.test.ts'];
const strategy = ['test/strategy/gaps-targets-poison.test.ts'];
const faults = ['test/strategy/diagnose.test.ts'];
const faultsInOrder = ['test/strategy/diagnose-order.test.ts'];
const faultsOfScope = ['test/strategy/diagnose-scope.test.ts'];
const batches = ['test/kafka/take-batches.property.test.ts'];
const faultsBesideGaps = ['test/strategy/diagnose-log.test.ts'];

export const mutants = [
  // merge and order
  {
    name: 'a tie goes to the later partition',
    file: 'core/dist/order/merge-tree.js',
    find: 'keys[right] < keys[left]',
    replace: 'keys[right] <= keys[left]',
    tests: engine,
  },
  {
    name: 'a falling time is not carried',
    file: 'core/dist/order/assign-order.js',
    find: 'order[index] = watermark;',
    replace: 'order[index] = value < watermark ? value : watermark;',
    tests: engine,
  },
  {
    name: 'any step of time is believed',
    file: 'core/dist/order/assign-order.js',
    find: 'return confirming * 2 > usable;',
    replace: 'return true;',
    tests: engine,
  },
  {
    name: 'half of the events confirm a step',
    file: 'core/dist/order/assign-order.js',
    find: 'return confirming * 2 > usable;',
    replace: 'return confirming * 2 >= usable;',
    tests: engine,
  },
  {
    name: 'the last event confirms itself',
    file: 'core/dist/order/assign-order.js',
    find: 'return watermark === -Infinity;',
    replace: 'return true;',
    tests: engine,
  },
  // accounting
  {
    name: 'an event is booked twice',
    file: 'core/dist/fold/lane-runner.js',
    find: 'books.applied++;',
    replace: 'books.applied += 2;',
    tests: engine,
  },
  {
    name: 'a gap is passed over in silence',
    file: 'core/dist/account/partition-ledger.js',
    find: 'gaps.push({ id: this.id, from, to, reason });',
    replace: '',
    tests: strategy,
  },
  {
    name: 'a gap is not counted',
    file: 'core/dist/account/partition-ledger.js',
    find: 'this.unavailable += to - from;',
    replace: '',
    tests: engine,
  },
  {
    name: 'parked events count as applied',
    file: 'core/dist/fold/park-event.js',
    find: 'books.quarantined++;',
    replace: 'books.applied++;',
    tests: engine,
  },
  // commit
  {
    name: 'the position is committed, the states are not',
    file: 'core/dist/fold/lane-ledger.js',
    find: 'const states = this.cache.takeDirty().map((entry) => this.#write(entry));',
    replace: 'const states = []; this.cache.takeDirty();',
    tests: engine,
  },
  {
    name: 'an open chunk of outputs is forgotten over a commit',
    file: 'core/dist/fold/output-journal.js',
    find: 'if (this.#columns.count > 0)',
    replace: 'if (false)',
    tests: engine,
  },
  {
    name: 'a resumed partition begins at the baseline again',
    file: 'core/dist/run/open-lane.js',
    find: 'const next = saved?.next ?? partition.next;',
    replace: 'const next = partition.next;',
    tests: engine,
  },
  {
    name: 'a resumed partition forgets its watermark',
    file: 'core/dist/run/open-lane.js',
    find: 'order: saved?.order ?? partition.order,',
    replace: 'order: partition.order,',
    tests: engine,
  },
  {
    name: 'the window of the deduplication is not committed',
    file: 'core/dist/fold/lane-ledger.js',
    find: 'const recentIds = this.window?.take() ?? null;',
    replace: 'const recentIds = null;',
    tests: engine,
  },
  {
    name: 'a lane does not own the keys that it only names',
    file: 'core/dist/fold/state-cache.js',
    find: 'stored?.lane !== this.#claimFor',
    replace: 'false',
    tests: engine,
  },
  // features of the worker that the demo does not use
  {
    name: 'upcasters are left out',
    file: 'core/dist/worker/make-worker-event.js',
    find: 'if (worker.upcasters !== undefined)',
    replace: 'if (false)',
    tests: features,
  },
  {
    name: 'migrations are left out',
    file: 'core/dist/worker/migrate-state.js',
    find: 'if (version === target)',
    replace: 'if (true)',
    tests: features,
  },
  {
    name: 'the first version is always valid',
    file: 'core/dist/worker/select-version.js',
    find: 'now >= version.from && now < version.until',
    replace: 'true',
    tests: features,
  },
  {
    name: 'lookup forgets the time',
    file: 'core/dist/worker/handler-call.js',
    find: 'rows.at(key, this.now)',
    replace: 'rows.at(key, -Infinity)',
    tests: features,
  },
  {
    name: 'a deletion is not kept',
    file: 'core/dist/worker/handler-call.js',
    find: 'remove ? slot.bits | writtenBit | removedBit',
    replace: 'remove ? slot.bits',
    tests: features,
  },
  {
    name: 'random gives one number to all',
    file: 'core/dist/worker/derive-random.js',
    find: "['eventmend.random.1', workerName, canonicalEvent, block]",
    replace: '[workerName, block]',
    tests: features,
  },
  {
    name: 'a broken invariant passes',
    file: 'log-replay/dist/verify/derivation-digest.js',
    find: 'if (said === true)',
    replace: 'if (said !== null)',
    tests: features,
  },

  // scope
  {
    name: 'an event on both sides of a scope passes',
    file: 'core/dist/fold/scope-membership.js',
    find: 'if (scope.has(keys[index]) === inside)',
    replace: 'if (true)',
    tests: scope,
  },
  {
    name: 'an event outside of the scope is applied',
    file: 'core/dist/fold/lane-runner.js',
    find: 'if (scope !== null && !isInScope(scope, keys, cursor.id, offset)) {',
    replace: 'if (false) {',
    tests: scope,
  },
  {
    name: 'a limited run begins with the states of all keys',
    file: 'log-replay/dist/scope/rows-of-scope.js',
    find: 'if (keys.has(row.key))',
    replace: 'if (true)',
    tests: limits,
  },
  {
    name: 'a closure is accepted unasked',
    file: 'log-replay/dist/scope/require-closure-accepted.js',
    find: 'if (!accepted && ',
    replace: 'if (false && ',
    tests: limits,
  },
  {
    name: 'a scope is closed over the first key of an event only',
    file: 'log-replay/dist/scope/key-components.js',
    find: 'index < keys.length',
    replace: 'index < 1',
    tests: limits,
  },
  {
    name: 'a row of another key passes the check of the scope',
    file: 'log-replay/dist/verify/check-scope.js',
    find: 'if (keys.has(key))',
    replace: 'if (true)',
    tests: limits,
  },
  {
    name: 'an event outside of the scope leaves no trace in the window of the deduplication',
    file: 'core/dist/fold/lane-runner.js',
    find: "books.skip('out-of-scope');\n        this.#book(cursor, books);",
    replace: "books.skip('out-of-scope');\n        this.#book(cursor, books);\n        return;",
    tests: scope,
  },
  // diagnosis
  {
    name: 'an event whose outputs were lost is called missed',
    file: 'log-replay/dist/diagnose/follow/missed-or-not-sent.js',
    find: 'if (both === null)',
    replace: 'if (true)',
    tests: faults,
  },
  {
    name: 'outputs that were sent again are called a second handling',
    file: 'log-replay/dist/diagnose/follow/settle-again.js',
    find: 'sameRecords(before, records))',
    replace: 'false)',
    tests: faults,
  },
  {
    name: 'a late event has overtaken nothing',
    file: 'log-replay/dist/diagnose/follow/note-order.js',
    find: 'context.conflicts.add(late, early, late.turn);',
    replace: '',
    tests: faults,
  },
  {
    name: 'an assumed order over partitions is held against the service',
    file: 'log-replay/dist/diagnose/diagnose.js',
    find: "? 'canonical' : 'partition';",
    replace: "? 'canonical' : 'canonical';",
    tests: faultsInOrder,
  },
  {
    name: 'a guess always comes of a fault',
    file: 'log-replay/dist/diagnose/follow/settle-first.js',
    find: "decided ? 'exact' : 'guessed', tainted);",
    replace: "decided ? 'exact' : 'guessed', true);",
    tests: faultsInOrder,
  },
  {
    name: 'a live state of another permissible order is wrong',
    file: 'log-replay/dist/diagnose/follow/compare-with-end.js',
    find: 'if (orderAssumed && !tainted',
    replace: 'if (false',
    tests: faultsInOrder,
  },
  {
    name: 'a limited diagnosis looks at all keys',
    file: 'log-replay/dist/diagnose/follow/follow-context.js',
    find: 'return scope !== null && fault === null',
    replace: 'return false && fault === null',
    tests: faultsOfScope,
  },
  {
    name: 'what an event did that the log lacks is blamed on the next one',
    file: 'log-replay/dist/diagnose/follow/lose-effect.js',
    find: 'loseKeys(context, scope === null',
    replace: 'void (scope === null',
    tests: faultsBesideGaps,
  },
  // transactions and holes of Kafka
  {
    name: 'a transaction behind an aborted one of the same producer is aborted too',
    file: 'log-replay/src/kafka/read/aborted-transactions.ts',
    find: 'if (batch.endsAborted()) this.#open.delete(batch.producerId);',
    replace: '',
    tests: batches,
  },
  {
    name: 'the list of aborted transactions is believed to be in order',
    file: 'log-replay/src/kafka/read/aborted-transactions.ts',
    find: 'b.firstOffset - a.firstOffset',
    replace: '0',
    tests: batches,
  },
  {
    name: 'offsets between two batches are passed over without a word',
    file: 'log-replay/src/kafka/read/take-batches.ts',
    find: 'passTo(Math.min(batch.baseOffset, end), absent);',
    replace: 'next = Math.max(next, Math.min(batch.baseOffset, end));',
    tests: batches,
  },
];
