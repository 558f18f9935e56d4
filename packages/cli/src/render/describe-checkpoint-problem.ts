import type { ChainBreak, CheckpointProblem } from '@eventmend/checkpoint';
import { countOf, formatCount } from '../terminal/format.js';

/** What is wrong with a checkpoint, in words. */
export function describeCheckpointProblem(problem: CheckpointProblem): string {
  switch (problem.kind) {
    case 'no-header':
      return problem.reason;
    case 'bad-row':
      return `line ${problem.line}${problem.key === null ? '' : `, key ${JSON.stringify(problem.key.slice(0, 60))}`}: ${rowReasons[problem.reason]}`;
    case 'keys-do-not-rise':
      return `line ${problem.line}: key ${JSON.stringify(problem.key.slice(0, 60))} does not rise above the one before`;
    case 'cut':
      return problem.lines === null
        ? 'it has no end line: it was cut'
        : `it was cut: ${countOf(problem.lines, 'line')}, and no end line`;
    case 'rows-differ':
      return `it holds ${countOf(problem.rows, 'row')}, and its end line says ${formatCount(problem.said)}`;
    case 'content-differs':
      return 'its content does not match the digest in its end line';
    case 'other-name':
      return `it is checkpoint ${problem.name} under another name`;
    case 'states-differ':
      return 'with what it stands on it has not all rows, or others than it was made of';
    case 'behind-the-end':
      return `line ${problem.line} stands behind its end line`;
    case 'base-missing':
      return `it stands on ${problem.base}, which is not there`;
    case 'base-damaged':
      return `it stands on ${problem.base}, which is damaged or another one`;
  }
}

const rowReasons = {
  'not-json': 'it is not JSON',
  'not-a-row': 'it is no row of a checkpoint',
  'hash-differs': 'it does not match its hash',
} as const;

/** Where the chain of checkpoints is broken, in words. */
export function describeChainBreak(found: ChainBreak): string {
  switch (found.kind) {
    case 'missing':
      return `${found.checkpoint} was made after ${found.previous}, which is not there`;
    case 'another':
      return `${found.checkpoint} was made after another ${found.previous} than the one that is there`;
    case 'newest-missing':
      return `the head file names ${found.checkpoint}, which is not there: it is lost, or an older copy was put back`;
    case 'newest-differs':
      return `the head file names another ${found.checkpoint} than the one that is there`;
  }
}
