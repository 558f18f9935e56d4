import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { runEventmend } from './run-eventmend.js';

/** A command of the program, and what it is called with in a fresh copy of the resources. */
export interface RecordedCommand {
  /** The name of the files that hold what it said. */
  readonly name: string;
  readonly words: readonly string[];
  /** Commands that are called first; what they say is not recorded. */
  readonly before?: readonly (readonly string[])[];
  /** Files that it writes: their digest is recorded. */
  readonly writes?: readonly string[];
}

/** What a command said and wrote, without what differs each time. */
export interface Recording {
  readonly exitCode: number;
  readonly written: Readonly<Record<string, string>>;
  readonly said: string;
}

const corePackage = new URL('../../core/package.json', import.meta.url);
const writtenBy = '0.1.0';

/** Stands in stored files in the place of the folder that they lie in. */
const placeholder = '{{folder}}';
const textFiles = ['.json', '.ndjson', '.csv', '.yaml', '.md'];

/** A copy of the resources in a folder of its own, with the name of that folder where a file has to say it. */
export function unpackResources(resources: string): { readonly folder: string; remove(): void } {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'eventmend-written-')));
  cpSync(resources, folder, { recursive: true });
  replaceInTexts(folder, placeholder, folder);
  standInForOldCore(folder);
  return {
    folder,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * The hash of a worker counts the version of the core that it finds, so that plans get stale with a new one. The resources
 * are to be opened all the same: what they find then has the old number and no code, and the code of today is lent to them.
 */
function standInForOldCore(folder: string): void {
  const { version } = JSON.parse(readFileSync(corePackage, 'utf8')) as { readonly version: string };
  if (version === writtenBy) return;
  const found = join(folder, 'node_modules', '@eventmend', 'core');
  mkdirSync(found, { recursive: true });
  writeFileSync(join(found, 'package.json'), JSON.stringify({ version: writtenBy }));
}

/** The other way round, for the script that makes the resources. */
export function packResources(folder: string, resources: string): void {
  replaceInTexts(folder, folder, placeholder);
  cpSync(folder, resources, { recursive: true });
}

function replaceInTexts(folder: string, from: string, to: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const file = join(folder, name);
    if (!textFiles.includes(extname(name)) || !statSync(file).isFile()) continue;
    const text = readFileSync(file, 'utf8');
    if (text.includes(from)) writeFileSync(file, text.replaceAll(from, to));
  }
}

/** The run of a plan that stands among the resources. */
export function runOfPlan(resources: string, plan: string): string {
  const { id } = JSON.parse(readFileSync(join(resources, plan), 'utf8')) as { readonly id: string };
  return `r-${id.slice(0, 8)}`;
}

/** Leaves out of what a command said what differs from call to call: the folder, and how long a run took. */
function normalise(said: string, folder: string): string {
  return said
    .replaceAll(folder, placeholder)
    .replaceAll(/^( {2}took {8}).*$/gm, '$1(measured)')
    .replaceAll(/("(?:elapsedMs|expectedMs|eventsPerSecond|proofMs)": )[\d.]+/g, '$1"(measured)"');
}

/** Calls a command in a fresh copy of the resources, for people (`text`) or for programs (`json`). */
export async function record(
  resources: string,
  { words, before = [], writes = [] }: RecordedCommand,
  form: 'text' | 'json',
): Promise<Recording> {
  const { folder, remove } = unpackResources(resources);
  try {
    for (const earlier of before) await runEventmend(folder, [...earlier, '--quiet']);
    const { code, out, err } = await runEventmend(folder, [form === 'json' ? '--json' : '--quiet', ...words]);
    // What a failed command says stands on stderr. Where it names the folder, its lines break elsewhere in each copy: then
    // the document alone has the message.
    const said = form === 'json' || code === 0 || err.includes(folder) ? out : out + err;
    const missing = writes.find((name) => !existsSync(join(folder, name)));
    if (missing !== undefined) throw new Error(`${words.join(' ')} wrote no ${missing}: ${out}${err}`);
    return {
      exitCode: code ?? -1,
      written: Object.fromEntries(writes.map((name) => [name, digestOf(join(folder, name), folder)])),
      said: normalise(said, folder),
    };
  } finally {
    remove();
  }
}

function digestOf(file: string, folder: string): string {
  return createHash('sha256')
    .update(normalise(readFileSync(file, 'utf8'), folder))
    .digest('hex');
}

/** How a recording is kept: texts as they were printed, documents as JSON that a diff can be read of. */
export function recordingFile({ name, words }: RecordedCommand, form: 'text' | 'json', made: Recording) {
  const { exitCode, written, said } = made;
  if (form === 'json') {
    const document = JSON.parse(said) as unknown;
    return { file: `${name}.json`, text: JSON.stringify({ words, exitCode, written, document }, null, 2) + '\n' };
  }
  return { file: `${name}.txt`, text: `$ eventmend ${words.join(' ')}\n${said}(exit code ${exitCode})\n` };
}

