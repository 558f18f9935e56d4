/**
 * Makes plain JSON data of what stands behind the header of a value.
 * @throws UndecodableValue and nothing else, whatever the bytes are.
 */
export type PayloadDecoder = (payload: Uint8Array) => unknown;

/**
 * What becomes of 64-bit integers: numbers, where one that a number cannot hold exactly makes its value undecodable, or
 * decimal text for all of them, so that a field does not change its type from event to event.
 */
export type LongForm = 'number' | 'text';
