/**
 * Bytes that cannot be read as what they should be, thrown by the decoders of this folder to each other. Only its message is
 * kept: whoever knows which batch it was turns it into an error with a code.
 */
export class Malformed extends Error {
  override name = 'Malformed';
}

/**
 * What to say of anything that a decoder threw. The messages of foreign decoders are not quoted, since nobody knows what they
 * name; they stay in the cause.
 */
export function reasonOf(error: unknown): string {
  return error instanceof Malformed ? error.message : 'it is malformed';
}
