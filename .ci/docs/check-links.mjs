import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Every relative link leads to a file that exists and, where it names an anchor of a document, to a heading there. */
export function checkLinks(documents) {
  const byPath = new Map(documents.map((document) => [document.path, document]));
  return documents.flatMap((document) =>
    document.links.flatMap(({ target, line }) => {
      if (/^[a-z][a-z+.-]*:/i.test(target)) return [];
      const [path, anchor] = target.split('#');
      const file = path === '' ? document.path : resolve(dirname(document.path), decodeURIComponent(path));
      if (!existsSync(file)) return [`${document.name}:${line}: ${target} leads nowhere`];
      const there = byPath.get(file);
      if (anchor && there && !there.anchors.has(anchor)) return [`${document.name}:${line}: no heading for ${target}`];
      return [];
    }),
  );
}
