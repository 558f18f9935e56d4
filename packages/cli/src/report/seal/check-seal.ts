import { isSignedBy } from './sign-seal.js';
import { sha256, type SealedFile } from './seal.js';

/** One thing that was looked at, and what came of it. */
export interface ReportCheck {
  readonly name: string;
  readonly result: 'passed' | 'failed' | 'not-checked';
  readonly detail: string;
}

/**
 * Whether a file is as it was sealed, and signed by a key.
 * @param key file of the public key; null where nobody named one
 */
export function checkSeal(sealed: SealedFile | null, key: string | null): readonly ReportCheck[] {
  if (sealed === null) {
    return [
      { name: 'seal', result: 'failed', detail: 'the file does not end with a seal: it is no report, or its end was changed' },
    ];
  }
  const { body, seal } = sealed;
  const isWhole = sha256(body) === seal.sha256;
  return [
    isWhole
      ? { name: 'seal', result: 'passed', detail: 'the file is as it was when it was sealed' }
      : { name: 'seal', result: 'failed', detail: 'the file was changed after it was sealed' },
    checkSignature(sealed, key),
  ];
}

function checkSignature({ seal }: SealedFile, key: string | null): ReportCheck {
  const name = 'signature';
  if (key === null) {
    const detail =
      seal.signature === null
        ? 'the report is not signed: whoever changes it can seal it anew'
        : `signed with the key ${seal.signature.key.slice(0, 16)}…; --key PUB.pem checks it`;
    return { name, result: 'not-checked', detail };
  }
  if (seal.signature === null) return { name, result: 'failed', detail: 'the report is not signed' };
  return isSignedBy(seal, key)
    ? { name, result: 'passed', detail: `signed with the key ${seal.signature.key.slice(0, 16)}…` }
    : { name, result: 'failed', detail: 'the signature is not of this report by this key' };
}
