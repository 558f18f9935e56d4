const day = 86_400_000;
let cached = { from: NaN, until: NaN, month: '' };

/** The month of a time in UTC, such as `2026-11`; null for no time. */
export function monthOf(time: number | null): string | null {
  if (time === null || !(Math.abs(time) <= 8.64e15)) return null;
  if (!(time >= cached.from && time < cached.until)) {
    const from = Math.floor(time / day) * day;
    cached = { from, until: from + day, month: new Date(from).toISOString().slice(0, -17) };
  }
  return cached.month;
}
