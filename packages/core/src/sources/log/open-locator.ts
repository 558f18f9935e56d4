import type { LogLocator } from '../../model/log/event-log.js';

/** Opens in this thread what a locator names: a log, snapshots, records. */
export async function openLocator<Opened>({ module, options }: LogLocator): Promise<Opened> {
  const { default: open } = (await import(module)) as { default: (options: unknown) => Opened | Promise<Opened> };
  return open(options);
}
