import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of the package of others that a file belongs to. */
const packageFolder = (file) => /^.*[/\\]node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+/.exec(file)?.[0];

/**
 * The licences of the packages of others whose files became part of a bundle, which have to go where their code goes.
 *
 * @param {readonly string[]} files of the bundle
 */
export function inlinedLicences(files) {
  const folders = [...new Set(files.map(packageFolder).filter((folder) => folder !== undefined))].sort();
  return folders
    .map((folder) => {
      const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
      if (file === undefined) throw new Error(`${name} comes without its licence, and so may not be part of a bundle`);
      return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}
