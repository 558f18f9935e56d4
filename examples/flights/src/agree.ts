import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { demoPlace } from './prepare/demo-place.js';
import { compareOutputs, exportedOutputs } from './truth/compare-outputs.js';
import { compareStates } from './truth/compare-states.js';

/** `node dist/agree.js STATE.ndjson [OUTPUTS.ndjson] [--data FOLDER]`: exit code 11 when anything differs from the truth. */
const { values, positionals } = parseArgs({ options: { data: { type: 'string' } }, allowPositionals: true });
const { data } = demoPlace(values.data);
const [state, outputs] = positionals;
if (state === undefined) throw new Error('name the exported state: node dist/agree.js STATE.ndjson [OUTPUTS.ndjson]');
const states = compareStates(state, join(data, 'truth', 'state.ndjson'));
const sent =
  outputs === undefined ? null : await compareOutputs(exportedOutputs(outputs), join(data, 'truth', 'outputs.json'));
console.log(JSON.stringify({ states, outputs: sent }, null, 2));
process.exitCode = states.differing.length === 0 && sent?.rightFromRow !== null ? 0 : 11;
