import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { RecoveryError } from '@eventmend/core';
import { parse } from 'yaml';
import { kafkaSchema, type KafkaDocument } from './kafka-schema.js';
import type { Paths } from './rows-of.js';

/** A connection file, and where its paths are relative to. */
export interface ConnectionFile {
  readonly document: KafkaDocument;
  readonly paths: Paths;
}

/**
 * Reads a file with what stands under `log.kafka` in an incident file (YAML or JSON).
 * @throws RecoveryError EM1003 when it cannot be read, EM1002 when it is no such thing
 */
export function readConnection(file: string): ConnectionFile {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new RecoveryError('EM1003', `the connection file ${file} cannot be read`, { hint: 'check the path', cause });
  }
  const folder = dirname(file);
  return {
    document: checkConnection(parse(text, { maxAliasCount: 100 }), file),
    paths: { at: (path) => resolve(folder, path), folder },
  };
}

/** @throws RecoveryError EM1002 naming what is wrong */
export function checkConnection(value: unknown, where: string): KafkaDocument {
  const result = kafkaSchema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `"${issue.path.join('.')}" ${issue.message}`);
  throw new RecoveryError('EM1002', [`${where} is no connection to Kafka`, ...problems].join('\n'), {
    hint: 'it holds what stands under log.kafka in an incident file: brokers, topics, tls, sasl',
  });
}
