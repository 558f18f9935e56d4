import { existsSync, readFileSync, rmSync } from 'node:fs';
import { writeFileDurably } from '../../model/files/write-file-durably.js';
import type { CoverageMark } from '../../model/provenance/provenance.js';

/** The keys of a run that depend on what no check of the worker covered, as its verification found them. */
export interface CoverageMarks {
  readonly unproven: readonly string[];
  /** On parts alone that the user reviewed. */
  readonly declared: readonly string[];
}

export const noMarks: CoverageMarks = { unproven: [], declared: [] };

interface MarksFile extends CoverageMarks {
  readonly format_version: 1;
}

/** No marks where there is no file. What cannot be read throws: without the marks, keys would pass for exact. */
export function readCoverageMarks(file: string): CoverageMarks {
  if (!existsSync(file)) return noMarks;
  const { unproven, declared } = JSON.parse(readFileSync(file, 'utf8')) as MarksFile;
  return { unproven, declared };
}

export function writeCoverageMarks(file: string, marks: CoverageMarks): void {
  if (marks.unproven.length + marks.declared.length === 0) {
    rmSync(file, { force: true });
    return;
  }
  const content: MarksFile = { format_version: 1, unproven: marks.unproven, declared: marks.declared };
  writeFileDurably(file, `${JSON.stringify(content)}\n`);
}

export function marksByKey(marks: CoverageMarks): (key: string) => CoverageMark {
  const unproven = new Set(marks.unproven);
  const declared = new Set(marks.declared);
  return (key) => (unproven.has(key) ? 'unreviewed' : declared.has(key) ? 'reviewed' : 'covered');
}
