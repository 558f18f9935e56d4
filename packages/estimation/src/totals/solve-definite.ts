/**
 * Solves a system with a symmetric positive definite matrix by the decomposition of Cholesky.
 * @returns null where it is singular, or nearly so
 */
export function solveDefinite(matrix: readonly ArrayLike<number>[], right: ArrayLike<number>): Float64Array | null {
  const size = matrix.length;
  const lower = matrix.map((_, row) => new Float64Array(row + 1));
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let rest = matrix[row]![column]!;
      for (let at = 0; at < column; at++) rest -= lower[row]![at]! * lower[column]![at]!;
      if (row !== column) lower[row]![column] = rest / lower[column]![column]!;
      else if (rest > 1e-12 * matrix[row]![row]!) lower[row]![row] = Math.sqrt(rest);
      else return null;
    }
  }
  const solution = Float64Array.from({ length: size }, (_, at) => right[at]!);
  for (let row = 0; row < size; row++) {
    for (let at = 0; at < row; at++) solution[row]! -= lower[row]![at]! * solution[at]!;
    solution[row]! /= lower[row]![row]!;
  }
  for (let row = size - 1; row >= 0; row--) {
    for (let at = row + 1; at < size; at++) solution[row]! -= lower[at]![row]! * solution[at]!;
    solution[row]! /= lower[row]![row]!;
  }
  return solution;
}
