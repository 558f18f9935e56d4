import type { Worker } from './worker.js';

/** Any handler, with its types erased: the frame of the call knows which kind it is. */
export type ErasedHandler = (first: unknown, event: unknown, context: unknown) => unknown;

/** A handler with the stretch of event time for which it is right: `from` in it, `until` not. */
export interface HandlerVersion {
  readonly from: number;
  readonly until: number;
  readonly evolve: ErasedHandler;
}

/** The handlers of a worker, oldest range first; a worker without ranges has one that always holds. */
export function handlerVersions(worker: Worker): readonly HandlerVersion[] {
  const { evolve, versions } = worker.definition;
  if (versions === undefined) return [{ from: -Infinity, until: Infinity, evolve: evolve as ErasedHandler }];
  return versions
    .map(({ from = -Infinity, until = Infinity, evolve: handler }) => ({
      from,
      until,
      evolve: handler as ErasedHandler,
    }))
    .sort((a, b) => a.from - b.from);
}

/** The version that holds at a time, or undefined where none does. -Infinity belongs to a version without `from`. */
export function selectVersion(versions: readonly HandlerVersion[], now: number): HandlerVersion | undefined {
  for (const version of versions) if (now >= version.from && now < version.until) return version;
  return undefined;
}
