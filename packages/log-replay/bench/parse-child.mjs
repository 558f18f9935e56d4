// Parses transfers in memory and does nothing else: node parse-child.mjs SHAPE (as JSON). Sends { ms, cpuMs }, without the
// time that making the texts takes.
import { measured } from './measured.mjs';
import { textOf } from './transfers-archive.mjs';

const shape = JSON.parse(process.argv[2]);
const texts = Array.from({ length: shape.events }, (_, n) => Buffer.from(textOf(n, shape)));
let sum = 0;
process.send(
  await measured(() => {
    for (const text of texts) sum += JSON.parse(text.toString('utf8')).amount;
  }),
);
if (!(sum > 0)) throw new Error('nothing was parsed');
process.disconnect();
