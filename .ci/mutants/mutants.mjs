/**
 * Wrong versions of the engine that the tests must find out, one each for the order, the accounts, the commit, the
 * resumption and the scope; `npm run test:full` breaks far more of it. `find` must stand exactly once in all the built
 * code, so that a file may move. `tests` are the test files, by the end of their paths, of which one has to fail.
 */
export const mutants = [
  {
    name: 'a tie goes to the later partition',
    find: 'keys[right] < keys[left]',
    replace: 'keys[right] <= keys[left]',
    tests: 'engine.property.test.ts',
  },
  {
    name: 'a gap is not counted',
    find: 'this.unavailable += to - from;',
    replace: '',
    tests: 'engine.property.test.ts',
  },
  {
    name: 'the position is committed, the states are not',
    find: 'const states = this.cache.takeDirty().map((entry) => this.#write(entry));',
    replace: 'const states = []; this.cache.takeDirty();',
    tests: 'engine.property.test.ts',
  },
  {
    name: 'a resumed partition begins at the baseline again',
    find: 'const next = saved?.next ?? partition.next;',
    replace: 'const next = partition.next;',
    tests: 'engine.property.test.ts',
  },
  {
    name: 'an event outside of the scope is applied',
    find: 'if (scope !== null && !isInScope(scope, keys, cursor.id, offset)) {',
    replace: 'if (false) {',
    tests: 'scope.property.test.ts',
  },
];
