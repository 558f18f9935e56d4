import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { positionFromJson } from '@eventmend/core/engine';
import { writeNdjsonSnapshot } from '@eventmend/core';
import { publishedSchemas } from '../src/documents/published-schemas.js';
import { balanceWorker, expectedBalances, smallEvents, writeSmallIncident, type SmallEvent } from './small-incident.js';
import { runEventmend } from './run-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

let folder: string;
beforeEach(() => temporaryFolder((path) => (folder = path)));

const events = smallEvents(600);
const healthy = 400;
const onset = `onset: ${events[healthy]?.at ?? ''}\norder: { by: field, field: n }`;
/** The same events with the order in which the service handled them. */
const lines = events.map((event, n) => JSON.stringify({ ...event, n }));

/** What a right service held after so many events, where it stood then. */
async function snapshotAfter(
  count: number,
  id: string,
  file = `snapshots/${id}.ndjson`,
  states = expectedBalances(events.slice(0, count)),
) {
  mkdirSync(join(folder, 'snapshots'), { recursive: true });
  const next = (lane: number) => String(events.slice(0, count).filter((event) => event.lane === lane).length);
  await writeNdjsonSnapshot(join(folder, file), {
    id,
    takenAt: null,
    worker: null,
    stateVersion: 1,
    position: positionFromJson([0, 1].map((partition) => ({ topic: 'bookings', partition, next: next(partition) }))),
    rows: Object.entries(states).map(([key, state]) => ({ key, state })),
  });
}

/** The outputs that a right service sent, each with the event that it came of. */
function recordOutputs(): void {
  const next = [0, 0];
  const handled: SmallEvent[] = [];
  const lines = events.map((event) => {
    handled.push(event);
    const value = expectedBalances(handled)[event.account]?.balance;
    const offset = next[event.lane] ?? 0;
    next[event.lane] = offset + 1;
    return JSON.stringify({
      output: 'balance',
      key: event.account,
      value,
      topic: 'bookings',
      partition: event.lane,
      offset: String(offset),
    });
  });
  writeFileSync(join(folder, 'outputs.ndjson'), lines.join('\n') + '\n');
}

const run = (words: string) => runEventmend(folder, words.split(' '));

async function document(words: string): Promise<Record<string, never>> {
  const { out } = await run(`${words} --json`);
  const parsed: unknown = JSON.parse(out);
  expect(publishedSchemas['worker-check.output'].parse(parsed)).toEqual(parsed);
  return parsed as Record<string, never>;
}

describe('eventmend worker check', () => {
  it('passes, and the plan then rests on it', async () => {
    writeSmallIncident(folder, { events, lines, yaml: `${onset}\nlive: { outputs: outputs.ndjson }\n` });
    recordOutputs();
    const { code, out } = await run('worker check');
    expect({ code, out }).toMatchObject({ code: 0 });
    expect(out).toContain('it reproduces 400 of 400 recorded outputs');
    expect(out.trimEnd().split('\n').at(-1)).toBe('Next: eventmend plan --out small.plan.json');
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect((await run('plan')).out).toContain('Worker check: it reproduces 400 of 400 recorded outputs');
  });

  it('exits 11 with the first event, both values and every number in its document', async () => {
    writeSmallIncident(folder, {
      events,
      lines,
      more: 'if (event.offset === 77) return { ...state, bookings: state.bookings + 1 };',
      yaml: `${onset}\nlive: { outputs: outputs.ndjson }\nsnapshots: snapshots\n`,
    });
    recordOutputs();
    await snapshotAfter(300, 's1');
    const { code, out } = await run('worker check');
    expect(code).toBe(11);
    expect(out).toMatch(/First disagreement\n {2}event +bookings\[\d\]@\d+, output /);
    expect(out.trimEnd().split('\n').at(-1)).toBe('Next: eventmend doctor');
    const { check } = (await document('worker check')) as unknown as {
      check: { verdict: string; firstDifference: unknown };
    };
    expect(check.verdict).toBe('mismatch');
    expect(check.firstDifference).toMatchObject({ seen: { in: 'output', event: { topic: 'bookings' } } });
  });

  it('exits 13 when nothing can be told, and says what is missing', async () => {
    writeSmallIncident(folder, { events, lines });
    const { code, out } = await run('worker check');
    expect(code).toBe(13);
    expect(out).toContain('cannot be told');
    expect(out).toContain('recorded neither states nor outputs');
    await document('worker check');
  });

  it('says how much of the wrong live state the deployed version explains', async () => {
    writeSmallIncident(folder, {
      events,
      lines,
      yaml: `${onset}\nsnapshots: snapshots\nlive: { state: live.ndjson }\n`,
    });
    await snapshotAfter(300, 's1');
    const wrong = expectedBalances(events.filter(({ amount }, n) => n < healthy || amount >= 0));
    const counted = expectedBalances(events);
    const live = Object.fromEntries(
      Object.entries(wrong).map(([key, { balance }]) => [key, { balance, bookings: counted[key]?.bookings ?? 0 }]),
    );
    await snapshotAfter(events.length, 'live', 'live.ndjson', live);
    const rule = `if (event.time !== null && event.time >= ${Date.parse(events[healthy]?.at ?? '')} && event.value.amount < 0) return { ...state, bookings: state.bookings + 1 };`;
    writeFileSync(join(folder, 'deployed.ts'), balanceWorker.replace('/* MORE */', rule));
    const { check } = (await document('worker check --faulty deployed.ts')) as unknown as {
      check: { faulty: { wrong: number; explained: number; from: string } };
    };
    expect(check.faulty).toMatchObject({ from: 'snapshot s1, proven', notExplained: 0, contradicted: 0 });
    expect(check.faulty.wrong).toBeGreaterThan(5);
    expect(check.faulty.explained).toBe(check.faulty.wrong);
    expect((await run('worker check --faulty deployed.ts')).out).toContain('Deployed version balances@1.0.0');
    expect((await run('worker check --faulty gone.ts')).code).toBe(2);
    expect((await run('worker check --until yesterday')).code).toBe(2);
  });
});
