import { UndecodableValue } from '../undecodable-value.js';

/** A decimal may take this many bytes: some ten thousand digits. */
const maxDecimalBytes = 4096;

/**
 * A decimal as text with exactly `scale` digits behind the point, such as `-12.50`: a number would lose digits. `bytes`
 * hold the unscaled integer in two's complement, the highest byte first; none at all mean 0.
 */
export function decimalText(bytes: Uint8Array, scale: number): string {
  if (bytes.length > maxDecimalBytes) throw new UndecodableValue('a decimal has more digits than can be read');
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
  const unscaled = BigInt.asIntN(bytes.length * 8, BigInt(hex === '' ? 0 : `0x${hex}`));
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const text = scale === 0 ? whole : `${whole}.${digits.slice(digits.length - scale)}`;
  return unscaled < 0n ? `-${text}` : text;
}
