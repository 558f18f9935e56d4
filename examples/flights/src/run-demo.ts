import { parseArgs } from 'node:util';
import { carryThrough } from './demo/carry-through.js';
import { createSteps } from './demo/steps.js';
import { wholeNumber } from './demo/whole-number.js';
import { demoPlace } from './prepare/demo-place.js';
import { prepareDemo, removeWhatWasMade } from './prepare/prepare-demo.js';
import { isEventmendFailure } from './prepare/run-eventmend.js';

/** `node dist/run-demo.js [--fresh] [--data FOLDER --rows N]`: the incident from the flights to the recovered state. */
const { values } = parseArgs({
  options: { fresh: { type: 'boolean' }, data: { type: 'string' }, rows: { type: 'string' }, seed: { type: 'string' } },
});
const place = demoPlace(values.data);
const steps = createSteps((line) => {
  console.log(line);
});
try {
  if (values.fresh === true) removeWhatWasMade(place, steps.say);
  await steps.run('prepare', 'the log of flights, and what a service left that handled some of them wrongly', () =>
    prepareDemo(place, {
      ...(values.rows !== undefined && { rows: wholeNumber('--rows', values.rows) }),
      ...(values.seed !== undefined && { seed: wholeNumber('--seed', values.seed) }),
      tell: steps.say,
    }),
  );
  process.exitCode = await carryThrough(place, steps);
  if (process.exitCode === 0) console.log('Next: npx eventmend init my-incident --from your-events.ndjson');
} catch (error) {
  if (!isEventmendFailure(error)) throw error;
  process.exitCode = error.exitCode;
  if (error.exitCode === 130)
    console.log(
      `\nStopped; nothing is lost.\nNext: ${values.data === undefined ? 'npm start -- --full' : 'the same command again'}`,
    );
}
