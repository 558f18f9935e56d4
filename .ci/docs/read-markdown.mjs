/**
 * Reads the parts of a Markdown file that can be checked.
 *
 * A block is marked by a comment on the line before its fence: `<!-- runs -->` for one that is run as it stands,
 * `<!-- file: NAME -->` for one that is written to a file for the blocks after it.
 *
 * @returns {{
 *   blocks: { language: string, code: string, line: number, runs: boolean, file: string | undefined }[],
 *   links: { target: string, line: number }[],
 *   headings: string[],
 *   anchors: Set<string>,
 * }}
 */
export function readMarkdown(text) {
  const lines = text.split('\n');
  const blocks = [];
  const links = [];
  const headings = [];
  const anchors = new Set();
  let mark = '';
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index];
    const fence = /^\s*(`{3,}|~{3,})\s*(\S*)/.exec(line);
    if (fence) {
      const end = lines.findIndex((later, at) => at > index && later.trim().startsWith(fence[1]));
      const close = end === -1 ? lines.length : end;
      const file = /^file:\s*(\S+)$/.exec(mark)?.[1];
      const code = `${lines.slice(index + 1, close).join('\n')}\n`;
      blocks.push({ language: fence[2], code, line: index + 1, runs: mark === 'runs', file });
      index = close;
      mark = '';
      continue;
    }
    const comment = /^\s*<!--\s*(.*?)\s*-->\s*$/.exec(line);
    if (comment) mark = comment[1];
    else if (line.trim() !== '') mark = '';
    const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(line);
    if (heading) {
      headings.push(heading[1]);
      anchors.add(uniqueAnchor(slugOf(heading[1]), anchors));
    }
    for (const [, id] of line.matchAll(/<a\s+(?:id|name)="([^"]+)"/g)) anchors.add(id);
    const prose = line.replace(/`[^`]*`/g, '');
    for (const [, target] of prose.matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g)) links.push({ target, line: index + 1 });
    for (const [, target] of prose.matchAll(/^\s*\[[^\]]+\]:\s+(\S+)/g)) links.push({ target, line: index + 1 });
  }
  return { blocks, links, headings, anchors };
}

/** The anchor that a forge derives from a heading. */
function slugOf(heading) {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

function uniqueAnchor(slug, taken) {
  if (!taken.has(slug)) return slug;
  let number = 1;
  while (taken.has(`${slug}-${number}`)) number += 1;
  return `${slug}-${number}`;
}
