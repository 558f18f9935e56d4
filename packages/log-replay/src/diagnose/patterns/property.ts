import type { FeatureColumn } from './feature-columns.js';

/** What an event may have: a value of a field, no value, any value, or a number on one side of a cut. */
export type Property =
  | { readonly is: 'equal'; readonly column: FeatureColumn; readonly code: number }
  | { readonly is: 'absent' | 'present'; readonly column: FeatureColumn }
  | { readonly is: 'at least' | 'below'; readonly column: FeatureColumn; readonly cut: number };

/** True for the rows with the property. */
export function holds(property: Property): (row: number) => boolean {
  const { codes, numbers } = property.column;
  switch (property.is) {
    case 'equal':
      return (row) => codes[row] === property.code;
    case 'absent':
      return (row) => codes[row]! < 0;
    case 'present':
      return (row) => codes[row]! >= 0;
    case 'at least':
      return (row) => numbers![row]! >= property.cut;
    case 'below':
      return (row) => numbers![row]! < property.cut;
  }
}

/** True when two properties say the same of the same field, or nearly: a cut may lie a little aside. */
export function saysTheSame(a: Property, b: Property): boolean {
  if (a.column !== b.column || a.is !== b.is) return false;
  return a.is !== 'equal' || b.is !== 'equal' || a.code === b.code;
}
