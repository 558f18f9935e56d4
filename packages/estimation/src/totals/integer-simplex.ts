/** A system of equations over unknowns that are not below zero, in whole numbers. */
export interface WholeSystem {
  /** By equation, then by unknown. */
  readonly rows: readonly (readonly bigint[])[];
  readonly right: readonly bigint[];
}

/**
 * Whether a system of equations has a solution without a negative number. Decided exactly, by the first phase of the simplex method
 * (Dantzig 1963) with the smallest index rule of Bland (1977), which ends always, on whole numbers with one common denominator
 * (integer pivoting: Bareiss 1968; Edmonds & Maurras 1997): nothing is rounded, so that a contradiction is one.
 */
export function isSolvable({ rows, right }: WholeSystem): boolean {
  const unknowns = rows[0]?.length ?? 0;
  const table = rows.map((row, at) => {
    const isBelow = right[at]! < 0n;
    return [...row, right[at]!].map((entry) => (isBelow ? -entry : entry));
  });
  const costs = Array.from({ length: unknowns + 1 }, (_, column) => table.reduce((sum, row) => sum + row[column]!, 0n));
  // Above `unknowns`: what an equation still lacks.
  const basis = table.map((_, at) => unknowns + at);
  let denominator = 1n;
  for (;;) {
    if (costs[unknowns] === 0n) return true;
    const column = costs.findIndex((cost, at) => at < unknowns && cost > 0n);
    if (column < 0) return false;
    const leaving = rowThatLeaves(table, column, basis);
    if (leaving < 0) return false;
    const pivotRow = table[leaving]!;
    const pivot = pivotRow[column]!;
    for (const row of [...table, costs]) {
      if (row !== pivotRow) eliminate(row, pivotRow, column, pivot, denominator);
    }
    basis[leaving] = column;
    denominator = pivot;
  }
}

function rowThatLeaves(table: readonly (readonly bigint[])[], column: number, basis: readonly number[]): number {
  let leaving = -1;
  for (const [at, row] of table.entries()) {
    if (row[column]! <= 0n) continue;
    const best = table[leaving];
    if (best === undefined) leaving = at;
    else {
      const difference = row.at(-1)! * best[column]! - best.at(-1)! * row[column]!;
      if (difference < 0n || (difference === 0n && basis[at]! < basis[leaving]!)) leaving = at;
    }
  }
  return leaving;
}

function eliminate(
  row: bigint[],
  pivotRow: readonly bigint[],
  column: number,
  pivot: bigint,
  denominator: bigint,
): void {
  const factor = row[column]!;
  if (factor === 0n && pivot === denominator) return;
  for (let at = 0; at < row.length; at++) row[at] = (pivot * row[at]! - factor * pivotRow[at]!) / denominator;
}
