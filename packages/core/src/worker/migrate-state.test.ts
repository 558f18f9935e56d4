import { expect, test } from 'vitest';
import { thrownBy } from '../../test/worker-fixtures.js';
import { defineWorker } from './define-worker.js';
import { migrateState, stateVersionOf } from './migrate-state.js';

const base = { name: 'w', version: '1', key: () => 'a', evolve: () => 1 };
const third = defineWorker({
  ...base,
  stateVersion: 3,
  migrations: { 1: (state, key) => ({ key, v1: state }), 2: (state) => ({ v2: state }) },
});

test('a state passes every migration from its version on', () => {
  expect(migrateState(third, 5, 1, 'k')).toEqual({ v2: { key: 'k', v1: 5 } });
  expect(migrateState(third, 5, 2, 'k')).toEqual({ v2: 5 });
  expect(migrateState(third, 5, 3, 'k')).toBe(5);
  expect(stateVersionOf(third)).toBe(3);
  expect(stateVersionOf(defineWorker(base))).toBe(1);
});

test('a version that nothing leads from, or that is later, is refused', () => {
  const withoutFirst = defineWorker({ ...base, stateVersion: 3, migrations: { 2: (state) => state } });
  expect(thrownBy(() => migrateState(withoutFirst, 5, 1, 'k'))).toMatchObject({
    code: 'state-migration-failed',
    message: expect.stringContaining('migrations[1]'),
  });
  expect(thrownBy(() => migrateState(defineWorker(base), 5, 2, 'k'))).toMatchObject({
    code: 'state-migration-failed',
    message: expect.stringContaining('version 2'),
  });
  expect(thrownBy(() => migrateState(third, 5, 0, 'k'))).toMatchObject({ code: 'state-migration-failed' });
});

test('a migration that throws or gives no plain data names the key', () => {
  const worker = (migration: () => unknown) => defineWorker({ ...base, stateVersion: 2, migrations: { 1: migration } });
  expect(
    thrownBy(() =>
      migrateState(
        worker(() => {
          throw new Error('odd');
        }),
        5,
        1,
        'k',
      ),
    ),
  ).toMatchObject({ code: 'state-migration-failed', message: expect.stringMatching(/threw Error: odd.*"k"/) });
  expect(
    thrownBy(() =>
      migrateState(
        worker(() => undefined),
        5,
        1,
        'k',
      ),
    ),
  ).toMatchObject({ code: 'state-migration-failed', message: expect.stringContaining('undefined') });
  expect(
    thrownBy(() =>
      migrateState(
        worker(() => ({ at: [NaN] })),
        5,
        1,
        'k',
      ),
    ),
  ).toMatchObject({ code: 'state-migration-failed', message: expect.stringContaining('$.at[0]') });
});

test('the way may be taken in steps', () => {
  const migrations: Record<number, (state: unknown) => unknown> = {
    1: (state) => ({ steps: [state, 1] }),
    2: (state) => ({ ...(state as object), second: true }),
    3: (state) => [state],
  };
  const chain = (stateVersion: number) => {
    const until = Object.entries(migrations).filter(([from]) => Number(from) < stateVersion);
    return defineWorker({ ...base, stateVersion, migrations: Object.fromEntries(until) });
  };
  for (let from = 1; from <= 4; from++) {
    for (let middle = from; middle <= 4; middle++) {
      const halfway = migrateState(chain(middle), { a: 1 }, from, 'k');
      expect(migrateState(chain(4), halfway, middle, 'k')).toEqual(migrateState(chain(4), { a: 1 }, from, 'k'));
    }
  }
});

test.each([[NaN], [1.5], [-1], [2 ** 53]])('version %s is no version', (version) => {
  expect(thrownBy(() => migrateState(third, 5, version, 'k'))).toMatchObject({ code: 'state-migration-failed' });
});

test('a migration that answers later is refused, since states are migrated while they are read', () => {
  const worker = defineWorker({ ...base, stateVersion: 2, migrations: { 1: async () => 5 } });
  expect(thrownBy(() => migrateState(worker, 5, 1, 'k'))).toMatchObject({
    code: 'state-migration-failed',
    message: expect.stringContaining('Promise'),
  });
});
