/* eslint-disable no-control-regex -- control characters are what this file is about */

// CSI, OSC (to BEL or ST), and two-character escapes.
const escapeSequences =
  /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[PX^_][^\x1b]*(?:\x1b\\)?|[ -/]*[0-~])?/g;
const controlCharacters = /[\x00-\x1f\x7f-\x9f]/g;
// Marks that reorder or hide text: what is shown would not be what is there.
const deceptive = /[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/**
 * Makes text from outside (keys, file contents, messages) fit for a terminal: escape sequences are dropped, other control
 * characters shown as `\x07`, so that a key cannot move the cursor, recolour or rename the window.
 */
export function safeText(text: string): string {
  return text
    .replace(escapeSequences, '')
    .replace(controlCharacters, (character) => (character === '\n' || character === '\t' ? ' ' : hex(character)))
    .replace(deceptive, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Safe text of several lines: line breaks stay. */
export function safeLines(text: string): string[] {
  return text.split(/\r?\n/).map(safeText);
}

const ownColours = /\x1b\[\d{1,2}m/g;

/** The last filter before a terminal: drops every control character but line breaks and the colours that we set. */
export function onlyOwnEscapes(line: string, color: boolean): string {
  const kept: string[] = color ? (line.match(ownColours) ?? []) : [];
  return (color ? line.split(ownColours) : [line])
    .map((part, index) => part.replace(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/g, '') + (kept[index] ?? ''))
    .join('');
}

/** JSON text in which no character can act on a terminal: JSON itself escapes only those below 32. */
export function safeJson(json: string): string {
  return json.replace(/[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

function hex(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
