import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { DescribeTests } from '../describe-tests.js';
import { inCi } from '../in-ci.js';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const macApplication = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/** The program of a Chromium that is installed here; `missing` says in words what has to be installed. */
export function findChromium(
  folders: readonly string[] = (process.env['PATH'] ?? '').split(delimiter),
): { readonly program: string } | { readonly missing: string } {
  const programs = folders.flatMap((folder) => (folder === '' ? [] : names.map((name) => join(folder, name))));
  const program = [...programs, macApplication].find((file) => existsSync(file));
  if (program !== undefined) return { program };
  return { missing: `no browser is installed: none of ${names.join(', ')} in PATH (apt-get install chromium)` };
}

/**
 * `describe` where tests can have a real browser, else `describe.skip`, and then it says aloud what is missing. In CI, where
 * nobody reads that, it throws.
 * @throws Error in CI when no browser is installed.
 */
export function chromiumOrSkip(
  describe: DescribeTests & { readonly skip: DescribeTests },
  folders?: readonly string[],
): (name: string, body: (program: string) => void) => unknown {
  const browser = findChromium(folders);
  if (!('missing' in browser)) {
    return (name, body) =>
      describe(name, () => {
        body(browser.program);
      });
  }
  const { missing } = browser;
  if (inCi()) throw new Error(missing);
  return (name, body) => {
    process.stderr.write(`\n*** SKIPPED for want of a browser: ${name}: ${missing}\n\n`);
    return describe.skip(name, () => {
      body('');
    });
  };
}
