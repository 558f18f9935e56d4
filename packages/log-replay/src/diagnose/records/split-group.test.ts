import type { EmittedOutput } from '@eventmend/core/engine';
import type { RecordedOutput } from '@eventmend/core';
import { describe, expect, it } from 'vitest';
import { splitGroup } from './split-group.js';

const emitted = (key: string, value: number): EmittedOutput =>
  ({ output: 'moved', key, value }) as unknown as EmittedOutput;
const row = (key: string, value: number): RecordedOutput =>
  ({ output: 'moved', key, value }) as unknown as RecordedOutput;

describe('records of one event', () => {
  it('are those of one handling as far as a handling leaves so many', () => {
    const records = [row('a', 1), row('b', 2), row('a', 3)];
    expect(splitGroup(records, [emitted('a', 1), emitted('b', 5)])).toEqual({
      first: records.slice(0, 2),
      rest: records.slice(2),
    });
  });

  it('are cut behind what the handler emits, where the next handling speaks of another key', () => {
    const records = [row('a', 1), row('b', 2), row('a', 3)];
    expect(splitGroup(records, [emitted('a', 1)])).toEqual({ first: records.slice(0, 1), rest: records.slice(1) });
    // One record that is not expected, and nothing that comes twice: a wrong result, and no second handling.
    expect(splitGroup(records.slice(0, 2), [emitted('a', 1)])).toEqual({ first: records.slice(0, 2), rest: [] });
  });
});
