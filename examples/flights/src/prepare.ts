import { parseArgs } from 'node:util';
import { wholeNumber } from './demo/whole-number.js';
import { demoPlace } from './prepare/demo-place.js';
import { prepareDemo } from './prepare/prepare-demo.js';

/** `node dist/prepare.js [--data FOLDER --rows N] [--seed S] [--no-archive]`: makes the files of the incident, and no more. */
const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    rows: { type: 'string' },
    seed: { type: 'string' },
    archive: { type: 'boolean' },
  },
  allowNegative: true,
});
const place = demoPlace(values.data);
await prepareDemo(place, {
  ...(values.rows !== undefined && { rows: wholeNumber('--rows', values.rows) }),
  ...(values.seed !== undefined && { seed: wholeNumber('--seed', values.seed) }),
  archive: values.archive ?? true,
  tell: (line) => {
    console.log(line);
  },
});
