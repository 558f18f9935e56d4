/** The last moment that a date can be, in milliseconds since 1970; the first one is as far in front of it. */
const lastDate = 8.64e15;

/**
 * The effective time of an event, in milliseconds since 1970, as errors and reasons name it: in ISO 8601 form, or as a
 * number where no date can be so far away.
 */
export function describeTime(ms: number): string {
  if (ms === -Infinity) return 'before the first timestamp';
  return Math.abs(ms) <= lastDate ? new Date(ms).toISOString() : `${ms} ms`;
}
