/** `describe` of a test framework, as far as it is needed here; those of vitest, jest and Node fit. */
export type DescribeTests = (name: string, body: () => void) => unknown;
