/** A file of properties as Java reads it: a backslash begins an escape, a line ends an entry. */
export function propertiesText(properties: Readonly<Record<string, string>>): string {
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replace(/^ /, '\\ ')}\n`)
    .join('');
}
