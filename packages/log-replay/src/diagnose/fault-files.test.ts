import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { diagnosisFiles, openFaultFiles, readFaultsByEvent } from './fault-files.js';
import type { Fault } from './fault.js';

const made = { workerHash: 'w', outputsDigest: null };

/** Which of the keys a and c may follow from faults that name a and b. */
function reachedBy(kind: Fault['kind']): readonly (boolean | undefined)[] {
  const store = mkdtempSync(join(tmpdir(), 'eventmend-faults-'));
  try {
    const files = diagnosisFiles(store);
    const writing = openFaultFiles(files);
    const event = { topic: 't', partition: 0, offset: 3 };
    writing.fault({ kind, event, time: null, other: null, keys: ['a', 'b'], evidence: '', difference: null });
    writing.keep();
    const diagnosis = {
      format_version: 2,
      evidence: 'outputs',
      scope: null,
      worker: { hash: 'w' },
      outputsDigest: null,
    };
    writeFileSync(files.diagnosis, JSON.stringify(diagnosis));
    const faults = readFaultsByEvent(store, made);
    expect(faults?.({ topic: 't', partition: 0, offset: 3 })).toEqual({ kind });
    return ['a', 'c'].map((key) => faults?.reaches(key));
  } finally {
    rmSync(store, { recursive: true });
  }
}

test('what a wrong state may lead to is a consequence: where its event connects keys, of any of them', () => {
  expect(reachedBy('missed')).toEqual([true, true]);
});

test('nothing follows from outputs that were lost or sent again: the state was right', () => {
  expect(reachedBy('not-sent')).toEqual([false, false]);
  expect(reachedBy('sent-twice')).toEqual([false, false]);
});
