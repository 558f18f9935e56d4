/** @throws Error that names the option. */
export function wholeNumber(option: string, text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number)) return number;
  throw new Error(`${option} takes a whole number, not ${JSON.stringify(text)}`);
}
