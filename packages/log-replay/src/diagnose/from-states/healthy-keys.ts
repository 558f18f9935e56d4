/**
 * Picks keys evenly and always the same ones: those with the smallest hashes (FNV-1a, 32 bits). Memory follows the number
 * of keys that are picked.
 */
export function sampleHealthyKeys(
  keys: Iterable<string>,
  isHealthy: (key: string) => boolean,
  count: number,
): readonly string[] {
  let picked: { readonly key: string; readonly hash: number }[] = [];
  let bar = Infinity;
  const settle = (): void => {
    picked.sort((a, b) => a.hash - b.hash || (a.key < b.key ? -1 : 1));
    picked = picked.slice(0, count);
    bar = picked.length < count ? Infinity : (picked.at(-1)?.hash ?? Infinity);
  };
  for (const key of keys) {
    const hash = hashOf(key);
    if (hash > bar || !isHealthy(key)) continue;
    picked.push({ key, hash });
    if (picked.length >= 2 * count + 16) settle();
  }
  settle();
  return picked.map(({ key }) => key);
}

function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash;
}
