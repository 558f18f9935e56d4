/** One SQL statement at a time, with what it gives as arrays of texts. */
export type AskPostgres = (
  sql: string,
  values?: readonly unknown[],
) => Promise<{
  readonly columns: readonly { readonly name: string; readonly dataTypeID: number }[];
  readonly rows: readonly (readonly (string | null)[])[];
}>;
