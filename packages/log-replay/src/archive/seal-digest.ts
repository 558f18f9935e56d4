import { createHash } from 'node:crypto';
import { comparePartitions } from '@eventmend/core';
import { hashSummary, type PartitionSummary } from './partition-summary.js';

/** One hash over everything that an archive holds: its identity and, through their chains, all segments and holes. */
export function sealDigest(id: string, source: string, summaries: readonly PartitionSummary[]): Buffer {
  const hash = createHash('sha256').update(JSON.stringify([id, source, summaries.length]));
  for (const summary of [...summaries].sort(comparePartitions)) hash.update(hashSummary(summary));
  return hash.digest();
}
