import type { ProcessStart } from './process-language.js';

/** The worker that `init` writes: counts, in under 30 lines, and is meant to be replaced. */
export function workerTemplate(name: string): string {
  return `import { defineWorker } from '@eventmend/core';

interface Count {
  readonly events: number;
  readonly lastOffset: number | null;
}

// What your service does with an event, as a pure fold: state and event in, next state out. This one counts; put the
// corrected handler of your service in its place. Everything else (order, accounts, resuming, proof) is done around it.
export default defineWorker<Record<string, unknown>, Count>({
  name: '${name}',
  version: '1.0.0',
  key: (event) => event.key ?? 'no key',
  initial: () => ({ events: 0, lastOffset: null }),
  outputs: { counted: { kind: 'latest' } },
  evolve(state, event, context) {
    const events = state.events + 1;
    context.emit('counted', events);
    return { events, lastOffset: event.offset };
  },
  invariants: { 'a key has at least one event': (state) => state.events > 0 },
});
`;
}

/** The line of an incident file that names the worker which `workerTemplate` writes. */
export const moduleWorkerLine = 'worker: ./worker.ts';

/** The incident file that `init` writes. `mapping` is the YAML of the mapping, indented under `log`. */
export function incidentTemplate(name: string, workerLine: string, events: string, mapping: string): string {
  return `# What happened, and what survived it. Paths are relative to this file.
format_version: 1
name: ${name}
${workerLine}
log:
  ndjson: [${JSON.stringify(events)}]
  # Or where they are: archive: ./events.archive   kafka: { brokers: [HOST:PORT], topics: [NAME] }
${mapping}
# How partitions are put together: by time, by a field, or as the live service recorded it.
order: { by: time }

# When the error began and ended, as far as you know:
# onset: 2026-11-19T09:12:00Z
# end: 2026-11-19T14:40:00Z

# Snapshots of the service from before and after the onset, and its live state. A snapshot from before the onset that the
# worker reproduces is what lets a result be called exact; without one it stays "unproven".
# snapshots: ./snapshots
# live: { state: ./live-state.ndjson }

# An event that the worker cannot process: stop, quarantine-event or quarantine-key.
poison: stop
`;
}

/** The README that `init` writes. `process` tells about a worker in another language than TypeScript. */
export function readmeTemplate(
  name: string,
  incidentFile: string,
  events: string,
  process: ProcessStart | null = null,
): string {
  const handler = process?.handler ?? 'worker.ts';
  return `# ${name}

Brings the state of a worker back from its events with Eventmend.

| file | what it is |
| --- | --- |
| \`${incidentFile}\` | the incident: where the events are, when the error began, what else survived |
| \`${handler}\` | the corrected handler; counts events until you replace it |
| \`${events}\` | the events |

\`\`\`sh
${process === null ? '' : processSteps(process, events)}eventmend assess ${incidentFile}
eventmend plan ${incidentFile} --out ${name}.plan.json
eventmend recover --plan ${name}.plan.json     # or: eventmend recover --yes
eventmend runs                                 # names the run
eventmend verify RUN
eventmend export RUN --what state --out state.ndjson
\`\`\`

If the events are still in Kafka, save them before retention takes them: \`eventmend save --brokers HOST:PORT --topic NAME\`.

Nothing here writes to your service: a recovery makes a new state in \`.eventmend\`, and \`export\` hands it out.

Next:

1. Check the mapping in \`${incidentFile}\`: which columns are key, time, partition and offset.
2. Put your handler into \`${handler}\`.
3. Name the onset and, if there are any, snapshots from before it: they are what the result is proven with.
`;
}

function processSteps({ compile, command }: ProcessStart, events: string): string {
  const compiled = compile === null ? '' : `${compile('.')}     # after each change\n`;
  return `${compiled}eventmend worker conformance --events ${events} -- ${command.join(' ')}\n`;
}
