import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import { StepFailure } from '../workspace/step.mjs';
import { areCaught, builtFiles, inCopyOfWorkspace, testFile, testsBeside } from './mutated-workspace.mjs';

/** The rooms of core that decide, and the tests that must notice when they are wrong, besides those of the room itself. */
const rooms = [
  'engine/order',
  'engine/path',
  'engine/accounts',
  'engine/fold',
  'evidence/order',
  'evidence/compare',
  'evidence/proof',
  'evidence/scope',
  'evidence/worker-check',
  'evidence/reference-replay',
  'runs/report',
  'runs/verify',
];
const tests = [
  'engine.property.test.ts',
  'scope.property.test.ts',
  'strategy/gaps-targets-poison.test.ts',
  'strategy/worker-features.test.ts',
  'strategy/scope.test.ts',
  'strategy/baselines.test.ts',
  'strategy/worker-check.test.ts',
];
const scoreFile = join(import.meta.dirname, 'mutation-score.json');
const sampleSize = Number(process.env.EVENTMEND_MUTANTS ?? 60);
const seed = Number(process.env.EVENTMEND_MUTANT_SEED ?? 20261128);
const wholeMs = 30 * 60_000;
const oneMs = 5 * 60_000;
/** How far the share of caught mutants may fall below that of the record before the step fails. */
const tolerance = 0.05;

const silentLogger = {
  isDebugEnabled: () => false,
  ...Object.fromEntries(['debug', 'info', 'warn'].map((level) => [level, () => undefined])),
};
const options = { plugins: [], excludedMutations: [], ignorers: [] };

const roomOf = (file) => rooms.find((room) => file.includes(`packages/core/dist/${room}/`));

/** Puts all mutants into the built files at once; the environment of a process switches one on, in its threads too. */
async function instrument(workspace) {
  const files = builtFiles(workspace).filter((file) => roomOf(relative(workspace, file)) !== undefined);
  const missing = rooms.filter((room) => !files.some((file) => roomOf(relative(workspace, file)) === room));
  if (missing.length > 0) throw new StepFailure(`no built file in the rooms ${missing.join(', ')}`);
  const input = files.map((name) => ({ name, mutate: true, content: readFileSync(name, 'utf8') }));
  const result = await new Instrumenter(silentLogger).instrument(input, options);
  for (const { name, content } of result.files) writeFileSync(name, content);
  return result.mutants.filter(({ status }) => status === undefined);
}

/** A sample that depends on the seed alone. */
function sampleOf(list) {
  let state = seed >>> 0;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  return list
    .map((mutant) => [next(), mutant])
    .sort(([a], [b]) => a - b)
    .slice(0, sampleSize)
    .map(([, mutant]) => mutant);
}

function record(workspace, all, tried) {
  const survivors = tried.filter(({ caught }) => !caught);
  const byRoom = rooms.map((room) => {
    const here = tried.filter(({ mutant }) => roomOf(mutant.fileName) === room);
    return [room, `${here.filter(({ caught }) => caught).length}/${here.length}`];
  });
  return {
    seed,
    mutants: all.length,
    tried: tried.length,
    caught: tried.length - survivors.length,
    rooms: Object.fromEntries(byRoom),
    survivors: survivors.map(
      ({ mutant }) =>
        `${relative(join(workspace, 'packages'), mutant.fileName)}:${mutant.location.start.line + 1} ` +
        `${mutant.mutatorName}: ${mutant.replacement.replace(/\s+/g, ' ').slice(0, 60)}`,
    ),
  };
}

/**
 * The mutators of Stryker over the built code of the rooms that decide, a seeded sample for a bounded time. Stryker's
 * own runner sees only the thread of a test; our tests run the build in threads and processes, so we run it ourselves.
 */
export async function mutationScoreStep() {
  const known = existsSync(scoreFile) ? JSON.parse(readFileSync(scoreFile, 'utf8')) : undefined;
  const score = await inCopyOfWorkspace(async (workspace) => {
    const all = await instrument(workspace);
    const files = tests.map((name) => testFile(workspace, name));
    const beside = new Map(rooms.map((room) => [room, testsBeside(workspace, room)]));
    if (await areCaught(workspace, [...[...beside.values()].flat(), ...files]))
      throw new StepFailure('the tests fail without any mutant');
    const waiting = sampleOf(all);
    const tried = [];
    const started = performance.now();
    const tryThem = async () => {
      while (waiting.length > 0 && performance.now() - started < wholeMs) {
        const mutant = waiting.shift();
        const env = { __STRYKER_ACTIVE_MUTANT__: mutant.id };
        // Those of the room first: they are quick.
        const own = beside.get(roomOf(relative(workspace, mutant.fileName)));
        const isCaught = async (which) =>
          which.length > 0 && (await areCaught(workspace, which, { env, timeoutMs: oneMs }));
        tried.push({ mutant, caught: (await isCaught(own)) || (await isCaught(files)) });
      }
    };
    await Promise.all([tryThem(), tryThem()]);
    return record(workspace, all, tried);
  });
  writeFileSync(scoreFile, `${JSON.stringify(score, null, 2)}\n`);
  const share = ({ caught, tried }) => caught / tried;
  const fell = known !== undefined && share(score) < share(known) - tolerance;
  const note = `${score.caught} of ${score.tried} mutants caught (of ${score.mutants}), seed ${seed}`;
  return { passed: fell ? 0 : 1, failed: fell ? 1 : 0, skipped: 0, note: fell ? `${note}; fewer than recorded` : note };
}
