import { RecoveryError } from '@eventmend/core';
import { liveStoreFormat } from './store-format.js';

export function corrupt(file: string, what: string): RecoveryError {
  return new RecoveryError('corrupt-checkpoint-store', `${file}: ${what}`, { hint: liveStoreFormat.corruptHint });
}
