import type { FaultPattern } from '../diagnosis.js';
import type { FaultKind } from '@eventmend/core/engine';
import { saysTheSame, type Property } from './property.js';
import type { PatternFinding } from './select-patterns.js';

/** The faults of one kind. */
export interface KindGroup {
  readonly kind: FaultKind;
  /** How many there are; the rows may be a sample of them. */
  readonly total: number;
  readonly rows: readonly number[];
}

/** What was found in one kind of faults, or in several kinds together. */
export interface Found {
  readonly groups: readonly KindGroup[];
  readonly findings: readonly PatternFinding[];
}

export interface KindFinding {
  readonly kind: FaultPattern['kind'];
  readonly finding: PatternFinding;
  readonly of: readonly KindGroup[];
}

/** A kind with fewer faults that shows nothing does not speak against what the other kinds share. */
const telling = 10;

/** What every kind shows is said once, of all faults. */
export function joinKinds(found: readonly Found[], all: readonly KindGroup[]): readonly KindFinding[] {
  const joined: PatternFinding[] = [];
  const voices = found.filter(
    ({ groups, findings }) => findings.length > 0 || groups.reduce((sum, { total }) => sum + total, 0) >= telling,
  );
  return found.flatMap(({ groups, findings }) =>
    findings.flatMap((finding): readonly KindFinding[] => {
      if (joined.some((other) => isSame(other, finding))) return [];
      const [only, ...more] = groups;
      const isShared = voices.length > 1 && voices.every((one) => one.findings.some((other) => isSame(other, finding)));
      if (!isShared && more.length === 0) return [{ kind: only!.kind, finding, of: groups }];
      joined.push(finding);
      const alike = found.flatMap((one) => one.findings).filter((other) => isSame(other, finding));
      return [{ kind: 'all', finding: widest(finding, alike), of: all }];
    }),
  );
}

function isSame(a: PatternFinding, b: PatternFinding): boolean {
  return (
    a.properties.length === b.properties.length &&
    a.properties.every((one) => b.properties.some((other) => saysTheSame(one, other)))
  );
}

/** Every kind cuts a little elsewhere: the cut of all takes in what each of them takes in. */
function widest(finding: PatternFinding, alike: readonly PatternFinding[]): PatternFinding {
  const properties = finding.properties.map((property): Property => {
    if (property.is !== 'at least' && property.is !== 'below') return property;
    const cuts = alike
      .flatMap((one) => one.properties)
      .flatMap((other) => (saysTheSame(other, property) && 'cut' in other ? [other.cut] : []));
    return { ...property, cut: property.is === 'below' ? Math.max(...cuts) : Math.min(...cuts) };
  });
  return { ...finding, properties };
}