/** Every command that has `--json` and needs no broker, on the resources. */
export function recordedCommands(resources: string): readonly RecordedCommand[] {
  const [verified, killed, stopped] = ['verified', 'killed', 'stopped'].map((name) =>
    runOfPlan(resources, `${name}.plan.json`),
  ) as [string, string, string];
  const bank = 'bank.incident.yaml';
  const deposits = 'deposits.incident.yaml';
  const readings = 'readings.incident.yaml';
  const mapping = ['--incident', bank];
  const of = (incident: string) => ['--incident', incident];
  return [
    { name: 'archive-info', words: ['archive', 'info', 'bank.archive'] },
    { name: 'archive-info-sealed', words: ['archive', 'info', 'deposits.archive'] },
    { name: 'archive-info-schemas', words: ['archive', 'info', 'readings.archive'] },
    { name: 'archive-verify', words: ['archive', 'verify', 'bank.archive'] },
    { name: 'archive-verify-sealed', words: ['archive', 'verify', 'deposits.archive'] },
    { name: 'archive-verify-schemas', words: ['archive', 'verify', 'readings.archive'] },
    {
      name: 'archive-import',
      words: ['archive', 'import', 'history-1.ndjson', 'history-2.ndjson', '--into', 'new.archive', ...mapping],
    },
    {
      name: 'archive-import-more',
      words: ['archive', 'import', 'history-1.ndjson', 'recent.ndjson', '--into', 'bank.archive', ...mapping],
    },
    { name: 'archive-import-sealed', words: ['archive', 'import', 'recent.ndjson', '--into', 'deposits.archive'] },
    {
      name: 'archive-export',
      words: ['archive', 'export', 'bank.archive', '--out', 'bank.ndjson'],
      writes: ['bank.ndjson'],
    },
    {
      name: 'archive-export-schemas',
      words: ['archive', 'export', 'readings.archive', '--out', 'readings.ndjson'],
      writes: ['readings.ndjson'],
    },
    { name: 'assess-bank', words: ['assess', bank] },
    { name: 'assess-deposits', words: ['assess', deposits] },
    { name: 'assess-readings', words: ['assess', readings] },
    { name: 'doctor-bank', words: ['doctor', bank] },
    { name: 'doctor-deposits', words: ['doctor', deposits] },
    { name: 'doctor-readings', words: ['doctor', readings] },
    { name: 'worker-check', words: ['worker', 'check', bank] },
    { name: 'worker-check-faulty', words: ['worker', 'check', bank, '--faulty', 'deployed-worker.ts'] },
    { name: 'worker-conformance', words: ['worker', 'conformance', '--', 'node', 'counting-process.mjs'] },
    { name: 'diagnose-bank', words: ['diagnose', bank, '--out', 'faults.csv'], writes: ['faults.csv'] },
    { name: 'diagnose-states', words: ['diagnose', 'bank-states.incident.yaml'] },
    { name: 'diagnose-deposits', words: ['diagnose', deposits] },
    { name: 'plan-bank', words: ['plan', bank, '--out', 'again.plan.json'], writes: ['again.plan.json'] },
    { name: 'plan-deposits', words: ['plan', deposits] },
    { name: 'plan-of-one-key', words: ['plan', bank, '--keys', 'a1'] },
    { name: 'plan-of-all-keys', words: ['plan', bank, '--keys', 'a1', '--accept-closure'] },
    { name: 'recover-old-plan', words: ['recover', '--plan', 'only.plan.json'] },
    { name: 'recover-used-plan', words: ['recover', '--plan', 'verified.plan.json'] },
    { name: 'recover-stopped-plan', words: ['recover', '--plan', 'stopped.plan.json'] },
    { name: 'recover-deposits', words: ['recover', deposits, '--yes'] },
    { name: 'recover-deposits-plan', words: ['recover', '--plan', 'deposits.plan.json'] },
    { name: 'recover-readings', words: ['recover', readings, '--yes'] },
    { name: 'recover-without-yes', words: ['recover', bank] },
    { name: 'resume-killed', words: ['resume', killed] },
    { name: 'resume-stopped', words: ['resume', stopped] },
    { name: 'verify-verified', words: ['verify', verified] },
    { name: 'verify-killed', before: [['resume', killed]], words: ['verify', killed] },
    { name: 'runs-bank', words: ['runs', bank] },
    { name: 'runs-remove', words: ['runs', bank, '--remove', verified] },
    { name: 'export-state', words: ['export', verified, '--out', 'state.ndjson'], writes: ['state.ndjson'] },
    {
      name: 'export-outputs',
      words: ['export', verified, '--what', 'outputs', '--out', 'outputs.csv', ...of(bank)],
      writes: ['outputs.csv'],
    },
    {
      name: 'export-quarantined',
      words: ['export', verified, '--what', 'quarantined', '--out', 'parked.ndjson'],
      writes: ['parked.ndjson'],
    },
    { name: 'export-killed', words: ['export', killed, '--out', 'state.ndjson'] },
    {
      name: 'corrections',
      words: ['corrections', verified, '--out', 'corrections.ndjson'],
      writes: ['corrections.ndjson'],
    },
    { name: 'corrections-summary', words: ['corrections', verified, '--summary', '--reason', 'missed', 'wrong'] },
    { name: 'init', words: ['init', 'mine'], writes: ['mine/mine.incident.yaml', 'mine/worker.ts', 'mine/README.md'] },
    {
      name: 'init-from',
      words: ['init', 'yours', '--from', 'deposits.ndjson'],
      writes: ['yours/deposits.incident.yaml', 'yours/worker.ts', 'yours/README.md'],
    },
  ];
}
