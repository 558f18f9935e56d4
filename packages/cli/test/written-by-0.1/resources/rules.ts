/** What an account pays for sending so much, in cents. */
export function feeOf(cents: number): number {
  return cents >= 300 ? Math.floor(cents / 50) : 1;
}
