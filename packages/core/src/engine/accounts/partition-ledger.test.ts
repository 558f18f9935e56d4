import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogHole } from '../../model/log/event-log.js';
import { unbalancedAccounts } from '../../model/accounts/accounts.js';
import { PartitionLedger } from './partition-ledger.js';

const id = { source: 's', topic: 't', incarnation: '', partition: 0 };

describe('the books of a partition', () => {
  it('tells harmless holes from gaps, and names each gap with its reason', () => {
    const holes: LogHole[] = [
      { from: 3, to: 5, reason: 'control' },
      { from: 7, to: 9, reason: 'compacted' },
    ];
    const ledger = new PartitionLedger(id, PartitionLedger.startingAt(0), holes);
    const gaps = ledger.passOverTo(12);
    expect(gaps.map(({ from, to, reason }) => [from, to, reason])).toEqual([
      [0, 3, 'missing'],
      [5, 7, 'missing'],
      [7, 9, 'compacted'],
      [9, 12, 'missing'],
    ]);
    expect(ledger.account()).toMatchObject({ unavailable: 10, skipped: { control: 2 }, range: { from: 0, to: 12 } });
  });

  it('adds up whatever happens, and goes on from a saved state as if it had never stopped (property)', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constantFrom('apply', 'park', 'duplicate'), skip: fc.nat(4) }),
      fc.record({ kind: fc.constant('save'), skip: fc.constant(0) }),
    );
    const holes = fc
      .uniqueArray(fc.nat(60), { maxLength: 8 })
      .map((places) =>
        places
          .sort((a, b) => a - b)
          .map((from): LogHole => ({ from, to: from + 1, reason: from % 2 ? 'control' : 'deleted' })),
      );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), holes, (steps, known) => {
        const straight = new PartitionLedger(id, PartitionLedger.startingAt(0), known);
        let resumed = new PartitionLedger(id, PartitionLedger.startingAt(0), known);
        for (const { kind, skip } of steps) {
          if (kind === 'save') {
            resumed = new PartitionLedger(id, resumed.state(), known);
            continue;
          }
          for (const ledger of [straight, resumed]) {
            ledger.passOverTo(ledger.next + skip);
            if (kind === 'apply') ledger.applied++;
            else if (kind === 'park') ledger.quarantined++;
            else ledger.skip('duplicate-id');
            ledger.next++;
          }
        }
        expect(resumed.account()).toEqual(straight.account());
        expect(unbalancedAccounts([straight.account()])).toEqual([]);
      }),
      { numRuns: 300, seed: 13 },
    );
  });

  it('books holes that are learnt while reading as those that were known before, over thousands of them (property)', () => {
    const reasons: LogHole['reason'][] = ['control', 'aborted', 'compacted', 'missing'];
    const step = fc.record({
      event: fc.integer({ min: 1, max: 3 }),
      hole: fc.nat(3),
      reason: fc.constantFrom(...reasons),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), fc.nat(3), fc.boolean(), (steps, ahead, many) => {
        const repeated = many ? Array.from({ length: 40 }, () => steps).flat() : steps;
        const holes: LogHole[] = [];
        const events: number[] = [];
        let at = 0;
        for (const { event, hole, reason } of repeated) {
          for (let index = 0; index < event; index++) events.push(at++);
          if (hole > 0) holes.push({ from: at, to: at + hole, reason });
          at += hole;
        }
        const known = new PartitionLedger(id, PartitionLedger.startingAt(0), holes);
        const learning = new PartitionLedger(id, PartitionLedger.startingAt(0), []);
        let told = 0;
        for (const [index, offset] of events.entries()) {
          // A reader is ahead of the books by some events.
          const seen = events[index + ahead] ?? Infinity;
          while (told < holes.length && holes[told]!.from < seen) learning.addHole(holes[told++]!);
          for (const ledger of [known, learning]) {
            ledger.passOverTo(offset);
            ledger.applied++;
            ledger.next++;
          }
        }
        while (told < holes.length) learning.addHole(holes[told++]!);
        expect(learning.passOverTo(at)).toEqual(known.passOverTo(at));
        expect(learning.account()).toEqual(known.account());
        expect(unbalancedAccounts([learning.account()])).toEqual([]);
      }),
      { numRuns: 200, seed: 37 },
    );
  });
});
