/**
 * The known name that was probably meant: the one with the fewest changed letters, if at most a third of the letters (and
 * at least one, at most three) differ. Null when nothing is near.
 */
export function nearestName(given: string, known: readonly string[]): string | null {
  const limit = Math.min(3, Math.max(1, Math.floor(given.length / 3)));
  let best: string | null = null;
  let bestDistance = limit + 1;
  for (const name of known) {
    const distance = changedLetters(given.toLowerCase(), name.toLowerCase());
    if (distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

/** Insertions, deletions and replacements that lead from one text to the other; a swap of neighbours counts as two. */
function changedLetters(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let i = 0; i < from.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < to.length; j++) {
      const replaced = (row[j] as number) + (from[i] === to[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] as number) + 1, (next[j] as number) + 1));
    }
    row = next;
  }
  return row[to.length] as number;
}
