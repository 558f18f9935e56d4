import type { INamespace, NamespaceBase, Root } from 'protobufjs';
import { loadDriverFile } from '../../drivers/load-driver.js';
import type { RegisteredSchema, SchemaReference } from '../registered-schema.js';

export interface ParsedProtobuf {
  readonly root: Root;
  /** The messages of the schema's own file in the order in which they stand there: what the indexes of a value count. */
  readonly messages: readonly DeclaredMessage[];
}

export interface DeclaredMessage {
  /** With the package and the messages around it. */
  readonly fullName: string;
  readonly messages: readonly DeclaredMessage[];
}

/** Files of Google's that the library has, but does not give by their name as it does with the others. */
const furtherFiles: ReadonlySet<string> = new Set(['api', 'descriptor', 'source_context', 'type']);

/**
 * Parses a schema and the files that it imports: references by their name, and Google's own. Other imports may be missing
 * as long as nothing but options comes from them. Nothing is read from disk but the library's own files.
 * @throws Error of the library when the schema is not understood, or a type is nowhere.
 */
export function parseProtobuf(protobufjs: typeof import('protobufjs'), schema: RegisteredSchema): ParsedProtobuf {
  const root = new protobufjs.Root();
  const references = referencesByName(schema.references);
  const done = new Set<string>();
  const missing: string[] = [];

  function add(text: string): void {
    if (/\b__proto__\b/.test(text)) throw new Error('the name __proto__ is not supported');
    const { imports, weakImports } = protobufjs.parse(text, root, { keepCase: true });
    for (const path of [...(imports ?? []), ...(weakImports ?? [])]) addImport(path);
  }

  function addImport(path: string): void {
    if (done.has(path)) return;
    done.add(path);
    const text = references.get(path);
    const known = text === undefined ? googleFile(protobufjs, path) : undefined;
    if (text !== undefined) add(text);
    else if (known !== undefined) root.addJSON(known.nested ?? {});
    else missing.push(path);
  }

  add(schema.schema);
  try {
    root.resolveAll();
  } catch (cause) {
    if (missing.length === 0) throw cause;
    throw new Error(`it imports ${missing.join(', ')}, which is not among its references`, { cause });
  }
  return { root, messages: declaredMessages(protobufjs, schema.schema) };
}

function referencesByName(references: readonly SchemaReference[]): ReadonlyMap<string, string> {
  const byName = new Map<string, string>();
  const visit = (reference: SchemaReference): void => {
    if (byName.has(reference.name)) return;
    byName.set(reference.name, reference.schema);
    reference.references.forEach(visit);
  };
  references.forEach(visit);
  return byName;
}

function googleFile({ common }: typeof import('protobufjs'), path: string): INamespace | undefined {
  const name = /^google\/protobuf\/(\w+)\.proto$/.exec(path)?.[1];
  if (name === undefined) return undefined;
  if (furtherFiles.has(name)) {
    return loadDriverFile<INamespace>('protobufjs', `protobufjs/google/protobuf/${name}.json`, `the import of ${path}`);
  }
  return common.get(path) ?? undefined;
}

/** The file alone, in a root of its own: in the common one, messages of other files of its package stand beside them. */
function declaredMessages(protobufjs: typeof import('protobufjs'), text: string): readonly DeclaredMessage[] {
  const parsed = protobufjs.parse(text, new protobufjs.Root(), { keepCase: true });
  const home = parsed.package === undefined ? parsed.root : parsed.root.lookup(parsed.package);
  return home === null ? [] : messagesIn(protobufjs, home as NamespaceBase);
}

function messagesIn(protobufjs: typeof import('protobufjs'), namespace: NamespaceBase): readonly DeclaredMessage[] {
  return namespace.nestedArray
    .filter((each) => each instanceof protobufjs.Type)
    .map((type) => ({ fullName: type.fullName, messages: messagesIn(protobufjs, type) }));
}
