import type { PlanScope, ScopeSummary } from '@eventmend/core/engine';
import { countOf, formatCount } from '../terminal/format.js';

const shownUnknown = 3;

/** What a plan is limited to, a line each. */
export function describePlanScope({ request, seeds, keys, keysInAll, events, unknown }: PlanScope): string[] {
  const drawnIn = keys.length - seeds;
  const closure = drawnIn === 0 ? '' : ` (${formatCount(seeds)} chosen, ${formatCount(drawnIn)} drawn in by events)`;
  const all = events.inside + events.outside + events.withoutKeys;
  const lines = [
    `${formatCount(keys.length)} of ${countOf(keysInAll, 'key')}${closure}, ${formatCount(events.inside)} of ${countOf(all, 'event')}: ${describeRequest(request)}`,
  ];
  if (unknown.count > 0) {
    const first = unknown.first.slice(0, shownUnknown).map((key) => JSON.stringify(key));
    const more = unknown.count > first.length ? ` and ${formatCount(unknown.count - first.length)} more` : '';
    lines.push(`warning: neither baseline nor range knows ${first.join(', ')}${more}`);
  }
  if (events.withoutKeys > 0) {
    lines.push(`warning: ${countOf(events.withoutKeys, 'event')} cannot say which keys they name`);
  }
  return lines;
}

/** What a run was limited to, and what it leaves alone. */
export function describeScope({ keys, keysInAll, eventsInside, eventsOutside, liveOutside }: ScopeSummary): string {
  const outside = liveOutside === null ? 'all others' : `outside: ${countOf(liveOutside, 'live key')},`;
  return `${formatCount(keys)} of ${countOf(keysInAll, 'key')}, ${formatCount(eventsInside)} of ${countOf(eventsInside + eventsOutside, 'event')}; ${outside} not touched`;
}

function describeRequest({ keys, where, partitions }: PlanScope['request']): string {
  const chosen = [
    ...where.map((condition) => `where ${condition}`),
    ...(partitions.length === 0 ? [] : [`partition ${partitions.join(', ')}`]),
  ].join(' and ');
  return [...(keys === 0 ? [] : [`${countOf(keys, 'key')} by name`]), ...(chosen === '' ? [] : [chosen])].join('; ');
}
