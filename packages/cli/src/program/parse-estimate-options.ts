import { RecoveryError } from '@eventmend/core';
import { isTimeZone, parseTime } from '@eventmend/core/rows';

/** Moments without a zone are those of the given one. @throws RecoveryError `invalid-argument` */
export function parseGap(from: string, to: string, zone: string): { readonly from: number; readonly to: number } {
  const gap = { from: parseMoment('--from', from, zone), to: parseMoment('--to', to, zone) };
  if (gap.from < gap.to) return gap;
  throw new RecoveryError('invalid-argument', 'the gap ends before it begins', {
    hint: '--to is the first moment behind the gap: a gap of one day ends on the next',
  });
}

/** @throws RecoveryError `invalid-argument` for a zone that is none */
export function parseZone(zone: string | undefined): string {
  if (zone === undefined) return 'UTC';
  if (isTimeZone(zone)) return zone;
  throw wrong('--zone', zone, 'a zone such as Europe/Berlin');
}

export function parseSeason(text: string): number {
  const season = Number(text);
  if (/^\d{1,5}$/.test(text) && season >= 1) return season;
  throw wrong('--season', text, 'a number of slots, such as 7 for days with a week; 1 for no season');
}

/** A share, of a text in percent: 0.1 of `10`, `10%` and `10 %`. */
export function parsePercent(text: string): number {
  const parts = /^(\d{1,6}(?:\.\d+)?)\s?%?$/.exec(text.trim());
  if (parts !== null && Number(parts[1]) > 0) return Number(parts[1]) / 100;
  throw wrong('--max-width', text, 'a share such as 10 %');
}

export function parseDates(list: string): readonly string[] {
  const dates = list.split(',').map((date) => date.trim());
  const bad = dates.find((date) => !/^\d{4}-\d\d-\d\d$/.test(date) || parseTime(date, null) === undefined);
  if (bad === undefined) return dates;
  throw wrong('--holidays', bad, 'dates such as 2026-12-25,2026-12-26');
}

/** @throws RecoveryError `invalid-argument` for what is no moment, or one that clocks show twice */
export function parseMoment(option: string, text: string, zone: string): number {
  const moment = parseTime(text.trim(), null, zone);
  if (moment !== undefined && Number.isFinite(moment)) return moment;
  throw wrong(option, text, `a moment such as 2026-11-03 or 2026-11-03T09:00 that clocks in ${zone} show once`);
}

function wrong(option: string, text: string, expected: string): RecoveryError {
  return new RecoveryError('invalid-argument', `${option} ${JSON.stringify(text)} is not understood`, {
    hint: `give ${expected}`,
  });
}
