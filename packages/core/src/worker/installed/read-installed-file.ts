import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { scanImports } from '../scan-imports.js';

/** What counts of a file of an installed package. */
export interface InstalledContent {
  /** SHA-256 (hex). */
  readonly sha256: string;
  /** What it imports, by the names that it writes. */
  readonly specifiers: readonly string[];
}

const code = /\.[mc]?[jt]sx?$/;
/** A documentation comment on lines of its own: its examples import what the file does not. */
const documentation = /^[ \t]*\/\*\*(?:(?!\*\/)[^\n])*\n(?:[ \t]*\*(?!\/)(?:(?!\*\/)[^\n])*\n)*[ \t]*\*\//gm;
const kept = new Map<string, { readonly version: string; readonly content: InstalledContent }>();

/** Reads a file once in a process, and again when its size, its times or the file itself have changed. */
export function readInstalledFile(path: string): InstalledContent {
  try {
    const { size, ino, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    const version = [size, ino, mtimeNs, ctimeNs].join();
    const known = kept.get(path);
    if (known?.version === version) return known.content;
    const source = readFileSync(path);
    const sha256 = createHash('sha256').update(source).digest('hex');
    const specifiers = code.test(path) ? scanImports(source.toString('utf8').replace(documentation, '')) : [];
    const content = { sha256, specifiers };
    kept.set(path, { version, content });
    return content;
  } catch {
    return { sha256: 'unreadable', specifiers: [] }; // the loader cannot read it either
  }
}
