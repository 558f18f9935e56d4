/** Shares of about the same size: the largest first to whoever has least. In their own order within each. */
export function shareOut<Item>(
  items: readonly Item[],
  sizeOf: (item: Item) => number,
  shares: number,
): readonly Item[][] {
  const made = Array.from({ length: shares }, () => ({ size: 0, items: new Set<Item>() }));
  for (const item of [...items].sort((a, b) => sizeOf(b) - sizeOf(a))) {
    const least = made.reduce((best, share) => (share.size < best.size ? share : best));
    least.items.add(item);
    least.size += sizeOf(item);
  }
  return made.map((share) => items.filter((item) => share.items.has(item))).filter((share) => share.length > 0);
}
