import { expect, it } from 'vitest';
import { describeStandInTrial, describeUntriedStandIns } from './describe-stand-in-trial.js';

const trial = {
  time: { from: Date.UTC(2026, 10, 12), until: Date.UTC(2026, 10, 18, 9, 30) },
  ...{ events: 5000, rows: 4950, namings: 4950, keys: 1204, right: 1190, bare: 0 },
};

it('says how many of the keys that rows filled were right, and when', () => {
  expect(describeStandInTrial(trial)).toBe(
    "tried on 5,000 known events of 2026-11-12 00:00 to 2026-11-18 09:30 UTC that were hidden: of 1,204 keys filled this way 1,190 equalled the log's",
  );
  expect(describeStandInTrial({ ...trial, time: null, bare: 1 })).toBe(
    "tried on 5,000 known events that were hidden: of 1,204 keys filled this way 1,190 equalled the log's; of 1 more key they have no row",
  );
});

it('says so where no row stood in', () => {
  expect(describeStandInTrial({ ...trial, time: null, events: 1, rows: 0, keys: 0, right: 0, bare: 1 })).toBe(
    'tried on 1 known event that was hidden: no row stood in for it',
  );
});

it('says why nothing was tried', () => {
  expect(describeUntriedStandIns({ reason: 'nothing-known' })).toBe('not tried: no known event could be hidden');
  expect(describeUntriedStandIns({ reason: 'failed', error: 'corrupt-archive-segment' })).toBe(
    'not tried: the trial came upon an error (corrupt-archive-segment), so they are not called all that was lost; recover may meet it too',
  );
});
