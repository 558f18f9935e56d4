import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { record, recordedCommands, recordingFile, runOfPlan, unpackResources } from './recorded-commands.js';
import { runEventmend } from './run-eventmend.js';

const resources = fileURLToPath(new URL('./written-by-0.1/resources/', import.meta.url));
const recorded = fileURLToPath(new URL('./written-by-0.1/recorded/', import.meta.url));
const incident = 'bank.incident.yaml';
const commands = recordedCommands(resources);
const recordingOf = (file: string) => readFileSync(join(recorded, file), 'utf8');

/** One copy of the resources for several commands. */
async function inCopy(use: (folder: string) => Promise<void>): Promise<void> {
  const { folder, remove } = unpackResources(resources);
  try {
    await use(folder);
  } finally {
    remove();
  }
}

async function documentOf<T>(folder: string, ...words: readonly string[]): Promise<T> {
  const { code, out, err } = await runEventmend(folder, [...words, '--json']);
  expect(code, err).toBe(0);
  return JSON.parse(out) as T;
}

function commitsOf(folder: string, runId: string): unknown[] {
  const database = new Database(join(folder, 'store', 'runs', runId, 'run.db'), { readonly: true });
  try {
    return database.prepare('SELECT * FROM commits ORDER BY seq').all();
  } finally {
    database.close();
  }
}

describe.concurrent('what format 0.1 wrote is opened, and every command says what it said then', () => {
  for (const command of commands) {
    it.each(['json', 'text'] as const)(`${command.name}, as %s`, async (form) => {
      const { file, text } = recordingFile(command, form, await record(resources, command, form));
      expect(text).toBe(recordingOf(file));
    });
  }

  it('no recording is left without a command', () => {
    const files = commands.flatMap(({ name }) => [`${name}.json`, `${name}.txt`]);
    expect(readdirSync(recorded).sort()).toEqual(files.sort());
  });
});

describe('what format 0.1 wrote is used, and not made again', () => {
  it.each(['killed', 'stopped'])(
    'the %s run goes on behind its last commit, to the state of the verified run',
    (name) =>
      inCopy(async (folder) => {
        const runId = runOfPlan(folder, `${name}.plan.json`);
        const before = commitsOf(folder, runId);
        const { run } = await documentOf<{ run: { stateDigest: string } }>(folder, 'resume', runId);
        const after = commitsOf(folder, runId);
        expect(before.length).toBeGreaterThan(5);
        expect(after.length).toBeGreaterThan(before.length + 5);
        expect(after.slice(0, before.length)).toEqual(before);
        const { runs } = await documentOf<{ runs: { runId: string; stateDigest: string }[] }>(folder, 'runs', incident);
        const verified = runs.find((one) => one.runId === runOfPlan(folder, 'verified.plan.json'));
        expect(run.stateDigest).toBe(verified?.stateDigest);
      }),
  );

  it('proofs are made anew: those of today compare more than those of then', () =>
    inCopy(async (folder) => {
      const mark = (name: string, reason: string) => {
        const file = join(folder, 'store', name);
        const text = readFileSync(file, 'utf8');
        expect(text).toContain(reason);
        writeFileSync(file, text.replaceAll(reason, 'so the file of 0.1 says'));
      };
      mark('certificates.json', 'the replay from the root reproduces it');
      mark('worker-checks.json', 'it reproduces');
      const { plan } = await documentOf<{
        plan: {
          snapshots: { reason: string; finding: string }[];
          workerCheck: { reason: string };
          measured: { proofMs: number | null };
        };
      }>(folder, 'plan', incident);
      expect(plan.snapshots[0]).toMatchObject({ finding: 'proven', reason: 'the replay from the root reproduces it' });
      expect(plan.workerCheck.reason).not.toContain('so the file of 0.1 says');
      expect(plan.measured.proofMs).not.toBeNull();
    }));

  it('a diagnosis of then gives the reasons of corrections', () =>
    inCopy(async (folder) => {
      const runId = runOfPlan(folder, 'verified.plan.json');
      const reasonsOf = async () => {
        const { first } = await documentOf<{ first: { reason: string }[] }>(folder, 'corrections', runId);
        return first.map(({ reason }) => reason);
      };
      const withDiagnosis = await reasonsOf();
      rmSync(join(folder, 'store', 'diagnosis'), { recursive: true });
      expect(await reasonsOf()).not.toEqual(withDiagnosis);
    }));
});
