import type { Assessment, Plan, Run, RunReport, Verification } from '@eventmend/core';
import type { RecoveryInputs } from '@eventmend/core/engine';
import type { Incident } from '@eventmend/core/incident';
import type { Engine, ReplayStrategy } from '../src/engine/engine.js';
import { plainStyle } from '../src/terminal/terminal-style.js';
import type { CliEnvironment } from '../src/program/cli-environment.js';
import { assessment, plan, report, verification } from './fixtures.js';

/** What a test reads back. */
export interface FakeEnvironment extends CliEnvironment {
  readonly written: { out: string; err: string };
  readonly calls: string[];
  readonly stop: AbortController;
}

export interface Fakes {
  readonly assess?: () => Promise<Assessment>;
  readonly plan?: (options: unknown) => Promise<Plan>;
  readonly recover?: (plan: Plan, signal: AbortSignal) => Promise<RunReport>;
  readonly verify?: () => Promise<Verification>;
  readonly interactive?: boolean;
  readonly answer?: boolean | null;
  readonly report?: RunReport;
}

/** A world without a terminal, with a strategy that answers from fixtures. */
export function fakeWorld(cwd: string, fakes: Fakes = {}): FakeEnvironment {
  const written = { out: '', err: '' };
  const calls: string[] = [];
  const stop = new AbortController();
  const strategy: ReplayStrategy = {
    name: 'log-replay',
    assess: () => fakes.assess?.() ?? Promise.resolve(assessment),
    plan: (options) => {
      calls.push(`plan ${JSON.stringify(options)}`);
      return fakes.plan?.(options) ?? Promise.resolve(plan);
    },
    recover: async (given = plan, work) => {
      calls.push(`recover ${given.id.slice(0, 8)}`);
      work?.onProgress?.({ phase: 'replay', done: 1, total: 2, quarantined: 0 });
      return runOf(await (fakes.recover?.(given, work?.signal ?? stop.signal) ?? report));
    },
    verify: () => fakes.verify?.() ?? Promise.resolve(verification),
  };
  const engine: Engine = {
    archives: () => Promise.reject(new Error('no archive in this test')),
    checkpoints: () => Promise.reject(new Error('no checkpoints in this test')),
    strategy: () => Promise.resolve(strategy),
    strategies: () => [strategy],
    corrections: () => Promise.reject(new Error('no corrections in this test')),
    drills: () => Promise.reject(new Error('no drill in this test')),
    comparison: () => Promise.reject(new Error('no comparison in this test')),
    fleet: () => Promise.reject(new Error('no fleet in this test')),
    publication: () => Promise.reject(new Error('no publication in this test')),
    groups: () => Promise.reject(new Error('no group in this test')),
    lastDiagnosis: () => Promise.resolve(null),
    estimation: () => Promise.reject(new Error('no estimation in this test')),
    diagnosis: () => Promise.reject(new Error('no diagnosis in this test')),
    report: () => Promise.reject(new Error('no report in this test')),
    workerCheck: () => Promise.reject(new Error('no worker check in this test')),
    kafka: () => Promise.reject(new Error('no Kafka in this test')),
    schemas: () => Promise.reject(new Error('no schemas in this test')),
    openIncident: (incident) => Promise.resolve({ ...inputsOf(incident), close: () => undefined }),
    openCatalogue: () =>
      Promise.resolve({
        list: () => [fakes.report ?? report],
        plan: () => plan,
        report: () => fakes.report ?? report,
        verification: () => null,
        states: () => [{ key: 'ATL', state: { n: 1 }, fidelity: 'exact', causes: ['baseline 0 (genesis)'] }] as const,
        outputs: () => [],
        openOutputs: () => ({ lanes: [], causesOf: () => null, close: () => undefined }),
        quarantined: () => [
          {
            partition: { source: 'flights', topic: 'flights', incarnation: '', partition: 0 },
            offset: 17,
            keys: ['ATL'],
            code: 'EM3002',
            reason: 'the worker threw: no such \u001b[31mairport',
          },
        ],
        remove: (runId: string) => void calls.push(`remove ${runId}`),
      }),
    runIds: () => Promise.resolve(fakes.report === undefined ? [] : [fakes.report.runId]),
  };
  return {
    cwd,
    written,
    calls,
    stop,
    engine,
    terminal: {
      outStyle: plainStyle,
      errStyle: plainStyle,
      interactive: fakes.interactive ?? false,
      errIsTerminal: false,
      out: (lines) => void (written.out += lines.map((line) => line + '\n').join('')),
      outRaw: (text) => void (written.out += text),
      err: (lines) => void (written.err += lines.map((line) => line + '\n').join('')),
      status: () => undefined,
    },
    confirm: () => Promise.resolve(fakes.answer === undefined ? true : fakes.answer),
    listenForStop: () => ({ signal: stop.signal, release: () => undefined }),
    now: () => 0,
  };
}

/** What an incident says of itself; the strategies of these tests open nothing. */
function inputsOf(incident: Incident): RecoveryInputs {
  const { name, digest, onset, end, worker, trusted, order, poison, references, store } = incident;
  return {
    ...{ worker, trusted, order, poison, references, store, logs: [], snapshots: null, live: null },
    incident: { name, digest, onset, end },
  };
}

/** A run that is reported and not read. */
function runOf(of: RunReport): Run {
  const nothing = () => [];
  const { runId, verdict, accounts } = of;
  return { runId, verdict, accounts, report: of, states: nothing, outputs: nothing, quarantined: nothing };
}
