import type { CheckDifference, WorkerCheckReport } from '@eventmend/core/engine';
import { eventToJson } from './event-to-json.js';
import { describeCheckReason, describeFaultyReason, describeRoot } from '../render/describe-worker-check.js';

/** The report as it stands in the document: offsets as texts, coded cases in words. */
export function workerCheckToJson(check: WorkerCheckReport): Readonly<Record<string, unknown>> {
  const { firstDifference, stretch, faulty } = check;
  return {
    ...check,
    reason: describeCheckReason(check.reason),
    stretch: { ...stretch, root: describeRoot(stretch.root) },
    faulty:
      faulty === null
        ? null
        : {
            ...faulty,
            reason: faulty.reason === null ? null : describeFaultyReason(faulty.reason),
            from: describeRoot(faulty.from),
          },
    coverage: check.coverage === null ? null : coverageToJson(check.coverage),
    firstDifference: firstDifference === null ? null : { ...firstDifference, seen: seenToJson(firstDifference.seen) },
  };
}

function coverageToJson({ covered, ...rest }: NonNullable<WorkerCheckReport['coverage']>) {
  const { events, keys, types, code } = covered;
  return { events, keys, types, blocks: code === null ? null : { ran: code.ran, seen: code.seen }, ...rest };
}

function seenToJson(seen: CheckDifference['seen']): Readonly<Record<string, unknown>> {
  if (seen.in === 'output') return { ...seen, event: eventToJson(seen.event) };
  const { events } = seen;
  if (events === null) return { ...seen };
  return { ...seen, events: { ...events, first: eventToJson(events.first), last: eventToJson(events.last) } };
}
