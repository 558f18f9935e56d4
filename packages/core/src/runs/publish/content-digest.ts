import { createHash } from 'node:crypto';

const bufferBytes = 64 * 1024;

/**
 * A digest of what consumers see: key, value and semantic id of each record, each behind its length in four bytes (all ones
 * for none). It depends on nothing else, so that anybody can make it of a topic, or of a list of outputs.
 */
export class ContentDigest {
  readonly #hash = createHash('sha256');
  #buffer = Buffer.allocUnsafe(bufferBytes);
  #at = 0;

  add(key: Uint8Array | null, value: Uint8Array | null, semanticId: Uint8Array | null): void {
    this.#part(key);
    this.#part(value);
    this.#part(semanticId);
  }

  hex(): string {
    this.#flush();
    return this.#hash.copy().digest('hex');
  }

  #part(bytes: Uint8Array | null): void {
    const length = bytes?.length ?? 0;
    if (this.#at + 4 + length > this.#buffer.length) this.#flush();
    if (4 + length > this.#buffer.length) this.#buffer = Buffer.allocUnsafe(4 + length);
    this.#buffer.writeUInt32BE(bytes === null ? 0xffffffff : length, this.#at);
    this.#at += 4;
    if (bytes !== null) this.#buffer.set(bytes, this.#at);
    this.#at += length;
  }

  #flush(): void {
    this.#hash.update(this.#buffer.subarray(0, this.#at));
    this.#at = 0;
  }
}
