import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/archive/temporary-folder.js';
import { readRegistrySecret } from './read-registry-secret.js';

describe('the secret of a registry', () => {
  it('comes from a file, a variable or a command, without the line break at its end', () => {
    const folder = temporaryFolder();
    writeFileSync(folder.path('secret'), ' s\n\n');
    process.env['TEST_SECRET'] = 's';
    expect(readRegistrySecret({ file: folder.path('secret') })).toBe(' s\n');
    expect(readRegistrySecret({ env: 'TEST_SECRET' })).toBe('s');
    expect(readRegistrySecret({ command: [process.execPath, '-e', 'console.log("s")'] })).toBe('s');
    delete process.env['TEST_SECRET'];
    folder.remove();
  });

  it.each([
    { file: '/nowhere/at/all' },
    { env: 'TEST_SECRET_THAT_IS_NOT_SET' },
    { command: [] },
    { command: [process.execPath, '-e', 'console.log("leaked"); process.exit(1)'] },
  ])('cannot be had from %j', (source) => {
    let failure: unknown;
    try {
      readRegistrySecret(source);
    } catch (error) {
      failure = error;
    }
    expect(failure).toMatchObject({ code: 'EM2209' });
    expect(JSON.stringify(failure) + String(failure)).not.toContain('leaked');
  });
});
