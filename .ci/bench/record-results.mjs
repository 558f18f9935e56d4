import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeCommit, describeNow } from '../workspace/describe-commit.mjs';
import { root } from '../workspace/paths.mjs';
import { passesBar } from './judge-result.mjs';
import { describeMachine } from './machine.mjs';
import { shownNumber } from './print-table.mjs';

const recordFile = join(root, 'docs', 'bench-result.json');
const documentFile = join(root, 'docs', 'bench-result.md');

/** The record of before, with what was just measured in place of its last figures; a figure left out keeps the one that it has. */
export function updateRecord(before, results, { date, commit, machine }) {
  const kept = (before?.results ?? []).filter(({ name }) => !results.some((result) => result.name === name));
  const measured = results.map((result) => ({ ...result, date, commit }));
  const inOrder = [...kept, ...measured].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { format_version: 1, machine, results: inOrder };
}

function verdictOf(value, bar) {
  const passes = passesBar(value, bar);
  return passes === undefined ? '' : passes ? 'met' : '**not met**';
}

function documentOf({ machine, results }) {
  const rows = results.map(({ name, value, unit, bar, runs, floor, peer, date, commit }) => {
    const [least, , most] = runs.map(shownNumber);
    const against = [floor, peer].filter((text) => text !== null).join('; ');
    return `| \`${name}\` | ${shownNumber(value)} (${least} to ${most}) ${unit} | ${bar} | ${verdictOf(value, bar)} | ${against} | ${date}, ${commit} |`;
  });
  const judged = results.map(({ value, bar }) => passesBar(value, bar)).filter((passes) => passes !== undefined);
  return [
    '# The last figure of each bench',
    '',
    'Written by `npm run bench -- --record [NAME…]`, at full size. A figure is the middle of its runs, with the least and the most; `x` and `ratio` are',
    'ours over what they are held against, in the same minutes.',
    '',
    `- ${judged.filter(Boolean).length} of ${judged.length} bars are met`,
    `- machine: ${machine.cores} cores (${machine.cpu}), ${machine.memory_gb} GB, ${machine.platform}, Node ${machine.node.replace('v', '')}`,
    '',
    '| figure | value | bar | | against | when and what |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

/** Keeps the last figure of each bench in the documents, whatever it is. */
export function recordResults(results) {
  const before = existsSync(recordFile) ? JSON.parse(readFileSync(recordFile, 'utf8')) : undefined;
  const measured = { date: describeNow(), commit: describeCommit(), machine: describeMachine() };
  const record = updateRecord(before, results, measured);
  writeFileSync(recordFile, `${JSON.stringify(record, null, 2)}\n`);
  writeFileSync(documentFile, documentOf(record));
}
