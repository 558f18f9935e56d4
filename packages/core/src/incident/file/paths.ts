/** Paths as they are to stand in the result, and the folder of the incident file in the same way. */
export interface Paths {
  readonly at: (path: string) => string;
  readonly folder: string;
}
