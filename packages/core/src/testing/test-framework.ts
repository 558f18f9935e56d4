/** The few functions of a test framework that the contracts need; those of vitest and of jest fit. */
export interface TestFramework {
  describe(name: string, body: () => void): unknown;
  it(name: string, body: () => void | Promise<void>): unknown;
  expect(value: unknown): {
    toBe(expected: unknown): unknown;
    toEqual(expected: unknown): unknown;
  };
}

/** The code of the RecoveryError that an action ends with; null when it ends well. */
export async function codeOf(action: () => unknown): Promise<string | null> {
  try {
    await action();
    return null;
  } catch (error) {
    return (error as { readonly code?: string }).code ?? String(error);
  }
}
