import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { wholeNumber } from './demo/whole-number.js';
import { isEventmendFailure } from './prepare/run-eventmend.js';
import { tellHalfLog, tellIncident, tellLostWindow, tellRecordsOnly, tellWholeLog } from './story/chapters.js';
import { prepareStory } from './story/prepare-story.js';
import { storyPlace } from './story/story-place.js';
import { createTeller } from './story/teller.js';

/** `node dist/tell-story.js [--data FOLDER] [--seed S] [--flights N]`: one incident, with less and less that survived, in a minute. */
const { values } = parseArgs({
  options: { data: { type: 'string' }, seed: { type: 'string', default: '2001' }, flights: { type: 'string' } },
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
    ...(values.flights !== undefined && { flights: wholeNumber('--flights', values.flights) }),
  });
  tellIncident(teller, facts);
  await tellWholeLog(teller, place);
  await tellHalfLog(teller, facts);
  await tellLostWindow(teller, facts);
  await tellRecordsOnly(teller, facts);
  console.log(`\nAll of it stands in ${place.data} (${((performance.now() - started) / 1000).toFixed(0)} s).`);
} catch (error) {
  if (!isEventmendFailure(error)) throw error;
  process.exitCode = error.exitCode;
}
