import { rmSync } from 'node:fs';
import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import { wholeNumber } from './demo/whole-number.js';
import { isEventmendFailure } from './prepare/run-eventmend.js';
import {
  tellComparison,
  tellHalfLog,
  tellIncident,
  tellLostWindow,
  tellRecordsOnly,
  tellReport,
  tellWholeLog,
} from './story/chapters.js';
import { prepareStory } from './story/prepare-story.js';
import { storyPlace } from './story/story-place.js';
import { createTeller } from './story/teller.js';
import { whereCalled } from './story/where-called.js';

/**
 * `node dist/tell-story.js [--data FOLDER] [--seed S] [--flights N]`: one incident, with less and less that survived, in a minute; all
 * flights between the airports (`--flights 154927`) take half as long again.
 */
const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    seed: { type: 'string', default: '2001' },
    flights: { type: 'string', default: '80000' },
  },
});
const place = storyPlace(values.data);
const teller = createTeller(place, (line) => {
  console.log(line);
});
const started = performance.now();
try {
  rmSync(place.store, { recursive: true, force: true });
  const facts = await prepareStory(place, {
    seed: wholeNumber('--seed', values.seed),
    flights: wholeNumber('--flights', values.flights),
  });
  tellIncident(teller, facts);
  const whole = await tellWholeLog(teller, place);
  await tellHalfLog(teller, facts);
  await tellLostWindow(teller, facts);
  await tellRecordsOnly(teller, facts);
  await tellComparison(teller);
  await tellReport(teller, whole);
  console.log(
    `\nAll of it stands in ${relative(whereCalled, place.data)} (${((performance.now() - started) / 1000).toFixed(0)} s).`,
  );
  console.log('Next, for a log of your own: npm run eventmend -- init FOLDER --from LOG');
} catch (error) {
  if (!isEventmendFailure(error)) throw error;
  process.exitCode = error.exitCode;
}
