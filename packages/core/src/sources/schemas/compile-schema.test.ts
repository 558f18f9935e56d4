import { afterEach, describe, expect, it, vi } from 'vitest';

describe('a package that is not installed', () => {
  afterEach(() => vi.resetModules());

  it.each([
    ['AVRO', 'avsc'],
    ['PROTOBUF', 'protobufjs'],
  ] as const)('is told for %s, with the command that installs it', async (type, name) => {
    vi.doMock(name, () => {
      throw new Error('not found');
    });
    const { compileSchema } = await import('./compile-schema.js');
    const json = await compileSchema({ id: 1, type: 'JSON', schema: '{}', references: [] }, 'number');
    expect(json(Buffer.from('1'))).toBe(1);
    await expect(compileSchema({ id: 1, type, schema: '"int"', references: [] }, 'number')).rejects.toMatchObject({
      code: 'EM1007',
      hint: `npm install ${name}`,
    });
    vi.doUnmock(name);
  });
});
