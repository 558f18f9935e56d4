import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from '../workspace/paths.mjs';
import { StepFailure } from '../workspace/step.mjs';
import { entries, reportEntries } from './report-entries.mjs';

const folder = join(root, 'docs', 'api');

/** How many names the root of core may export: what a first program and the author of an adapter need. */
const mostNamesOfCore = 80;
const boundedEntry = '@eventmend/core';

/** The reports as they must stand, by the paths of their files, and how many names each entry exports. */
function currentReports() {
  const reports = reportEntries(entries());
  return {
    files: new Map(reports.map(({ file, text }) => [join(folder, file), text])),
    counts: new Map(reports.map(({ name, count }) => [name, count])),
  };
}

function recordedFiles() {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.api.md'))
    .map((name) => join(folder, name));
}

/** The first line in which two reports differ, as a reader of a log wants to see it. */
function difference(file, wanted) {
  const name = relative(root, file);
  if (!existsSync(file)) return `${name} is missing`;
  if (wanted === undefined) return `${name} stands for no entry`;
  const [before, after] = [readFileSync(file, 'utf8').split('\n'), wanted.split('\n')];
  const at = after.findIndex((line, index) => line !== before[index]);
  const line = at === -1 ? after.length : at;
  return `${name}:${line + 1}\n  - ${before[line] ?? ''}\n  + ${after[line] ?? ''}`;
}

/** What every entry of every package exports is what was accepted, and the root of core stays small. */
export async function apiStep() {
  const { files, counts } = currentReports();
  const changed = [...new Set([...files.keys(), ...recordedFiles()])].filter(
    (file) => !existsSync(file) || files.get(file) !== readFileSync(file, 'utf8'),
  );
  const problems = changed.map((file) => difference(file, files.get(file)));
  if (problems.length > 0) {
    throw new StepFailure('what packages export has changed; npm run api accepts it', problems.join('\n'));
  }
  const names = counts.get(boundedEntry) ?? 0;
  if (names > mostNamesOfCore) {
    throw new StepFailure(`the root of core exports ${names} names; it may have ${mostNamesOfCore}`);
  }
  return { note: [...counts].map(([name, count]) => `${name.replace('@eventmend/', '')} ${count}`).join(', ') };
}

/** Writes the reports as they are now. */
export function acceptApi() {
  const { files } = currentReports();
  mkdirSync(folder, { recursive: true });
  for (const file of recordedFiles()) if (!files.has(file)) rmSync(file);
  for (const [file, text] of files) writeFileSync(file, text);
  return files.size;
}
