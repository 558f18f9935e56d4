import { describe, expect, it } from 'vitest';
import { placeInOrder } from './place-in-order.js';

const behind =
  (...values: number[]) =>
  (): readonly number[] =>
    values;
const notAsked = (): never => {
  throw new Error('looked ahead without need');
};

describe('placeInOrder', () => {
  it('takes values up to a step above the watermark without looking ahead', () => {
    expect(placeInOrder(110, 100, 10, notAsked)).toBe('raises');
    expect(placeInOrder(100, 100, 10, notAsked)).toBe('equal');
    expect(placeInOrder(99, 100, 10, notAsked)).toBe('falling');
  });

  it('tells missing from negative, and knows negative values that are no times', () => {
    expect(placeInOrder(NaN, 100, 10, notAsked)).toBe('missing');
    expect(placeInOrder(-1, -Infinity, 10, notAsked)).toBe('negative');
    expect(placeInOrder(-1, -Infinity, null, notAsked)).toBe('raises');
  });

  it('needs more than half of the usable values behind a large step', () => {
    expect(placeInOrder(111, 100, 10, behind(101, 111))).toBe('raises');
    expect(placeInOrder(111, 100, 10, behind(100, 111))).toBe('unconfirmed');
    expect(placeInOrder(111, 100, 10, behind(100, 111, 500))).toBe('raises');
    expect(placeInOrder(111, 100, 10, behind(NaN, -4, 111))).toBe('raises');
  });

  it('believes a lone first time, but no lone large step', () => {
    expect(placeInOrder(111, -Infinity, 10, behind(NaN, -1))).toBe('raises');
    expect(placeInOrder(111, 100, 10, behind(NaN, -1))).toBe('unconfirmed');
  });

  it('takes any larger value of an order that is not by time', () => {
    expect(placeInOrder(1e15, 1, null, notAsked)).toBe('raises');
  });
});
