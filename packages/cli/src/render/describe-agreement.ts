import { agreementAtMost, agreementFraction, type Agreement, type ClockShift } from '@eventmend/core/engine';
import { countOf, formatCount, formatDuration } from '../terminal/format.js';

/** How records agree with the events that are known, as a sentence behind the name of their source. */
export function describeAgreement(agreement: Agreement): string {
  const { known, missing, differing, doubtful, outsideTolerance, ambiguousEvents, ambiguousRecords } = agreement;
  const fraction = agreementFraction(agreement);
  if (fraction === null) return 'compared with nothing';
  const most = agreementAtMost(agreement) ?? fraction;
  const upTo = percent(most) === percent(fraction) ? '' : ` (at most ${percent(most)})`;
  const parts = [`agrees with ${percent(fraction)}${upTo} of ${countOf(known, `known ${kindOf(agreement)}`)}`];
  const add = (count: number, text: string) => {
    if (count > 0) parts.push(`${formatCount(count)} ${text}`);
  };
  add(missing, missing === 1 ? 'known one is missing there' : 'known ones are missing there');
  add(differing, `${differing === 1 ? 'has' : 'have'} another amount or key there`);
  add(agreement.twice, `${agreement.twice === 1 ? 'stands' : 'stand'} there twice`);
  add(agreement.onlyInRecords, `${agreement.onlyInRecords === 1 ? 'stands' : 'stand'} only there`);
  if (ambiguousEvents + ambiguousRecords > 0) {
    parts.push(`${countOf(ambiguousEvents, 'event')} and ${countOf(ambiguousRecords, 'row')} could be one or another`);
  }
  add(doubtful, `${doubtful === 1 ? 'has' : 'have'} a row that a lost event could be as well`);
  add(outsideTolerance, `${outsideTolerance === 1 ? 'is' : 'are'} earlier or later than declared`);
  add(agreement.notComparable, 'cannot be compared, since the log does not hold their time');
  add(
    agreement.outsidePeriod,
    `${agreement.outsidePeriod === 1 ? 'event is' : 'events are'} outside of the time that it covers`,
  );
  add(
    agreement.repeatedEvents,
    `${agreement.repeatedEvents === 1 ? 'event stands' : 'events stand'} in the log once more under the same id`,
  );
  add(agreement.reversals, `${agreement.reversals === 1 ? 'row takes an earlier one' : 'rows take earlier ones'} back`);
  add(agreement.otherTypes, `${agreement.otherTypes === 1 ? 'row is' : 'rows are'} of other types`);
  const { lateness } = agreement;
  if (lateness !== null) {
    const { median, p95 } = lateness;
    parts.push(`half of the rows are at most ${lateBy(median)}, 95 % at most ${lateBy(p95)}`);
  }
  return parts.join('; ');
}

/** `payment` where all compared events are of one type. */
function kindOf({ classes }: Agreement): string {
  const types = new Set(classes.filter(({ known }) => known > 0).map(({ type }) => type));
  const [type] = types;
  return types.size === 1 && typeof type === 'string' && /^[A-Za-z_.-]{1,40}$/.test(type) ? `${type} event` : 'event';
}

/** Never 100 % where something differs, and never 0 % where something agrees. */
function percent(fraction: number): string {
  const shown = (fraction * 100).toFixed(1);
  if (shown === '100.0') return fraction < 1 ? 'all but 0.1 %' : '100 %';
  if (shown === '0.0') return fraction > 0 ? 'less than 0.1 %' : '0 %';
  return `${shown} %`;
}

function lateBy(difference: number): string {
  return difference < 0 ? `${formatDuration(-difference)} earlier` : `${formatDuration(difference)} later`;
}

/** `1 h later in 2026-01 to 2026-03; 2 h later in 2026-04`. */
export function describeShifts(shifts: readonly ClockShift[]): string {
  const stretches: { hours: number; from: string; to: string }[] = [];
  for (const { month, hours } of shifts) {
    const last = stretches.at(-1);
    if (last?.hours === hours) last.to = month;
    else stretches.push({ hours, from: month, to: month });
  }
  return stretches
    .map(({ hours, from, to }) => {
      const by = `${Math.abs(hours)} h ${hours > 0 ? 'later' : 'earlier'}`;
      return `${by} in ${from === to ? from : `${from} to ${to}`}`;
    })
    .join('; ');
}
