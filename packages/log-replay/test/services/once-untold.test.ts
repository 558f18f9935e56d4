import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { diagnose } from '../../src/diagnose/diagnose.js';
import { readFaults } from '../../src/diagnose/fault-files.js';
import { inputsOfService } from './build-service.js';
import { judgeAccusations } from './judge-accusations.js';
import { nameOf } from './played-event.js';
import { playService } from './play-service.js';
import { designOfSeed } from './service-design.js';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'eventmend-untold-'))));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Mistakes of random services (of up to three mistakes) that the evidence proves and that were not told once, by what proves them. */
const onceUntold: readonly (readonly [string, number, string])[] = [
  ['records that contradict each other, whatever the order over partitions', 300334, 'twice t0/0@4'],
  ['the same, behind a hole', 300055, 'twice t0/1@9'],
  ['outputs in no order', 300022, 'twice t0/0@3'],
  ['a place in which a handler that is sometimes silent would have spoken', 300068, 'out-of-order t0/0@13'],
  ['a snapshot of the very beginning, before which nothing was delivered', 300125, 'missed t1/0@4'],
  ['records that begin with the log, behind such a snapshot', 300211, 'out-of-order t1/0@3'],
  ['a live state, of a service that knows copies', 300147, 'missed'],
  ['rounded outputs that would have shown another state all the same', 300078, 'wrong t0/1@45'],
];

it.each(onceUntold)('%s: seed %i, %s', async (_, seed, mistake) => {
  const played = playService(designOfSeed(seed, 3), seed);
  const store = join(folder, `s-${seed}`);
  await diagnose(inputsOfService(played, store));
  const { right, false: wrong } = judgeAccusations(played.mistakes, [...readFaults(store)]);
  expect(right.map(({ kind, event }) => `${kind} ${nameOf(event)}`).join()).toContain(mistake);
  expect(wrong.filter(({ kind }) => kind !== 'sent-twice')).toEqual([]);
});
