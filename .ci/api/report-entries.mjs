import { join } from 'node:path';
import ts from 'typescript';
import { root, workspacePackages } from '../workspace/paths.mjs';

/** Every entry of every published package, with its built declarations. */
export function entries(workspaceRoot = root) {
  return workspacePackages('packages', workspaceRoot)
    .filter(({ manifest }) => !manifest.private)
    .flatMap(({ path, manifest }) =>
      Object.entries(manifest.exports ?? {})
        .filter(([, target]) => target.types !== undefined)
        .map(([subpath, { types }]) => ({
          name: `${manifest.name}${subpath.slice(1)}`,
          file: `${manifest.name.split('/').at(-1)}${subpath.slice(1).replaceAll('/', '-')}.api.md`,
          declarations: join(path, types),
        })),
    );
}

const printer = ts.createPrinter({ removeComments: true });

/** A declaration without comments, private members, and what a compiler writes around it. */
function textOf(declaration) {
  const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  const text = printer.printNode(ts.EmitHint.Unspecified, statement, statement.getSourceFile());
  return text
    .replace(/^(export )?(default )?(declare )?/, '')
    .replace(/^\s*(private [\w$]+|#private);\n/gm, '')
    .replace(/(ZodEnum<\{\n)((?:\s*\w+: "[^"]*";\n)+)/g, (_, head, members) => head + sortLines(members));
}

/** The compiler writes the values of an inferred enum in the order in which it met them, another one in each build. */
function sortLines(text) {
  return text
    .split(/(?<=\n)/)
    .sort()
    .join('');
}

/**
 * A report for each entry: its exported names in their order, each with its signature. Names that an entry passes on
 * from another package of ours stand with that package, so that a signature is written down once.
 */
export function reportEntries(list) {
  const program = ts.createProgram(
    list.map(({ declarations }) => declarations),
    { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, skipLibCheck: true },
  );
  const checker = program.getTypeChecker();
  return list.map(({ name, file, declarations }) => {
    const source = program.getSourceFile(declarations);
    const own = declarations.slice(0, declarations.indexOf('/dist/') + 1);
    const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(source));
    const sections = exported
      .map((symbol) => {
        const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
        const places = target.declarations ?? [];
        const foreign = places.find((place) => !place.getSourceFile().fileName.startsWith(own));
        return [symbol.name, foreign ? `from ${packageOf(foreign)}` : places.map(textOf).join('\n')];
      })
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const blocks = sections.map(([title, text]) => `## ${title}\n\n\`\`\`ts\n${text.trimEnd()}\n\`\`\`\n`);
    const head = `# ${name}\n\n${sections.length} names. Written by \`npm run api\`.\n`;
    return { name, file, count: sections.length, text: [head, ...blocks].join('\n') };
  });
}

function packageOf(node) {
  const path = node.getSourceFile().fileName;
  const ours = workspacePackages('packages').find((entry) => path.startsWith(`${entry.path}/`));
  return ours?.manifest.name ?? /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? 'elsewhere';
}
