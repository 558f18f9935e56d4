import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { schemaFiles } from '../src/documents/published-schemas.js';

const folder = new URL('../schemas/', import.meta.url);

describe('published JSON Schemas', () => {
  it('are those of the code: node scripts/write-schemas.mjs', () => {
    const parsed = (files: Record<string, string>) =>
      Object.fromEntries(Object.entries(files).map(([name, text]) => [name, JSON.parse(text) as unknown]));
    const published = Object.fromEntries(
      readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]),
    );
    expect(parsed(published)).toEqual(parsed(schemaFiles()));
  });

  it('say that unknown keys of an incident file are errors', () => {
    const incident = JSON.parse(schemaFiles()['incident.schema.json'] ?? '') as Record<string, unknown>;
    expect(incident).toMatchObject({
      additionalProperties: false,
      required: ['format_version', 'name', 'worker'],
    });
    expect(JSON.stringify(incident)).toContain('confirmation');
  });
});
