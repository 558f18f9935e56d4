import { readFileSync } from 'node:fs';
import { RecoveryError } from '@eventmend/core';
import { nearestName } from '@eventmend/core/records';
import { parse } from 'yaml';
import { mappingSchema, type MappingDocument } from './mapping-schema.js';

/**
 * Reads a file with a mapping alone (YAML or JSON), as it stands under `log.mapping` in an incident file.
 * @throws RecoveryError EM1003 when it cannot be read, EM1002 when it is not a mapping.
 */
export function readMapping(file: string): MappingDocument {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new RecoveryError('EM1003', `the mapping file ${file} cannot be read`, { hint: 'check the path', cause });
  }
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 100 });
  } catch (cause) {
    throw new RecoveryError('EM1002', `${file} is not YAML or JSON`, {
      hint: 'see schemas/incident.schema.json',
      cause,
    });
  }
  return checkMapping(value, file);
}

/** @throws RecoveryError EM1002 naming what is wrong. `where` says where it came from. */
export function checkMapping(value: unknown, where: string): MappingDocument {
  const result = mappingSchema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [`"${issue.path.join('.')}" ${issue.message}`];
    return issue.keys.map((key) => {
      const nearest = nearestName(key, Object.keys(mappingSchema.shape));
      return `unknown key "${key}"${nearest === null ? '' : `: did you mean "${nearest}"?`}`;
    });
  });
  throw new RecoveryError('EM1002', [`${where} is not a mapping`, ...problems].join('\n'), {
    hint: 'a mapping is what stands under log.mapping in an incident file',
  });
}
