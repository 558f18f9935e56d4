/** A part of an event that a condition looks at. */
export type WhereField =
  | { readonly kind: 'key' | 'time' | 'topic' | 'partition' | 'offset' }
  | { readonly kind: 'header'; readonly name: string }
  /** Names of fields and places in lists, from the outside to the inside; empty for the value itself. */
  | { readonly kind: 'value'; readonly path: readonly (string | number)[] };

export type WhereLiteral = string | number | boolean | null;

export type WhereOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** A condition on one event, as it was read from its text. */
export type WhereExpression =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly WhereExpression[] }
  | { readonly kind: 'not'; readonly term: WhereExpression }
  | {
      readonly kind: 'compare';
      readonly field: WhereField;
      readonly operator: WhereOperator;
      readonly literal: WhereLiteral;
    }
  | { readonly kind: 'in'; readonly field: WhereField; readonly literals: readonly WhereLiteral[] };
