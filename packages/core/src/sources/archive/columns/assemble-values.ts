import { nullShape, type ShapeColumns, type ValueColumn, type ValueColumns } from './value-columns.js';

/** Makes the objects of one shape out of its columns, in their order. */
type Assembler = (columns: readonly unknown[], count: number) => unknown[];

/** By names and kinds of columns; few, since the logs of a run have few shapes. */
const assemblers = new Map<string, Assembler>();
const mostAssemblers = 1000;

/** Puts the values together again; each call makes objects of its own. */
export function assembleValues({ count, shapes, shapeOf }: ValueColumns): unknown[] {
  const objects = shapes.map(objectsOf);
  if (shapeOf === null) return objects[0] ?? [];
  const values = new Array<unknown>(count).fill(null);
  const taken = shapes.map(() => 0);
  for (let i = 0; i < count; i++) {
    const shape = shapeOf[i] ?? nullShape;
    if (shape === nullShape) continue;
    const at = taken[shape] ?? 0;
    values[i] = objects[shape]?.[at];
    taken[shape] = at + 1;
  }
  return values;
}

function objectsOf({ names, count, columns }: ShapeColumns): unknown[] {
  const kinds = columns.map(({ kind }) => kind);
  const name = JSON.stringify([names, kinds]);
  let assemble = assemblers.get(name);
  if (assemble === undefined) {
    if (assemblers.size === mostAssemblers) assemblers.clear();
    assemblers.set(name, (assemble = assemblerOf(names, kinds)));
  }
  return assemble(columns.flatMap(argumentsOf), count);
}

function argumentsOf(column: ValueColumn): readonly unknown[] {
  switch (column.kind) {
    case 'numbers':
      return [column.numbers];
    case 'listed':
      return [column.of, column.list];
    case 'objects':
      return [objectsOf(column.shape)];
    case 'values':
      return [column.list];
  }
}

/**
 * A function with an object literal of the shape in it. Assigning field after field costs more than twice as much (measured:
 * five fields, 0.15 against 0.35 us an object). Names stand in it as JSON texts, which are literals of JavaScript too, so that no name can be
 * more than a name; `__proto__`, which a literal would take for the prototype, is never a shape's.
 */
function assemblerOf(names: readonly string[], kinds: readonly ValueColumn['kind'][]): Assembler {
  let parameters = 0;
  const fields = names.map((name, index) => {
    const column = `c${parameters++}`;
    const value = kinds[index] === 'listed' ? `c${parameters++}[${column}[i]]` : `${column}[i]`;
    return `${JSON.stringify(name)}: ${value}`;
  });
  const list = Array.from({ length: parameters }, (_, index) => `c${index}`).join(', ');
  // oxlint-disable-next-line typescript/no-implied-eval
  return new Function(
    'columns',
    'count',
    `const [${list}] = columns;
     const objects = new Array(count);
     for (let i = 0; i < count; i++) objects[i] = { ${fields.join(', ')} };
     return objects;`,
  ) as Assembler;
}
