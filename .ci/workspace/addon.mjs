import { root } from './paths.mjs';
import { runCommand } from './run-command.mjs';
import { expectSuccess, StepFailure } from './step.mjs';

const probe = `
const Database = require('better-sqlite3');
const database = new Database(':memory:');
if (database.prepare('select 42').pluck().get() !== 42) throw new Error('SQLite does not answer');
database.close();
`;

/** Loads SQLite in a process of its own and asks it something: a file that is there may still be of another ABI. */
export async function addonAnswers(node, cwd) {
  return (await runCommand(node, ['-e', probe], { cwd })).code === 0;
}

/**
 * Makes sure that better-sqlite3 loads, compiling it where it does not.
 *
 * @returns {Promise<boolean>} whether it had to be rebuilt
 */
export async function ensureAddon({ node = process.execPath, cwd = root, env = {} } = {}) {
  if (await addonAnswers(node, cwd)) return false;
  expectSuccess(
    await runCommand('npm', ['rebuild', 'better-sqlite3'], { cwd, env }),
    'better-sqlite3 could not be compiled. It needs Python 3, make and a C++ compiler where no prebuilt file fits.',
  );
  if (await addonAnswers(node, cwd)) return true;
  throw new StepFailure(
    `better-sqlite3 was rebuilt and still does not load in Node ${process.versions.node}. ` +
      'A common cause: headers of another Node (see the nodedir setting of npm).',
    (await runCommand(node, ['-e', probe], { cwd })).output,
  );
}
