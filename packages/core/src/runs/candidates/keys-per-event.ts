/** How many keys an event names on average, at least one. `keyEvents` counts each event as often as it names a key. */
export function keysPerEvent({ events, keyEvents }: { readonly events: number; readonly keyEvents: number }): number {
  return events === 0 ? 1 : Math.max(1, keyEvents / events);
}
