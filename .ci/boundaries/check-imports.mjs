import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { workspacePackages } from '../workspace/paths.mjs';
import { isOurs, mayImport } from './layers.mjs';
import { packageOf, readImports, sourceFiles } from './read-imports.mjs';

const builtin = new Set(builtinModules);
const names = (...sections) => new Set(sections.flatMap((section) => Object.keys(section ?? {})));

/** Tests, benches, configs and private packages may use what is installed for development; what is published may not. */
function isForDevelopment(path, manifest) {
  return manifest.private === true || /\.(test|bench)\.(ts|mjs)$/.test(path) || !path.startsWith(`src${sep}`);
}

function problemOfPackageImport(specifier, imported, manifest, allowed) {
  if (isOurs(imported) && imported !== manifest.name && !mayImport(manifest.name, imported)) {
    return `${manifest.name} may not import ${imported}`;
  }
  if (builtin.has(imported)) return `imports '${specifier}' without node:`;
  if (imported !== manifest.name && !allowed.has(imported)) return `imports '${imported}', which is not declared`;
  return undefined;
}

function problemOfRelativeImport(specifier, file, packagePath, workspaceRoot) {
  const target = resolve(dirname(file), specifier);
  if (target.startsWith(packagePath + sep)) return undefined;
  const sharedTiming = join(workspaceRoot, '.ci', 'bench') + sep;
  if (target.startsWith(sharedTiming) && file.startsWith(join(packagePath, 'bench') + sep)) return undefined;
  return `imports '${specifier}', which is outside its package`;
}

function checkPackage({ folder, path, manifest }, workspaceRoot, rootManifest) {
  const published = names(manifest.dependencies, manifest.peerDependencies, manifest.optionalDependencies);
  const development = names(manifest.devDependencies, rootManifest.devDependencies);
  const problems = [...published, ...names(manifest.devDependencies)]
    .filter((name) => isOurs(name) && !mayImport(manifest.name, name))
    .map((name) => `${folder}/package.json: ${manifest.name} may not depend on ${name}`);
  for (const file of sourceFiles(path)) {
    const forDevelopment = isForDevelopment(relative(path, file), manifest);
    const allowed = forDevelopment ? new Set([...published, ...development]) : published;
    for (const specifier of readImports(file)) {
      const imported = packageOf(specifier);
      const problem = /^\.\.?\//.test(specifier)
        ? problemOfRelativeImport(specifier, file, path, workspaceRoot)
        : imported && problemOfPackageImport(specifier, imported, manifest, allowed);
      if (problem) problems.push(`${relative(workspaceRoot, file)}: ${problem}`);
    }
  }
  return problems;
}

/** Reads the imports of every source file against the layers and against what its package declares. */
export function checkImports(workspaceRoot) {
  const rootManifest = JSON.parse(readFileSync(join(workspaceRoot, 'package.json'), 'utf8'));
  return ['packages', 'examples']
    .flatMap((folder) => workspacePackages(folder, workspaceRoot))
    .flatMap((entry) => checkPackage(entry, workspaceRoot, rootManifest));
}
