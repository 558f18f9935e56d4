import type { ReportHash, ReportJson } from '../../documents/report-document.js';
import { ownVersion } from '../../program/own-package.js';
import { renderReport } from '../render-report.js';
import type { ReportCheck } from './check-seal.js';
import { chapterHashes, type SealedFile } from './seal.js';

/** Holds a sealed report against the same report made anew. */
export async function compareWithRun({ body, seal }: SealedFile, now: ReportJson): Promise<readonly ReportCheck[]> {
  const chapters = differingChapters(seal.chapters, chapterHashes(now));
  return [
    ...compareHashes(seal.hashes, now.hashes),
    chapters.length === 0
      ? { name: 'content', result: 'passed', detail: 'the run gives the same report, chapter by chapter' }
      : { name: 'content', result: 'failed', detail: `made anew, these differ: ${chapters.join(', ')}` },
    await compareBytes(body, seal, now, chapters.length === 0),
  ];
}

function compareHashes(sealed: readonly ReportHash[], now: readonly ReportHash[]): ReportCheck[] {
  const nameOf = ({ what, name }: ReportHash): string => `${what} ${name}`;
  const present = new Map(now.map((of) => [nameOf(of), of.sha256]));
  const checks = sealed.map((of): ReportCheck => {
    const name = nameOf(of);
    const found = present.get(name);
    if (of.sha256 === null)
      return { name, result: 'not-checked', detail: 'nothing named its content when the report was made' };
    if (found === undefined || found === null)
      return { name, result: 'failed', detail: 'it is gone, or cannot be read' };
    return found === of.sha256
      ? { name, result: 'passed', detail: `the same (${of.sha256.slice(0, 12)})` }
      : { name, result: 'failed', detail: `it was ${of.sha256.slice(0, 12)}, and is ${found.slice(0, 12)} now` };
  });
  const known = new Set(sealed.map(nameOf));
  const added = now.filter((of) => !known.has(nameOf(of)));
  return [
    ...checks,
    ...added.map((of): ReportCheck => ({
      name: nameOf(of),
      result: 'failed',
      detail: 'it was not there when the report was made',
    })),
  ];
}

function differingChapters(sealed: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>): string[] {
  const names = new Set([...Object.keys(sealed), ...Object.keys(now)]);
  return [...names].filter((name) => sealed[name] !== now[name]);
}

/** The seal says itself what it should be of: only the same bytes made anew show that nobody sealed other ones. */
async function compareBytes(
  body: string,
  seal: SealedFile['seal'],
  now: ReportJson,
  isSame: boolean,
): Promise<ReportCheck> {
  const name = 'bytes';
  if (!isSame) return { name, result: 'not-checked', detail: 'the run gives another report now' };
  if (seal.made.by !== ownVersion()) {
    return { name, result: 'not-checked', detail: `made by version ${seal.made.by}; this is ${ownVersion()}` };
  }
  const { body: again } = await renderReport(now, seal.format);
  return again === body
    ? { name, result: 'passed', detail: 'the run gives the same file, byte by byte' }
    : { name, result: 'failed', detail: 'the run gives another file: this one was changed and sealed anew' };
}
