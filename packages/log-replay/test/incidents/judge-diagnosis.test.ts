import { describe, expect, it } from 'vitest';
import type { Fault, Undetermined } from '../../src/diagnose/fault.js';
import type { FaultKind } from '@eventmend/core/engine';
import { judgeDiagnosis } from './judge-diagnosis.js';
import type { PlantedFault } from './planted-truth.js';

const ref = (offset: number, partition = 0) => ({ topic: 'bookings', partition, offset });

function planted(more: Partial<PlantedFault> = {}): PlantedFault {
  return {
    cause: 'missed',
    slip: null,
    event: ref(5),
    swappedWith: null,
    inversions: [],
    keys: ['a'],
    trace: 'own',
    shownBy: ref(6),
    accepts: ['missed'],
    ...more,
  };
}

function blamed(kind: FaultKind, offset: number, other: number | null = null): Fault {
  const event = ref(offset);
  return {
    kind,
    event,
    time: null,
    keys: ['a'],
    other: other === null ? null : ref(other),
    evidence: '',
    difference: null,
  };
}

const doubt = (event: number | null, key: string | null): Undetermined => ({
  event: event === null ? null : ref(event),
  key,
  suspicion: 'any',
  reason: '',
  missing: '',
});

function judge(faults: readonly Fault[], undetermined: readonly Undetermined[], ...truth: readonly PlantedFault[]) {
  const { precision, recall, falseAlarms, missedFaults, cannotBeTold, invisible } = judgeDiagnosis(
    { faults: truth },
    { faults, undetermined },
  );
  return [precision, recall, falseAlarms.length, missedFaults.length, cannotBeTold.length, invisible.length];
}

describe('the judge of diagnoses', () => {
  it('is content with a diagnosis that is right, and with silence where nothing happened', () => {
    expect(judge([blamed('missed', 5)], [], planted())).toEqual([1, 1, 0, 0, 0, 0]);
    expect(judge([], [])).toEqual([1, 1, 0, 0, 0, 0]);
  });

  it('lets a wrong state under a right output be told at it or at its next output, never at that one alone', () => {
    const hidden = planted({ cause: 'wrong', slip: 'state-only', accepts: ['wrong'], trace: 'elsewhere' });
    expect(judge([blamed('wrong', 6, 5)], [], hidden)).toEqual([1, 1, 0, 0, 0, 0]);
    expect(judge([blamed('wrong', 6)], [], hidden)).toEqual([0, 0, 1, 1, 0, 0]);
    expect(judge([blamed('wrong', 7, 6)], [], hidden)).toEqual([0, 0, 1, 1, 0, 0]);
    expect(judge([blamed('wrong', 7, 5)], [], hidden)).toEqual([0, 0, 1, 1, 0, 0]);
    expect(judge([blamed('wrong', 6, 5)], [], { ...hidden, slip: 'sign' })).toEqual([0, 0, 1, 1, 0, 0]);
  });

  it('fails a diagnosis that blames another event, another kind, another partition, or one event twice', () => {
    expect(judge([blamed('missed', 6)], [], planted())).toEqual([0, 0, 1, 1, 0, 0]);
    expect(judge([blamed('wrong', 5)], [], planted())).toEqual([0, 0, 1, 1, 0, 0]);
    expect(judge([{ ...blamed('missed', 5), event: ref(5, 1) }], [], planted())).toEqual([0, 0, 1, 1, 0, 0]);
    expect(judge([blamed('missed', 5), blamed('missed', 5)], [], planted())).toEqual([0.5, 1, 1, 0, 0, 0]);
  });

  it('accepts each kind that would have left the same behind', () => {
    const alike = planted({ cause: 'output-lost', accepts: ['not-sent', 'missed'] });
    expect(judge([blamed('missed', 5)], [], alike)).toEqual([1, 1, 0, 0, 0, 0]);
    expect(judge([blamed('not-sent', 5)], [], alike)).toEqual([1, 1, 0, 0, 0, 0]);
    expect(judge([blamed('twice', 5)], [], alike)).toEqual([0, 0, 1, 1, 0, 0]);
  });

  it('takes a swap by its two events in either role, and a late event by all that it should have preceded', () => {
    const swapped = planted({
      cause: 'swapped',
      accepts: ['out-of-order'],
      swappedWith: ref(8),
      inversions: [[ref(5), ref(8)]],
    });
    expect(judge([blamed('out-of-order', 5, 8)], [], swapped)).toEqual([1, 1, 0, 0, 0, 0]);
    expect(judge([blamed('out-of-order', 8, 5)], [], swapped)).toEqual([1, 1, 0, 0, 0, 0]);
    expect(judge([blamed('out-of-order', 8)], [], swapped)).toEqual([1, 1, 0, 0, 0, 0]);
    expect(judge([blamed('out-of-order', 5, 7)], [], swapped)).toEqual([0, 0, 1, 1, 0, 0]);
    const late = planted({
      cause: 'late',
      accepts: ['out-of-order'],
      inversions: [
        [ref(5), ref(6)],
        [ref(5), ref(7)],
      ],
    });
    expect(judge([blamed('out-of-order', 5, 6), blamed('out-of-order', 7, 5)], [], late)).toEqual([1, 1, 0, 0, 0, 0]);
    expect(judge([blamed('out-of-order', 6, 7)], [], late)).toEqual([0, 0, 1, 1, 0, 0]);
  });

  it('counts "cannot be told" apart, for the very event or, where that shows nothing itself, for its key', () => {
    expect(judge([], [doubt(5, null)], planted())).toEqual([1, 1, 0, 0, 1, 0]);
    expect(judge([], [doubt(9, 'b')], planted())).toEqual([1, 0, 0, 1, 0, 0]);
    expect(judge([], [doubt(null, 'a')], planted())).toEqual([1, 0, 0, 1, 0, 0]);
    expect(judge([], [doubt(null, 'a')], planted({ trace: 'elsewhere' }))).toEqual([1, 1, 0, 0, 1, 0]);
    expect(judge([blamed('missed', 5)], [doubt(5, null)], planted())).toEqual([1, 1, 0, 0, 0, 0]);
  });

  it('asks for nothing where nothing is to be seen', () => {
    expect(judge([], [], planted({ trace: 'nowhere' }))).toEqual([1, 1, 0, 0, 0, 1]);
  });

  it('says in lines what is wrong, and which planted fault a false alarm may have come of', () => {
    const { lines } = judgeDiagnosis({ faults: [planted()] }, { faults: [blamed('wrong', 6)], undetermined: [] });
    expect(lines).toEqual([
      'false alarm: wrong 0@6:  (planted: missed 0@5, shows in its own records, first at 0@6)',
      'not found: missed 0@5, shows in its own records, first at 0@6',
      '0 found, 1 not found, 0 cannot be told, 1 false alarms',
    ]);
  });
});
