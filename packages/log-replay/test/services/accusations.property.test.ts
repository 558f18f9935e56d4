import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diagnose } from '../../src/diagnose/diagnose.js';
import type { Fault } from '../../src/diagnose/fault.js';
import { readFaults } from '../../src/diagnose/fault-files.js';
import { inputsOfService } from './build-service.js';
import { judgeAccusations } from './judge-accusations.js';
import { playService } from './play-service.js';
import type { PlayedService } from './played-service.js';
import { designOfSeed } from './service-design.js';

const full = process.env['EVENTMEND_FULL'] === '1';
const firstSeed = Number(process.env['EVENTMEND_PROPERTY_SEED'] ?? 1);
/** Services that were once accused of what they had not done, whatever the seeds of a run are. */
const onceAccused = [
  92611, 94740, 95074, 95606, 300725, 301150, 301434, 302901, 500098, 500374, 501149, 501466, 501836, 502302, 502503,
  511975, 521957, 409702, 50084, 50316, 50416, 50585, 50610, 50860, 50927, 51146, 51149, 51153, 51162, 51204, 51366,
  51477, 51485, 51559, 51655, 51677, 52076, 52311, 52331, 52359, 52392, 52463, 52517, 52619, 52648, 52683, 52765, 53528,
  54953, 93439, 97670, 201548, 202111, 208280, 213974, 215820, 218455, 222299, 224221, 232973, 238630, 239043, 239833,
  712544, 721581, 720115, 720116, 720440,
];
const healthyServices = Number(process.env['EVENTMEND_SERVICES'] ?? (full ? 10_000 : 100));
const faultyServices = Number(process.env['EVENTMEND_SERVICES'] ?? (full ? 3000 : 60));

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'eventmend-services-'))));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function seedsOf(services: number): readonly number[] {
  return [...new Set([...Array.from({ length: services }, (_, number) => firstSeed + number), ...onceAccused])];
}

interface Accusations {
  readonly faults: readonly Fault[];
  /** How many live states are called wrong. */
  readonly wrongKeys: number;
}

async function accusationsOf(played: PlayedService, seed: number): Promise<Accusations> {
  const store = join(folder, `s-${seed}`);
  try {
    const { live } = await diagnose(inputsOfService(played, store));
    const faults = [...readFaults(store)].filter(({ kind }) => kind !== 'sent-twice' || !isSentAgain(played));
    return { faults, wrongKeys: live?.wrong ?? 0 };
  } finally {
    rmSync(store, { recursive: true, force: true });
  }
}

/** Where rows really were sent again, saying so accuses no handling. */
function isSentAgain({ design }: PlayedService): boolean {
  return (design.records?.resent ?? 0) > 0 || (design.ledger?.resent ?? 0) > 0;
}

/** How many live states are not those that the service would be in without its mistakes. */
function wrongKeysOf({ live, unharmed }: PlayedService): number {
  if (live === null) return 0;
  const keys = new Set([...live.keys(), ...unharmed.keys()]);
  return [...keys].filter((key) => JSON.stringify(live.get(key)) !== JSON.stringify(unharmed.get(key))).length;
}

/** So much of what was planted must be found at least, by kind: a diagnosis that says nothing accuses nobody. */
const leastFound = { missed: 0.22, twice: 0.4, 'out-of-order': 0.32, wrong: 0.13 } as const;
/** So much of the live states that are wrong must be called so at least. */
const leastWrongKeys = 0.2;
/** From so many planted on, the share means something. */
const enoughPlanted = 40;

/** What is at hand, in a word. */
function evidenceOf({ design: { records, ledger, live } }: PlayedService): string {
  const parts = [
    records === null ? null : `outputs by ${records.order}`,
    ledger === null ? null : 'ledger',
    live ? 'state' : null,
  ].filter((part) => part !== null);
  return parts.join(' + ') || 'nothing';
}

describe(`accusations of random services (seeds from ${firstSeed})`, () => {
  it(
    `accuses none of ${healthyServices} healthy services`,
    async () => {
      const lines: string[] = [];
      for (const seed of seedsOf(healthyServices)) {
        const played = playService(designOfSeed(seed), seed);
        const { faults, wrongKeys } = await accusationsOf(played, seed);
        if (faults.length === 0 && wrongKeys === 0) continue;
        const [{ kind, event, evidence } = { kind: '', event: null, evidence: '' }] = faults;
        lines.push(
          `seed ${seed}: ${faults.length} accusations, ${wrongKeys} live states; ${kind} ${JSON.stringify(event)} ${evidence} :: ${JSON.stringify(played.design)}`,
        );
      }
      console.log(
        `healthy services, seeds ${firstSeed} to ${firstSeed + healthyServices - 1}: ${lines.length} accused`,
      );
      expect(lines.slice(0, 40)).toEqual([]);
    },
    full ? 3_600_000 : 600_000,
  );

  it(
    `accuses nobody else of ${faultyServices} faulty services`,
    async () => {
      const lines: string[] = [];
      const keys = { wrong: 0, called: 0 };
      const told = new Map<string, { planted: number; right: number; false: number }>();
      const count = (name: string) => {
        let known = told.get(name);
        if (known === undefined) told.set(name, (known = { planted: 0, right: 0, false: 0 }));
        return known;
      };
      for (const seed of seedsOf(faultyServices)) {
        const played = playService(designOfSeed(seed, 3), seed);
        const { faults, wrongKeys } = await accusationsOf(played, seed);
        keys.wrong += wrongKeysOf(played);
        keys.called += wrongKeys;
        if (wrongKeys > wrongKeysOf(played)) lines.push(`seed ${seed}: ${wrongKeys} live states called wrong`);
        const judged = judgeAccusations(played.mistakes, faults);
        for (const mistake of played.mistakes) {
          for (const name of [mistake.kind, evidenceOf(played)]) {
            count(name).planted++;
            if (judged.right.includes(mistake)) count(name).right++;
          }
        }
        for (const { kind } of judged.false) for (const name of [kind, evidenceOf(played)]) count(name).false++;
        if (judged.false.length === 0) continue;
        const [{ kind, event, evidence, other } = { kind: '', event: null, evidence: '', other: null }] = judged.false;
        lines.push(
          `seed ${seed}: ${judged.false.length} false; ${kind} ${JSON.stringify(event)} ${JSON.stringify(other)} ${evidence}; planted ${JSON.stringify(played.mistakes.map((one) => [one.kind, one.event]))} :: ${JSON.stringify(played.design)}`,
        );
      }
      const table = [...told].sort(([a], [b]) => (a < b ? -1 : 1));
      console.log(
        [`faulty services, seeds ${firstSeed} to ${firstSeed + faultyServices - 1}: found of planted, false`]
          .concat(
            table.map(([name, { planted, right, false: wrong }]) => `${name}: ${right} of ${planted}, ${wrong} false`),
          )
          .concat(`live states called wrong: ${keys.called} of ${keys.wrong}`)
          .join('\n'),
      );
      expect(lines.slice(0, 40)).toEqual([]);
      if (keys.wrong >= enoughPlanted) expect(keys.called / keys.wrong).toBeGreaterThan(leastWrongKeys);
      for (const [kind, least] of Object.entries(leastFound)) {
        const { planted, right } = count(kind);
        if (planted >= enoughPlanted) expect(right / planted, `share of ${kind} that is found`).toBeGreaterThan(least);
      }
    },
    full ? 3_600_000 : 600_000,
  );
});
