import type { OpenIncident } from '@eventmend/core';

type Source = NonNullable<OpenIncident['live']>;

/** The same source, listed once: to list a snapshot is to read all of it, and a report asks several times. */
export function listOnce<Given extends Source | null>(source: Given): Given | Source {
  if (source === null) return source;
  let listing: ReturnType<Source['list']> | null = null;
  return {
    list: () => (listing ??= source.list()),
    rows: (id) => source.rows(id),
    ...(source.readUnlisted !== undefined && {
      readUnlisted: async () => (listing === null ? ((await source.readUnlisted?.()) ?? null) : null),
    }),
    ...(source.locator !== undefined && { locator: source.locator }),
  };
}
