/** One output as it enters the digest; `value` is JSON without spaces, with the fields as the worker wrote them. */
export function outputDigestLine(output: string, key: string, value: string): string {
  return `${output}\t${key}\t${value}\n`;
}
