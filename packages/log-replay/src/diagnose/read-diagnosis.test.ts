import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { diagnosisFiles, readDiagnosis } from './fault-files.js';

it('a diagnosis of format 1 is read, its sentences as texts; one of an unknown format counts as none', () => {
  const store = mkdtempSync(join(tmpdir(), 'eventmend-diagnosis-'));
  try {
    const { folder, diagnosis: file } = diagnosisFiles(store);
    mkdirSync(folder, { recursive: true });
    const moment = { time: 7, evidence: 'the first fault is t[0]@1' };
    const written = {
      ...{ format_version: 1, evidence: 'states', start: 'the beginning of the log', onset: moment, end: null },
      ...{ missing: ['a ledger'], states: { notCompared: 'no snapshot', keys: {} }, order: { notMeasured: null } },
    };
    writeFileSync(file, JSON.stringify(written));
    expect(readDiagnosis(store)).toEqual({
      ...{
        format_version: 2,
        evidence: 'states',
        start: { kind: 'text', text: 'the beginning of the log' },
        end: null,
      },
      onset: { time: 7, evidence: { kind: 'text', text: 'the first fault is t[0]@1' } },
      missing: [{ kind: 'text', text: 'a ledger' }],
      states: { notCompared: { kind: 'text', text: 'no snapshot' }, keys: {} },
      order: { notMeasured: null },
    });
    writeFileSync(file, JSON.stringify({ ...written, format_version: 3 }));
    expect(readDiagnosis(store)).toBeNull();
  } finally {
    rmSync(store, { recursive: true });
  }
});
