import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { writeFileDurably } from '../../model/files/write-file-durably.js';
import { drillFiles, type DrillFiles } from './drill-files.js';

/**
 * Makes the folder of a drill, anew where an earlier one was killed in it.
 * @param untouchable files and folders of the live service and of the incident
 * @param replace whether a drill that has ended there is made anew too
 * @throws RecoveryError `live-resource` for a folder in which one of those lies, or which lies in one of them; `file-exists` for one
 *   that is there and is no unfinished drill
 */
export function prepareDrillFolder(folder: string, untouchable: readonly string[], replace: boolean): DrillFiles {
  const files = drillFiles(resolve(folder));
  for (const path of untouchable) refuseLive(files.folder, path);
  if (existsSync(files.folder) && readdirSync(files.folder).length > 0) {
    const there = drillAt(files.marker);
    if (there === 'none' || (there === 'ended' && !replace)) {
      const what = there === 'none' ? 'is no drill' : 'holds a drill that has ended';
      throw new RecoveryError('file-exists', `${files.folder} exists already, and ${what}`, {
        hint: 'name a new folder with --into, or remove this one',
      });
    }
    rmSync(files.folder, { recursive: true });
  }
  mkdirSync(files.folder, { recursive: true });
  writeFileDurably(files.marker, `${JSON.stringify({ format_version: 1, kind: 'drill', ended: false })}\n`);
  for (const inner of [files.truth, files.checkpoints, dirname(files.liveState)]) mkdirSync(inner);
  return files;
}

/** The drill in this folder has come to its end: it is not made anew. */
export function endDrillFolder({ marker }: DrillFiles): void {
  writeFileDurably(marker, `${JSON.stringify({ format_version: 1, kind: 'drill', ended: true })}\n`);
}

function drillAt(marker: string): 'none' | 'unfinished' | 'ended' {
  if (!existsSync(marker)) return 'none';
  try {
    const { kind, ended } = JSON.parse(readFileSync(marker, 'utf8')) as {
      readonly kind?: unknown;
      readonly ended?: unknown;
    };
    return kind !== 'drill' ? 'none' : ended === false ? 'unfinished' : 'ended';
  } catch {
    return 'none'; // whatever it is, nobody says that it may be removed
  }
}

/** A snapshot folder in which a drill wrote would show the drill's checkpoints as those of the service. */
function refuseLive(folder: string, path: string): void {
  const [drill, live] = [realPath(folder), realPath(path)];
  if (!isWithin(drill, live) && !isWithin(live, drill)) return;
  throw new RecoveryError(
    'live-resource',
    `the drill would write into ${folder}, where ${path} belongs to the incident`,
    {
      hint: 'name another folder with --into; a drill writes beside the live data, never among them',
      details: { folder, path },
    },
  );
}

function isWithin(inner: string, outer: string): boolean {
  const way = relative(outer, inner);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && resolve(outer, way) === inner);
}

/** With links followed as far as the path exists. */
function realPath(path: string): string {
  const whole = resolve(path);
  if (existsSync(whole)) return realpathSync(whole);
  const above = dirname(whole);
  return above === whole ? whole : join(realPath(above), basename(whole));
}
