/** Of the tests with random batches; printed with them, and set to repeat a failure. */
export const seed = Number(process.env['EVENTMEND_PROPERTY_SEED'] ?? 20261126);
