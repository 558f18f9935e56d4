import { isRecoveryError } from '../../../model/errors/recovery-error.js';
import type { ConnectionFinding } from './connection-finding.js';
import { explainKafkaError, type KafkaErrorContext } from './explain-kafka-error.js';
import type { MissingAcl } from './missing-acl.js';

/** An error as a finding says it. The subject stands beside it already, so the message goes without. */
export function explainFinding(
  error: unknown,
  context: KafkaErrorContext,
): Pick<ConnectionFinding, 'found' | 'hint' | 'missing'> {
  const explained = explainKafkaError(error, context);
  if (!isRecoveryError(explained)) return { found: error instanceof Error ? error.message : String(error), hint: null };
  const missing = explained.details['missing'] as MissingAcl | undefined;
  return {
    found: explained.message.replace(/^Kafka at .*?: /, ''),
    hint: explained.hint ?? null,
    ...(missing === undefined ? {} : { missing }),
  };
}
