import type { FileMetaData, SchemaElement, SchemaTree } from 'hyparquet';

/** Makes the numbers of decimal columns exact, also inside of lists, maps and structs. */
export type DecimalRounding = (value: unknown) => unknown;

/** For each column at the top level that has decimals in it. */
export function decimalColumns(
  library: typeof import('hyparquet'),
  metadata: FileMetaData,
): ReadonlyMap<string, DecimalRounding> {
  const columns = new Map<string, DecimalRounding>();
  for (const column of library.parquetSchema(metadata).children) {
    if (hasDecimals(column)) columns.set(column.element.name, (value) => rounded(value, column));
  }
  return columns;
}

function scaleOf({ converted_type: converted, logical_type: logical, scale }: SchemaElement): number | null {
  if (logical?.type === 'DECIMAL') return logical.scale;
  return converted === 'DECIMAL' ? (scale ?? 0) : null;
}

function hasDecimals(node: SchemaTree): boolean {
  return scaleOf(node.element) !== null || node.children.some(hasDecimals);
}

function rounded(value: unknown, node: SchemaTree): unknown {
  if (Array.isArray(value)) return value.map((item) => rounded(item, node));
  if (typeof value === 'number') {
    const scale = scaleOf(innermost(node).element);
    return scale === null ? value : roundDecimal(value, scale);
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const field = fieldNamed(node, name);
      return [name, field === null ? inner : rounded(inner, field)];
    }),
  );
}

/** Lists and their items are wrapped in nodes with one child each. */
function innermost(node: SchemaTree): SchemaTree {
  const [only] = node.children;
  return node.children.length === 1 && only !== undefined ? innermost(only) : node;
}

/** The field of a struct, or the values of a map, below the nodes that wrap it. */
function fieldNamed(node: SchemaTree, name: string): SchemaTree | null {
  const field = node.children.find(({ element }) => element.name === name);
  if (field !== undefined) return field;
  const [only] = node.children;
  if (node.children.length === 1 && only !== undefined) return fieldNamed(only, name);
  const isMap = node.children.length === 2 && node.children[0]?.element.name === 'key';
  return isMap ? (node.children[1] ?? null) : null;
}

/**
 * The number nearest to the decimal: the library multiplies by a power of ten, which makes 0.57 of 57 cents
 * 0.5700000000000001.
 * @throws Error for a decimal with more digits than a number can hold: the library has lost them already.
 */
function roundDecimal(value: number, scale: number): number {
  if (Math.abs(value) * 10 ** scale > Number.MAX_SAFE_INTEGER) {
    throw new Error('a decimal has more digits than can be read without loss; cast the column to text');
  }
  return Number(value.toFixed(scale));
}
