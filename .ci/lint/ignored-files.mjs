/** What was built or fetched, and not written here; for both linters. */
export const ignored = ['**/dist/', 'packages/*/bundle/', '**/out-tsc/', '.nx/', '**/test-output/', 'examples/*/data/'];
