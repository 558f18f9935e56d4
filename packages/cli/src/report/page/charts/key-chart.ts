import type { ReportJson } from '../../../documents/report-document.js';
import { markup, type Html } from '../html.js';
import type { Charts } from '../../../charts/load-charts.js';
import { shareBar, type Share } from './share-bar.js';

const colours: Readonly<Record<string, string>> = {
  exact: 'var(--exact)',
  declared: 'var(--external)',
  external: 'var(--external)',
  interpolated: 'var(--interpolated)',
  extrapolated: 'var(--extrapolated)',
  unproven: 'var(--unproven)',
  incomplete: 'var(--incomplete)',
};
const order = Object.keys(colours);

/** How good the values are, and how they stand to the live ones. */
export function keyChart({ byFidelity, byStanding }: NonNullable<ReportJson['keys']>, charts: Charts): Html {
  const fidelities = order.map((name): Share => ({
    name,
    count: byFidelity[name as keyof typeof byFidelity] ?? 0,
    colour: colours[name] ?? 'var(--quiet)',
    isHollow: name === 'incomplete' || name === 'declared',
  }));
  const standings: readonly Share[] = [
    { name: 'agree with live', count: byStanding.same ?? 0, colour: 'var(--exact)' },
    { name: 'differ from live', count: byStanding.differs ?? 0, colour: 'var(--gone)' },
    { name: 'differ, order not determined', count: byStanding['not-determined'] ?? 0, colour: 'var(--unproven)' },
    { name: 'only recovered', count: byStanding['only-recovered'] ?? 0, colour: 'var(--external)' },
    { name: 'only live', count: byStanding['only-live'] ?? 0, colour: 'var(--gone)', isHollow: true },
  ];
  return markup`${shareBar(fidelities, 'Keys by fidelity', charts)}${shareBar(standings, 'Rebuilt values against live ones', charts)}`;
}
