import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { RecoveryError } from '@eventmend/core';
import { canonicalJson } from '@eventmend/core/engine';
import type { SealJson } from '../../documents/report-document.js';

/** So that a signature for something else is never one for a report. */
const purpose = 'eventmend report seal 1\n';

/**
 * Signs a seal with an ed25519 key in a PEM file.
 * @throws RecoveryError `file-unavailable` where it cannot be read, `invalid-argument` where it is no such key
 */
export function signSeal(seal: SealJson, file: string): SealJson {
  const key = readKey(file, createPrivateKey, 'private');
  const value = sign(null, signedPart(seal), key).toString('base64');
  return { ...seal, signature: { algorithm: 'ed25519', key: fingerprintOf(createPublicKey(key)), value } };
}

/** @throws RecoveryError `file-unavailable`, `invalid-argument` as `signSeal` does */
export function isSignedBy(seal: SealJson, file: string): boolean {
  const key = readKey(file, createPublicKey, 'public');
  const { signature } = seal;
  if (signature === null || signature.key !== fingerprintOf(key)) return false;
  return verify(null, signedPart(seal), key, Buffer.from(signature.value, 'base64'));
}

function signedPart({ signature: _, ...seal }: SealJson): Buffer {
  return Buffer.from(purpose + canonicalJson(seal), 'utf8');
}

function fingerprintOf(key: KeyObject): string {
  return createHash('sha256').update(key.export({ type: 'spki', format: 'der' })).digest('hex');
}

function readKey(file: string, read: (pem: string) => KeyObject, which: 'private' | 'public'): KeyObject {
  let pem: string;
  try {
    pem = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new RecoveryError('file-unavailable', `the key ${file} cannot be read`, { cause });
  }
  const hint = 'openssl genpkey -algorithm ed25519 -out key.pem; openssl pkey -in key.pem -pubout -out pub.pem';
  let key: KeyObject;
  try {
    key = read(pem);
  } catch {
    // What the library says may quote the file: a key is never shown.
    throw new RecoveryError('invalid-argument', `${file} is not a ${which} key in PEM form without a passphrase`, { hint });
  }
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new RecoveryError('invalid-argument', `${file} holds a key of type ${String(key.asymmetricKeyType)}, not ed25519`, { hint });
  }
  return key;
}
