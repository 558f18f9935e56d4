// A log of 100 pages, some with a hole in front of them, that comes to a bad end where it is told to.
import { setImmediate } from 'node:timers';
import { EventPage } from '@eventmend/core';

export default function openFailingLog({ at, how }) {
  if (how === 'unopened') throw new Error('there is no such log');
  return {
    describe() {
      throw new Error('nobody knows');
    },
    read({ from, to, onHole }) {
      let next = from;
      return {
        next() {
          if (next >= to) return null;
          if (next === at && how === 'throw') throw new Error('this page is broken');
          if (next === at && how === 'exit') process.exit(3);
          if (next === at && how === 'stray') {
            setImmediate(() => {
              throw new Error('a driver broke');
            });
            return new Promise(() => undefined);
          }
          if (next % 10 === 5) {
            onHole?.({ from: next, to: next + 1, reason: 'control' });
            next++;
          }
          const offset = next++;
          const page = new EventPage({
            offsets: [offset],
            timestamps: [offset],
            keys: [null],
            headers: null,
            decodeValues: () => ({ values: [{ n: offset }], undecodable: null }),
            valueBytes: () => Buffer.from(JSON.stringify({ n: offset })),
            keyBytes: () => null,
          });
          return how === 'promise' ? new Promise((resolve) => setImmediate(resolve, page)) : page;
        },
        close() {},
      };
    },
    close() {},
  };
}
