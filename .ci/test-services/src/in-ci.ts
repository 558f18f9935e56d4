/** Where a test that is skipped is a failure. */
export function inCi(): boolean {
  return (process.env['CI'] ?? '') !== '';
}
