import { expect, test } from 'vitest';
import { callInstance, thrownBy, type States } from '../../test/worker-fixtures.js';
import { createWorkerInstance } from './create-worker-instance.js';
import { defineWorker } from './define-worker.js';
import type { StatesOfKeys, WorkerEvent } from './worker.js';

interface Order {
  lines: { n: number }[];
}
interface Basket {
  lines: number[];
  total: number;
}

type Evolve = (states: StatesOfKeys<Basket>, event: WorkerEvent<Order>) => unknown;

function frozen(evolve: Evolve, more: object = {}) {
  const worker = defineWorker<Order, Basket>({
    name: 'mutant',
    version: '1',
    keys: () => ['a', 'b'],
    evolve: (states, event) => evolve(states, event) as undefined,
    ...more,
  });
  const instance = createWorkerInstance(worker);
  instance.freezeInputs(true);
  return instance;
}
const states = (): States => ({ a: { lines: [1], total: 1 }, b: { lines: [2], total: 2 } });
const event = () => ({ value: { lines: [{ n: 5 }] } });

test.each<[what: string, evolve: Evolve, message: RegExp, keys: string[]]>([
  [
    'assigns to a state',
    (s) => {
      (s.get('b') as Basket).total = 9;
    },
    /the state of key "b" in place, at \$\.total/,
    ['b'],
  ],
  [
    'pushes into a state',
    (s) => {
      (s.get('a') as Basket).lines.push(9);
    },
    /the state of key "a" in place, at \$\.lines\[1\]/,
    ['a'],
  ],
  [
    'deletes a field of a state',
    (s) => {
      delete (s.get('a') as Partial<Basket>).total;
    },
    /the state of key "a" in place, at \$\.total/,
    ['a'],
  ],
  [
    'changes the value of the event',
    (_, e) => {
      (e.value.lines[0] as { n: number }).n = 6;
    },
    /the event in place, at \$\.value\.lines\[0\]\.n/,
    ['a', 'b'],
  ],
  [
    'changes the event itself',
    (_, e) => {
      (e as { offset: number }).offset = 6;
    },
    /the event in place, at \$\.offset/,
    ['a', 'b'],
  ],
])('a handler that %s is named with the key', (_, evolve, message, keys) => {
  const error = thrownBy(() => callInstance(frozen(evolve), event(), states()));
  expect(error).toMatchObject({
    code: 'input-mutated',
    message: expect.stringMatching(message),
    details: { keys, event: { offset: '7' } },
  });
  expect(error.message).toContain('mutant@1, event orders[3]@7');
});

test('an async handler, too', async () => {
  const instance = frozen(async (s) => {
    await Promise.resolve();
    (s.get('a') as Basket).total = 9;
  });
  await expect(callInstance(instance, event(), states())).rejects.toMatchObject({
    code: 'input-mutated',
    message: expect.stringContaining('key "a"'),
  });
});

/** Code that is not strict: what it writes to frozen data is lost without an error. */
const sloppy = (body: string, kind = 'function') => new Function(`return ${kind} (s, e) { ${body} }`)() as Evolve; // oxlint-disable-line typescript/no-implied-eval

test.each([
  ["s.get('a').total = 9;", /key "a" in place, at \$\.total/],
  ['e.value.lines[0].n = 6;', /the event in place, at \$\.value\.lines\[0\]\.n/],
])('a write that sloppy code loses is found: %s', async (body, message) => {
  const found = { code: 'input-mutated', message: expect.stringMatching(message) as unknown };
  expect(thrownBy(() => callInstance(frozen(sloppy(body)), event(), states()))).toMatchObject(found);
  const later = frozen(sloppy(`await 0; ${body}`, 'async function'));
  await expect(callInstance(later, event(), states())).rejects.toMatchObject(found);
});

test('sloppy code that writes to nothing is left alone', () => {
  expect(callInstance(frozen(sloppy("s.set('a', { ...s.get('a'), total: 9 });")), event(), states())).toBeDefined();
});

test('the initial state and what a codec gives are inputs as well', () => {
  const initial = () => ({ lines: [], total: 0 });
  const change: Evolve = (s) => {
    (s.get('b') as Basket).total = 9;
  };
  expect(thrownBy(() => callInstance(frozen(change, { initial }), event()))).toMatchObject({
    code: 'input-mutated',
    message: expect.stringContaining('key "b"'),
  });
  const codec = {
    encode: (state: Basket) => [state.lines, state.total],
    decode: ([lines, total]: [number[], number]) => ({ lines, total }),
  };
  expect(thrownBy(() => callInstance(frozen(change, { codec }), event(), { b: [[], 1] }))).toMatchObject({
    code: 'input-mutated',
    message: expect.stringMatching(/key "b" in place, at \$\[1\]/),
  });
});

test('a TypeError over an own frozen object is an ordinary failure', () => {
  const constants = Object.freeze({ limit: 5 });
  const error = thrownBy(() =>
    callInstance(
      frozen(() => {
        (constants as { limit: number }).limit = 6;
      }),
      event(),
      states(),
    ),
  );
  expect(error).toMatchObject({ code: 'worker-failed', message: expect.stringContaining('read only') });
});

test('a handler that builds new objects passes', () => {
  const instance = frozen((s) => {
    const { lines, total } = s.get('a') as Basket;
    s.set('a', { lines: [...lines, 9], total: total + 9 });
  });
  expect(callInstance(instance, event(), states())).toMatchObject({
    writes: [{ key: 'a', state: { lines: [1, 9], total: 10 } }],
  });
});

test('nothing is frozen unless asked for', () => {
  const instance = frozen((s) => {
    (s.get('a') as Basket).total = 9;
  });
  instance.freezeInputs(false);
  const given = states();
  void callInstance(instance, event(), given);
  expect(given).toMatchObject({ a: { total: 9 } });
});

test('bytes in an event cannot be frozen and do no harm', () => {
  expect(
    callInstance(
      frozen(() => undefined),
      { value: { bytes: new Uint8Array(2) } },
    ),
  ).toMatchObject({ writes: [] });
});

test('a handler that fails for another reason is not called a second time', () => {
  let calls = 0;
  const fail = () => {
    calls++;
    throw new Error('no such order');
  };
  expect(thrownBy(() => callInstance(frozen(fail), event(), states()))).toMatchObject({ code: 'worker-failed' });
  expect(
    thrownBy(() =>
      callInstance(
        frozen((s) => s.get('z')),
        event(),
        states(),
      ),
    ),
  ).toMatchObject({ code: 'undeclared-key' });
  expect(calls).toBe(1);
});
