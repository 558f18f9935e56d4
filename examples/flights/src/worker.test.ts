import { createWorkerInstance } from '@eventmend/core/engine';
import type { WorkerEvent } from '@eventmend/core';
import { expect, test } from 'vitest';
import worker from '../worker.js';
import { readFlights } from './flights/read-flights.js';

test('the worker keeps the rules of the engine, and its own invariants', async () => {
  const table = await readFlights(10_000);
  const instance = createWorkerInstance(worker);
  instance.freezeInputs(true);
  const states = new Map<string, unknown>();
  const outputs = new Map<string, number>();
  const switched = new Set<string>();
  for (let row = 0; row < table.rows; row++) {
    const { time, partition, offset, ...value } = table.flight(row);
    const base = { source: 'flights-2001', topic: 'flights', incarnation: '', key: value.origin, headers: [] };
    const event: WorkerEvent = { ...base, partition, offset, time, value };
    const effects = instance.invoke(event, instance.keys(event), time, { read: (key) => states.get(key) });
    if (effects instanceof Promise) throw new Error('the worker is synchronous');
    for (const { key, state } of effects.writes) states.set(key, state);
    for (const { output, value } of effects.outputs) {
      outputs.set(output, (outputs.get(output) ?? 0) + 1);
      if (output === 'alert') switched.add(JSON.stringify(value).includes('true') ? 'raised' : 'calmed');
    }
  }
  expect(outputs.get('movement')).toBe(table.rows);
  expect(switched).toEqual(new Set(['raised', 'calmed']));
  expect(instance.negativeZeros).toBe(0);

  const { invariants = {}, measures = {} } = worker as unknown as {
    invariants?: Record<string, (state: unknown) => boolean>;
    measures?: Record<string, (state: unknown) => number>;
  };
  for (const holds of Object.values(invariants)) for (const state of states.values()) expect(holds(state)).toBe(true);
  const total = (name: string) =>
    [...states.values()].reduce<number>((sum, state) => sum + (measures[name]?.(state) ?? NaN), 0);
  expect(total('flights handled')).toBe(table.rows);
  expect(total('flights arrived')).toBe(table.rows);
});
