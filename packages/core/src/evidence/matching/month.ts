const day = 86_400_000;
/** Far more days than records of years have; beyond, they are named anew. */
const daysKept = 10_000;
const months = new Map<number, string>();

/** The month of a time in UTC, such as `2026-11`; null for no time. */
export function monthOf(time: number | null): string | null {
  if (time === null || !(Math.abs(time) <= 8.64e15)) return null;
  const number = Math.floor(time / day);
  let month = months.get(number);
  if (month === undefined) {
    month = new Date(number * day).toISOString().slice(0, -17);
    if (months.size === daysKept) months.clear();
    months.set(number, month);
  }
  return month;
}
