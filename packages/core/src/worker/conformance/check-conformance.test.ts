import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkConformance, runChecks } from './check-conformance.js';
import { conformanceCheckNames, type ConformanceCheckName, type ConformanceReport } from './conformance-report.js';

const program = fileURLToPath(new URL('../../../test/processes/keeping-worker.mjs', import.meta.url));
const cwd = process.cwd();
const full = process.env['EVENTMEND_FULL'] !== undefined;
const seed = Number(process.env['EVENTMEND_SEED'] ?? 20261125);

function check(
  mutation: string,
  timeoutMs: number,
  names: readonly ConformanceCheckName[] = conformanceCheckNames,
): Promise<ConformanceReport> {
  return runChecks(names, { command: [process.execPath, program, mutation, String(seed)], cwd }, { timeoutMs });
}

const resultsOf = ({ checks }: ConformanceReport) =>
  Object.fromEntries(checks.map(({ name, result, got }) => [name, result === 'passed' ? result : `${result}: ${got}`]));

/** What a process may get wrong, and the check that must notice. */
const mutations: Readonly<Record<string, ConformanceCheckName>> = {
  banner: 'hello',
  'no-version': 'hello',
  'another-protocol': 'hello',
  strict: 'unknown-members',
  'one-batch-in-hand': 'order',
  'first-come': 'order',
  'answers-twice': 'order',
  'counts-batches-itself': 'order',
  'numbers-its-keys': 'keys-again',
  'neighbouring-keys': 'keys-again',
  'a-key-too-few': 'keys-again',
  'states-of-others': 'own-keys',
  'writes-elsewhere': 'own-keys',
  'keeps-a-state-back': 'own-keys',
  miscounts: 'own-keys',
  'remembers-states': 'batch-again',
  random: 'batch-again',
  'names-its-process': 'batch-again',
  'counts-itself': 'batch-again',
  'changes-in-place': 'split',
  'repeats-outputs': 'split',
  'skips-too-few': 'skip',
  'handles-skipped': 'skip',
  'dies-without-keys': 'no-keys',
  'no-keys-at-all': 'no-keys',
  'no-keys-for-the-batch': 'no-keys',
  'dies-of-an-event': 'failing-event',
  'forgets-what-was-done': 'failing-event',
  'half-an-event': 'failing-event',
  'blames-another-event': 'failing-event',
  floats: 'numbers',
  'fifteen-digits': 'numbers',
  'small-integers': 'numbers',
  'composes-texts': 'texts',
  'drops-controls': 'texts',
  'plane-zero': 'texts',
  'writes-latin1': 'texts',
  'reads-latin1': 'texts',
  shallow: 'depth',
  'plain-assignment': 'strange-keys',
  'short-lines': 'large-batch',
  'keeps-one-batch': 'kept-states',
  'never-asks': 'kept-states',
  'asks-again': 'kept-states',
  'asks-for-others': 'kept-states',
  'out-of-turn': 'kept-states',
  'collects-too-little': 'kept-states',
  'collects-twice': 'kept-states',
  'remembers-what-it-asked': 'forgotten-states',
  'forgets-no-batches': 'forgotten-states',
  'stops-at-a-failure': 'kept-failure',
  'half-a-kept-event': 'kept-failure',
  prints: 'stdout',
  'minds-no-close': 'close',
  stays: 'close',
  'ends-badly': 'close',
  'stays-without-input': 'end-of-input',
  'ends-badly-without-input': 'end-of-input',
};

describe('a process that follows the protocol', () => {
  it.each([['none'], ['floods-stderr']])('passes every check: %s', async (mutation) => {
    const report = await check(mutation, 20_000);
    expect(resultsOf(report)).toEqual(Object.fromEntries(conformanceCheckNames.map((name) => [name, 'passed'])));
    expect(report).toMatchObject({ conforms: true, worker: { name: 'keeper', version: '1' } });
    expect(report.events).toEqual({ from: 'made-up', handled: 24 });
  });

  it('passes every check of the version that it speaks', async () => {
    const report = await check('first-version', 20_000);
    expect(report.conforms).toBe(true);
    const keepsNone = 'not-checked: it speaks version 1 of the protocol, and keeps no states';
    const of = (name: ConformanceCheckName) => (/kept|forgotten/.test(name) ? keepsNone : 'passed');
    expect(resultsOf(report)).toEqual(Object.fromEntries(conformanceCheckNames.map((name) => [name, of(name)])));
  });

  it('is not blamed for a handler that is strict', async () => {
    const report = await check('picky', 20_000);
    expect(report.conforms, JSON.stringify(resultsOf(report), null, 2)).toBe(true);
    expect(resultsOf(report)).toMatchObject({
      split: 'passed',
      skip: 'passed',
      'failing-event': 'passed',
      'strange-keys': 'passed',
      'large-batch': 'not-checked: the handler takes no more than 24 of 5000 events when they repeat',
      numbers: 'not-checked: the handler refuses an event with a member more',
    });
  });
});

describe(`a process with one fault (seed ${seed})`, () => {
  // Every day each is shown the check that must notice it; all checks, of which most find nothing, in the full run.
  it.concurrent.each(Object.entries(mutations))('%s is noticed by %s', async (mutation, name) => {
    const shown = conformanceCheckNames.filter((each) => full || each === 'hello' || each === name);
    const report = await check(mutation, 3000, shown);
    expect(report.conforms).toBe(false);
    expect(resultsOf(report)[name], JSON.stringify(resultsOf(report), null, 2)).toMatch(/^failed: /);
  });
});

describe('a command', () => {
  it('that does not start fails at hello, and the rest is not checked', async () => {
    const report = await checkConformance({ command: ['no-such-program-at-all'], cwd });
    expect(report).toMatchObject({ conforms: false, worker: null, events: { handled: 0 } });
    expect(report.checks[0]).toMatchObject({ name: 'hello', result: 'failed' });
    expect(report.checks[0]?.got).toContain('ENOENT');
    expect(report.checks.slice(1).filter(({ result }) => result === 'passed')).toEqual([]);
  });

  it('whose handler takes no made-up event is not called checked', async () => {
    const report = await checkConformance(
      { command: [process.execPath, program], cwd },
      { events: [{ key: null, value: '{"count":"twelve"}' }] },
    );
    expect(report.conforms).toBe(true);
    expect(report.events).toEqual({ from: 'given', handled: 0 });
    expect(resultsOf(report)['split']).toBe('not-checked: the handler takes none of the given events');
  });

  it('is left alone when the signal aborts', async () => {
    const stopped = checkConformance({ command: [process.execPath, program], cwd }, { signal: AbortSignal.abort() });
    await expect(stopped).rejects.toThrow('aborted');
  });
});
