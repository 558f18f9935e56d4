/** A row (and so an event) may be this large at most. */
export const maxRowBytes = 16 * 1024 * 1024;

/** A value may be nested this deep at most. */
export const maxDepth = 1000;

/** Text of up to this length cannot be nested deeper than `maxDepth`: a level takes two brackets. */
export const shortEnoughToBeShallow = 2 * maxDepth;

/** True when brackets outside of strings are open more than `limit` deep at any point of a JSON text. */
export function isNestedDeeperThan(text: string, limit: number): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x22: // a string: jump to its end, over escaped characters
        for (i++; i < text.length; i++) {
          const code = text.charCodeAt(i);
          if (code === 0x5c) i++;
          else if (code === 0x22) break;
        }
        break;
      case 0x5b:
      case 0x7b:
        if (++depth > limit) return true;
        break;
      case 0x5d:
      case 0x7d:
        depth--;
        break;
    }
  }
  return false;
}
