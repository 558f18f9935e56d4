import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const example = join(import.meta.dirname, '..');

test('the incident file for Kafka differs from that of the demo in the log, the worker and the paths only', () => {
  const plain = readFileSync(join(example, 'flights.incident.yaml'), 'utf8');
  const kafka = readFileSync(join(example, 'kafka', 'flights-kafka.incident.yaml'), 'utf8');
  const bare = (text: string) =>
    text
      .split('\n')
      .filter((line) => !/^(name|log|store|#)/.test(line))
      .map((line) => line.replaceAll('../', './'));
  expect(bare(kafka)).toEqual(bare(plain));
});
