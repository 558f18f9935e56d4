const timeColumns = new WeakMap<object, ReadonlySet<string>>();

/** Notes which columns of a row hold times by their type: milliseconds since 1970, whatever unit the file has. */
export function markTimeColumns(row: object, columns: ReadonlySet<string>): void {
  timeColumns.set(row, columns);
}

export function isTimeColumn(row: unknown, column: string): boolean {
  return typeof row === 'object' && row !== null && timeColumns.get(row)?.has(column) === true;
}
