import { EventPage } from '../../src/model/log/event-page.js';
import type { EventLog, LogDescription, PageReader } from '../../src/model/log/event-log.js';
import { locationKey, type Scenario, type ScenarioEvent } from './scenario.js';

export interface PageShape {
  readonly eventsPerPage: number;
  /** Pages come as promises. */
  readonly async: boolean;
}

/** A log over the events of a scenario, all of them: those before the start and behind the end too. */
export function scenarioLog(scenario: Scenario, shape: PageShape): EventLog {
  const byPartition = new Map(scenario.partitions.map((partition) => [locationKey(partition.id, 0), partition.events]));
  return {
    describe: () => describeScenario(scenario),
    read(request) {
      const events = byPartition.get(locationKey(request, 0)) ?? [];
      return readPages(
        events.filter(({ offset }) => request.from <= offset && offset < request.to),
        shape,
      );
    },
    close: () => undefined,
  };
}

function readPages(events: readonly ScenarioEvent[], shape: PageShape): PageReader {
  let next = 0;
  let closed = false;
  return {
    next() {
      if (closed) throw new Error('read after close');
      const chunk = events.slice(next, next + shape.eventsPerPage);
      next += chunk.length;
      const page = chunk.length === 0 ? null : scenarioPage(chunk);
      return shape.async ? Promise.resolve(page) : page;
    },
    close() {
      closed = true;
    },
  };
}

function scenarioPage(events: readonly ScenarioEvent[]): EventPage {
  const bytes = (text: string | null): Uint8Array | null => (text === null ? null : Buffer.from(text));
  return new EventPage({
    offsets: events.map(({ offset }) => offset),
    timestamps: events.map(({ time }) => time),
    keys: events.map(({ key }) => key),
    headers: null,
    valueBytes: (index) => bytes(events[index]?.value ?? null),
    keyBytes: (index) => bytes(events[index]?.key ?? null),
    decodeValues() {
      const undecodable = new Map<number, string>();
      const values = events.map(({ value }, index): unknown => {
        try {
          return value === null ? null : JSON.parse(value);
        } catch {
          undecodable.set(index, 'not JSON');
          return undefined;
        }
      });
      return { values, undecodable: undecodable.size === 0 ? null : undecodable };
    },
  });
}

function describeScenario(scenario: Scenario): LogDescription {
  const partitions = scenario.partitions.map(({ id, events, holes }) => ({
    ...id,
    beginning: 0,
    range: { from: events[0]?.offset ?? 0, to: (events.at(-1)?.offset ?? -1) + 1 },
    holes,
    events: events.length,
    firstTime: null,
    lastTime: null,
  }));
  return { kind: 'memory', location: 'a scenario', partitions, fingerprint: null };
}
