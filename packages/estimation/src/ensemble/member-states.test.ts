import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemberStates } from './member-states.js';

const writes = fc.array(
  fc.record({
    members: fc.subarray([0, 1, 2, 3], { minLength: 1 }),
    key: fc.constantFrom('a', 'b', 'c'),
    state: fc.option(fc.record({ n: fc.nat(3) }), { nil: undefined }),
  }),
  { maxLength: 20 },
);

test('members have what each by itself would have', () => {
  fc.assert(
    fc.property(writes, (made) => {
      const states = new MemberStates(4, new Map([['a', { n: 9 }]]));
      const alone = Array.from({ length: 4 }, () => new Map<string, unknown>([['a', { n: 9 }]]));
      for (const { members, key, state } of made) {
        states.write(members, key, state);
        for (const member of members) alone[member]!.set(key, state);
      }
      for (const [member, own] of alone.entries()) {
        for (const key of ['a', 'b', 'c']) expect(states.view(member).read(key)).toBe(states.of(key, member));
        for (const key of ['a', 'b', 'c']) expect(states.of(key, member)).toEqual(own.get(key));
      }
      for (const keys of [['a'], ['a', 'b'], ['c']]) {
        const groups = states.groupsOf(keys);
        expect(groups.flat().sort()).toEqual([0, 1, 2, 3]);
        for (const group of groups) {
          for (const member of group) {
            for (const key of keys) expect(states.of(key, member)).toBe(states.of(key, group[0]!));
          }
        }
      }
    }),
  );
});

test('a state cannot be changed under another member', () => {
  const states = new MemberStates(2, new Map([['a', { items: [1] }]]));
  const { items } = states.of('a', 0) as { items: number[] };
  expect(() => items.push(2)).toThrow(TypeError);
});
