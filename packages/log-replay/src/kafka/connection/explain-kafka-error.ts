export function explainKafkaError(error: unknown, _context: unknown): unknown {
  return error;
}
