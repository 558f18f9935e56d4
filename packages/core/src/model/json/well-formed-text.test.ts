import { expect, test } from 'vitest';
import { isWellFormedText } from './well-formed-text.js';

test('only texts that UTF-8 gives back are well-formed', () => {
  expect(['', 'a', 'é😀', '__proto__'].every(isWellFormedText)).toBe(true);
  expect(['\ud800', 'a\udc00b', 5, null, undefined, ['a']].some(isWellFormedText)).toBe(false);
});
