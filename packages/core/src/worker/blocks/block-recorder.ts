import type { Profiler, Session } from 'node:inspector';
import { realpathSync } from 'node:fs';
import { dirname, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readModuleGraph } from '../module-graph.js';
import { spansThatRan, subtractSpans, uniteSpans, type CountedRange, type Spans } from './spans.js';

/** By file of the worker, relative to the folder of its module: stretches of its text, as the runtime has it. */
export type CodeSpans = Readonly<Record<string, Spans>>;

/** Blocks of a worker's code, counted. */
export interface BlockCounts {
  readonly ran: number;
  readonly seen: number;
}

/** Records which blocks of the user's worker modules run in this thread. */
export interface BlockRecorder {
  /** To be called when the module is loaded, before the first event. What ran so far was run by none. */
  loaded(): void;
  /** What ran since the last call. */
  take(): CodeSpans;
  /** How many of the blocks that there are lie in these stretches. */
  count(ran: CodeSpans): BlockCounts;
  /** The blocks that there are, without those of these stretches. */
  without(ran: CodeSpans): CodeSpans;
  /** `worker.ts:41-44`, in the lines of the user's file. */
  locate(spans: CodeSpans): readonly string[];
  close(): void;
}

interface Script {
  readonly id: string;
  /** Where blocks begin, by all that was ever reported; what is not in a function is left out. */
  readonly blocks: Map<string, readonly [number, number]>;
  /** Its text as V8 has it; null for a script that was loaded later. */
  text: string | null;
}

/**
 * Begins to record, to be called before the module is loaded in this thread: V8 counts blocks of what it compiles from then
 * on. Null where this Node has no inspector.
 */
export async function startBlockRecorder(moduleUrl: string): Promise<BlockRecorder | null> {
  const { entry, files } = readModuleGraph(moduleUrl);
  try {
    const inspector = await import('node:inspector');
    const session = new inspector.Session();
    session.connect();
    session.post('Profiler.enable');
    session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    return new V8BlockRecorder(session, dirname(entry), new Set(files.keys()));
  } catch {
    return null; // less is covered then, and nothing is called covered that is not
  }
}

class V8BlockRecorder implements BlockRecorder {
  readonly #session: Session;
  readonly #root: string;
  readonly #files: ReadonlySet<string>;
  /** Names by URL of a script; null for one that is none of the user's. */
  readonly #names = new Map<string, string | null>();
  readonly #scripts = new Map<string, Script>();

  constructor(session: Session, root: string, files: ReadonlySet<string>) {
    this.#session = session;
    this.#root = root;
    this.#files = files;
  }

  loaded(): void {
    this.take();
    this.#readSources();
  }

  take(): CodeSpans {
    const ran: Record<string, Spans> = {};
    // A session of the own thread answers at once.
    this.#session.post('Profiler.takePreciseCoverage', (error, answer) => {
      if (error !== null) throw error;
      for (const script of answer.result) {
        const name = this.#nameOf(script.url);
        if (name === null) continue;
        const known = this.#note(name, script);
        if (known) ran[name] = uniteSpans(ran[name] ?? [], spansThatRan(script.functions.flatMap(rangesOf)));
      }
    });
    return ran;
  }

  count(ran: CodeSpans): BlockCounts {
    let seen = 0;
    let covered = 0;
    for (const [name, { blocks }] of this.#scripts) {
      for (const [from] of blocks.values()) {
        seen++;
        if (holds(ran[name] ?? [], from)) covered++;
      }
    }
    return { ran: covered, seen };
  }

  without(ran: CodeSpans): CodeSpans {
    const left: Record<string, Spans> = {};
    for (const [name, { blocks }] of this.#scripts) {
      let all: Spans = [];
      for (const block of blocks.values()) all = uniteSpans(all, [block]);
      left[name] = subtractSpans(all, ran[name] ?? []);
    }
    return left;
  }

  locate(spans: CodeSpans): readonly string[] {
    return Object.entries(spans).flatMap(([name, stretches]) => {
      const text = this.#scripts.get(name)?.text ?? '';
      const lines = stretches.flatMap(([from, to]) => linesOf(text, from, to));
      return mergeLines(lines).map(([first, last]) =>
        first === 0 ? name : `${name}:${first === last ? first : `${first}-${last}`}`,
      );
    });
  }

  close(): void {
    this.#session.post('Profiler.stopPreciseCoverage');
    this.#session.disconnect();
  }

  #nameOf(url: string): string | null {
    const known = this.#names.get(url);
    if (known !== undefined) return known;
    const path = pathOf(url);
    const name = path === null || !this.#files.has(path) ? null : relative(this.#root, path).split(sep).join('/');
    this.#names.set(url, name);
    return name;
  }

  /** False for an earlier copy of the module, loaded before it was changed. */
  #note(name: string, { scriptId, functions }: Profiler.ScriptCoverage): boolean {
    const script = this.#scripts.get(name) ?? {
      id: scriptId,
      blocks: new Map<string, readonly [number, number]>(),
      text: null,
    };
    this.#scripts.set(name, script);
    if (script.id !== scriptId) return false;
    for (const one of functions) {
      if (isModuleItself(one)) continue;
      for (const { startOffset, endOffset } of one.ranges) {
        script.blocks.set(`${startOffset}-${endOffset}`, [startOffset, endOffset]);
      }
    }
    return true;
  }

  /**
   * Texts are asked for before the first event: asking needs the debugger, and V8 forgets which blocks a compiled
   * function has when that is left.
   */
  #readSources(): void {
    this.#session.post('Debugger.enable');
    for (const script of this.#scripts.values()) {
      this.#session.post('Debugger.getScriptSource', { scriptId: script.id }, (error, answer) => {
        if (error === null) script.text = answer.scriptSource;
      });
    }
    this.#session.post('Debugger.disable');
  }
}

/** The code around all functions, which runs when the module is loaded; jiti puts a function around it. */
function isModuleItself({ functionName, ranges }: Profiler.FunctionCoverage): boolean {
  return functionName === '' && (ranges[0]?.startOffset ?? 0) <= 1;
}

function rangesOf(one: Profiler.FunctionCoverage): readonly CountedRange[] {
  return isModuleItself(one) ? one.ranges.map((range) => ({ ...range, count: 0 })) : one.ranges;
}

function pathOf(url: string): string | null {
  try {
    const path = url.startsWith('file:') ? fileURLToPath(url) : url;
    return realpathSync(path);
  } catch {
    return null;
  }
}

function holds(spans: Spans, position: number): boolean {
  return spans.some(([from, to]) => from <= position && position < to);
}

/** Lines that hold code of the stretch; jiti keeps the lines of a TypeScript file. 0 where the text is not known. */
function linesOf(text: string, from: number, to: number): readonly (readonly [number, number])[] {
  const code = text.slice(from, to);
  const inner = /[^\s{}();,]/.exec(code);
  if (inner === null) return text === '' ? [[0, 0]] : [];
  const first = from + inner.index;
  const last = from + code.replace(/[\s{}();,]+$/, '').length;
  return [[lineAt(text, first), lineAt(text, Math.max(first, last - 1))]];
}

function lineAt(text: string, position: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < position; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

function mergeLines(lines: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  const merged: [number, number][] = [];
  for (const [first, last] of [...lines].sort((a, b) => a[0] - b[0])) {
    const before = merged.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else merged.push([first, last]);
  }
  return merged;
}
