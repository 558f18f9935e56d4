import { isNode, LineCounter, parseDocument, type Document } from 'yaml';

/** Line of the key at a path, or of the nearest thing around it that is there. */
export function lineOfKey(path: readonly PropertyKey[], document: Document, lines: LineCounter): number {
  for (let depth = path.length; depth > 0; depth--) {
    const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
    if (!isNode(parent) || !('items' in parent)) continue;
    for (const [index, item] of (parent.items as unknown[]).entries()) {
      const node = isPairOf(item, path[depth - 1]) ? item.key : index === path[depth - 1] ? item : undefined;
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
  }
  return 1;
}

/** The same for the text of an incident file that is known to be valid. */
export function linesOfIncident(text: string): (path: string) => number {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, schema: 'core' });
  return (path) => lineOfKey(path.split('.'), document, lines);
}

function isPairOf(item: unknown, key: unknown): item is { readonly key: unknown } {
  if (typeof item !== 'object' || item === null || !('key' in item)) return false;
  const name = isNode(item.key) && 'value' in item.key ? item.key.value : item.key;
  return String(name) === String(key);
}
