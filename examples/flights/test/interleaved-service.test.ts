import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FlightTable } from '../src/flights/flight-table.js';
import { readFlights } from '../src/flights/read-flights.js';
import { demoPlace, type DemoPlace } from '../src/prepare/demo-place.js';
import { importFlights } from '../src/prepare/import-flights.js';
import { incidentFile } from '../src/prepare/incident-file.js';
import { runEventmend } from '../src/prepare/run-eventmend.js';
import { interleavedRows } from '../src/service/interleaved-rows.js';
import { playIncident } from '../src/service/play-incident.js';
import { plantFaults, type Fault } from '../src/service/plant-faults.js';
import { incidentMoments } from '../src/service/incident-moments.js';
import { compareFaults } from '../src/truth/compare-faults.js';

const rows = process.env['EVENTMEND_FULL'] === '1' ? 3_000_000 : 20_000;
let place: DemoPlace;
let table: FlightTable;
let order: Uint32Array;

beforeAll(async () => {
  place = demoPlace(mkdtempSync(join(tmpdir(), 'flights-')));
  table = await readFlights(rows);
  order = interleavedRows(table, 2001);
  await importFlights(place, table);
});
afterAll(() => rmSync(place.data, { recursive: true, force: true }));

interface DiagnoseDocument {
  readonly handlings: number;
  readonly consequences: number;
  readonly orderNotDetermined: number;
  readonly undetermined: number;
  readonly live: {
    readonly keys: number;
    readonly wrong: number;
    readonly orderNotDetermined: number;
    readonly notKnown: number;
  };
}

/** Plays the service with these faults, and diagnoses what it left under the order by time. */
async function diagnosed(faults: readonly Fault[]) {
  const { moments, wrongAirports } = playIncident(table, { seed: 2001, folder: place.data, order, faults });
  const incident = incidentFile(place, moments.believedOnset).replace(/^order: .*$/m, 'order: { by: time }');
  writeFileSync(place.incident, incident);
  rmSync(place.store, { recursive: true, force: true });
  const { exitCode, stdout } = await runEventmend(['diagnose', '--json'], { cwd: place.folder, show: false });
  expect(exitCode).toBe(0);
  const document = JSON.parse(stdout) as DiagnoseDocument;
  const [told, open] = ['faults', 'undetermined'].map((name) => join(place.store, 'diagnosis', `${name}.ndjson`));
  const agreement = compareFaults(join(place.data, 'truth', 'faults.ndjson'), told as string, open as string);
  return { document, agreement, wrongAirports };
}

/** Those of the usual faults that another order of the partitions does not turn into something else. */
function plantedFaults(): readonly Fault[] {
  const { errorFrom, errorUntil } = incidentMoments(table);
  const handledAt = new Uint32Array(rows);
  order.forEach((row, turn) => (handledAt[row] = turn));
  return plantFaults(table, { seed: 2001, from: errorFrom, until: errorUntil }).filter(
    (fault) =>
      fault.kind === 'missed' ||
      fault.kind === 'wrong' ||
      (fault.kind === 'twice' && (handledAt[fault.again] as number) >= (handledAt[fault.row] as number)),
  );
}

describe('a service that interleaves the partitions in its own way', () => {
  test('keeps the offsets of each partition, and nothing else of the order', () => {
    const next = new Array<number>(8).fill(0);
    let moved = 0;
    let outOfTurn = 0;
    order.forEach((row, turn) => {
      const { partition, offset } = table.flight(row);
      if (offset !== next[partition]) outOfTurn++;
      next[partition] = offset + 1;
      if (row !== turn) moved++;
    });
    expect(outOfTurn).toBe(0);
    expect(next).toEqual(table.positionAt(rows));
    expect(moved).toBeGreaterThan(rows / 2);
  });

  test('is accused of nothing when it is healthy', async () => {
    const { document, agreement, wrongAirports } = await diagnosed([]);
    const { handlings, consequences, orderNotDetermined, undetermined, live } = document;
    console.log(
      `healthy, interleaved otherwise: ${String(agreement.falseAlarms)} false alarms in ${String(handlings)} handlings, ` +
        `${String(orderNotDetermined)} order not determined, ${String(undetermined)} cannot be told`,
    );
    // The order of the replay is another one, and the states show it.
    expect(wrongAirports).toBeGreaterThan(table.airports.length / 2);
    expect(orderNotDetermined).toBeGreaterThan(0);
    expect({ consequences, wrong: live.wrong, falseAlarms: agreement.falseAlarms }).toEqual({
      consequences: 0,
      wrong: 0,
      falseAlarms: 0,
    });
    expect(live.orderNotDetermined).toBeGreaterThan(0);
    expect(readFileSync(join(place.store, 'diagnosis', 'faults.ndjson'), 'utf8')).toBe('');
  });

  test('is accused of what it did wrong, and of nothing else', async () => {
    const { agreement, document } = await diagnosed(plantedFaults());
    const { planted, found, ofPlanted, cannotBeTold, falseAlarms } = agreement;
    console.log(
      `faulty, interleaved otherwise: ${String(found)} of ${String(ofPlanted)} found (${JSON.stringify(planted)}), ` +
        `${String(cannotBeTold)} cannot be told, ${String(falseAlarms)} false alarms`,
    );
    expect(falseAlarms).toBe(0);
    expect(found + cannotBeTold).toBeGreaterThan(ofPlanted * 0.95);
    // Its faults are told, and its own way of interleaving may have led to any of its states: none is called wrong.
    expect(document.live.wrong).toBe(0);
    expect(document.live.orderNotDetermined + document.live.notKnown).toBeGreaterThan(0);
  });
});
