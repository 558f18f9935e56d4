const code = /\bEM\d{4}\b/;

/**
 * docs/errors.md has a heading for each number of the catalogue and for no other, the anchor that error messages name
 * (`#em2103`), and under it the symbolic name, the meaning and the exit code that the catalogue states.
 */
export function checkErrorCodes(text, document, catalogue) {
  const listed = document.headings.map((heading) => code.exec(heading)?.[0]).filter((found) => found !== undefined);
  const byNumber = new Map(Object.entries(catalogue).map(([name, entry]) => [entry.number, { name, ...entry }]));
  const known = [...byNumber.keys()];
  const sections = sectionsByCode(text);
  const problems = [];
  for (const name of known.filter((entry) => !listed.includes(entry))) problems.push(`no heading for ${name}`);
  for (const name of listed.filter((entry) => !known.includes(entry))) problems.push(`${name} is no code of ours`);
  for (const name of listed.filter((entry, at) => listed.indexOf(entry) !== at)) problems.push(`${name} stands twice`);
  for (const name of known.filter((entry) => listed.includes(entry))) {
    if (!document.anchors.has(name.toLowerCase())) problems.push(`${name} has no anchor #${name.toLowerCase()}`);
    const section = sections.get(name) ?? '';
    const { name: symbol, meaning, exit } = byNumber.get(name);
    for (const said of [meaning, `\`${symbol}\``]) {
      if (!section.includes(said)) problems.push(`${name} does not say '${said}'`);
    }
    if (!new RegExp(`exit(?: code)?:? ${exit}\\b`, 'i').test(section)) {
      problems.push(`${name} does not say 'exit ${exit}'`);
    }
  }
  return problems.map((problem) => `${document.name}: ${problem}`);
}

function sectionsByCode(text) {
  const parts = text.split(/^(?=#{1,6}\s)/m);
  return new Map(parts.filter((part) => code.test(part)).map((part) => [code.exec(part)[0], part]));
}
