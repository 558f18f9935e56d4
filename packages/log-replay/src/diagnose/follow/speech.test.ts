import { describe, expect, it } from 'vitest';
import { Speech } from './speech.js';

const sent = (...outputs: readonly (readonly [output: string, key: string])[]) =>
  outputs.map(([output, key]) => ({ output, key, businessId: null, value: {} }));

describe('whether a handler may send nothing for an event', () => {
  it('is seen once it did', () => {
    const speech = new Speech();
    expect(speech.maySilenceFollow(['a'], sent(['moved', 'a']))).toBe(false);
    expect(speech.maySilenceFollow(['a'], [])).toBe(true);
  });

  it('is seen from events of which it spoke for some keys only', () => {
    const speech = new Speech();
    expect(speech.maySilenceFollow(['a', 'b'], sent(['moved', 'a'], ['moved', 'b']))).toBe(false);
    expect(speech.maySilenceFollow(['a', 'b'], sent(['moved', 'b']))).toBe(true);
  });

  it('is ruled out by an output of every event, whatever else comes', () => {
    const speech = new Speech();
    const moved = ['moved', 'a'] as const;
    expect(speech.maySilenceFollow(['a', 'b'], sent(moved))).toBe(false);
    expect(speech.maySilenceFollow(['a', 'b'], sent(moved, ['alert', 'b']))).toBe(false);
    expect(speech.maySilenceFollow(['a', 'b'], sent(moved, ['alert', 'a'], ['alert', 'b']))).toBe(false);
    expect(speech.maySilenceFollow(['a', 'b'], sent(['alert', 'b']))).toBe(true);
  });

  it('is asked apart of events with another number of keys', () => {
    const speech = new Speech();
    expect(speech.maySilenceFollow(['a', 'b'], sent(['moved', 'a'], ['moved', 'b']))).toBe(false);
    expect(speech.maySilenceFollow(['a'], sent(['opened', 'a']))).toBe(false);
  });
});
