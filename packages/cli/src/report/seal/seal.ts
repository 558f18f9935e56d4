import { createHash } from 'node:crypto';
import { canonicalJson } from '@eventmend/core/engine';
import type { ReportJson } from '../../documents/report-document.js';
import type { SealJson } from '../../documents/report-document.js';

export type ReportFormat = SealJson['format'];

/** What stands around the seal of a file: behind it comes nothing. */
const frames: Readonly<Record<ReportFormat, readonly [before: string, behind: string]>> = {
  html: ['<!-- eventmend-seal ', ' -->\n'],
  markdown: ['<!-- eventmend-seal ', ' -->\n'],
  json: [',\n  "seal": ', '\n}\n'],
};

/** A file that says at its end what it should be. */
export interface SealedFile {
  readonly body: string;
  readonly seal: SealJson;
}

/** Ends a file with its seal. `body` is all that stands before; of a JSON document without its last brace. */
export function withSeal({ body, seal }: SealedFile): string {
  const [before, behind] = frames[seal.format];
  return body + before + sealText(seal) + behind;
}

/** Takes a file apart; null where it has no seal, or one that is not written as it would be. */
export function readSeal(file: string): SealedFile | null {
  for (const [before, behind] of [frames.html, frames.json]) {
    const at = file.lastIndexOf(before);
    if (at < 0 || !file.endsWith(behind)) continue;
    const text = file.slice(at + before.length, file.length - behind.length);
    try {
      const seal = JSON.parse(text) as SealJson;
      if (seal.format_version === 1 && frames[seal.format][0] === before && sealText(seal) === text) {
        return { body: file.slice(0, at), seal };
      }
    } catch {
      continue; // something else that looks like one
    }
  }
  return null;
}

/** The seal of a report, not signed yet. */
export function sealOf(report: ReportJson, format: ReportFormat, body: string): SealJson {
  return {
    format_version: 1,
    format,
    runId: report.run.runId,
    incident: report.incident.name,
    made: report.made,
    masked: report.keys?.masked ?? [],
    sha256: sha256(body),
    chapters: chapterHashes(report),
    hashes: report.hashes,
    signature: null,
  };
}

/** A hash of each part of the report as data: it tells which one differs later. */
export function chapterHashes(report: ReportJson): Record<string, string> {
  return Object.fromEntries(
    Object.entries(report).map(([chapter, content]) => [chapter, sha256(canonicalJson(content))]),
  );
}

export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** In one line, and without what would end a comment. */
function sealText(seal: SealJson): string {
  return JSON.stringify(seal).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e');
}
