import type { CheckDifference, WorkerCheckReport } from '@eventmend/log-replay';
import { eventToJson } from './event-to-json.js';

/** The report as it stands in the document: offsets as texts. */
export function workerCheckToJson(check: WorkerCheckReport): Readonly<Record<string, unknown>> {
  const { firstDifference } = check;
  return {
    ...check,
    firstDifference: firstDifference === null ? null : { ...firstDifference, seen: seenToJson(firstDifference.seen) },
  };
}

function seenToJson(seen: CheckDifference['seen']): Readonly<Record<string, unknown>> {
  if (seen.in === 'output') return { ...seen, event: eventToJson(seen.event) };
  const { events } = seen;
  if (events === null) return { ...seen };
  return { ...seen, events: { ...events, first: eventToJson(events.first), last: eventToJson(events.last) } };
}
