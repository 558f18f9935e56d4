// Sums without a log (decision 0053): how often do the intervals hold? node packages/estimation/bench/copies-incidents.mjs [INCIDENTS] [SEED]
import { createMemorySnapshots, defineWorker } from '@eventmend/core';
import { estimation } from '@eventmend/estimation';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';

const [hour, day] = [3_600_000, 86_400_000];
const begin = Date.UTC(2026, 0, 5, 2);
const weekly = [1, 1.3, 1.1, 1.2, 1.6, 0.5, 0.3];

/** What an account begins with; so many open orders come and go evenly. */
const first = { 'open orders': 15, balances: 100, 'sold so far': 0, stock: 500 };

/** What happens to an account in one night; each kind of service is a plain loop over nights and accounts. */
const services = {
  /** Orders that are opened on days of the week and closed after some days: a level that comes back. */
  'open orders': (state, { random, night }) => {
    const opened = count(random, 6 * weekly[night % 7]);
    let closed = 0;
    for (let n = 0; n < state; n++) if (uniformFloat64(random) < 0.4) closed++;
    return state + opened - closed;
  },
  /** Deposits and withdrawals, about as much of both: a walk. */
  balances: (state, { random }) => state + Math.round(200 * (uniformFloat64(random) + uniformFloat64(random) - 1)),
  /** What was sold so far: it only grows, by the day of the week. */
  'sold so far': (state, { random, night }) => state + count(random, 8 * weekly[night % 7]),
  /** A stock that is filled up on Mondays and sold through the week. */
  stock: (state, { random, night }) =>
    night % 7 === 0 ? 500 + uniformInt(random, 0, 40) : Math.max(0, state - count(random, 40 * weekly[night % 7])),
};

/** Poisson, by Knuth's loop. */
function count(random, mean) {
  const least = Math.exp(-mean);
  let [events, product] = [0, uniformFloat64(random)];
  for (; product > least; events++) product *= uniformFloat64(random);
  return events;
}

const worker = defineWorker({
  ...{ name: 'accounts', version: '1.0.0', topics: ['events'] },
  key: ({ key }) => key,
  initial: () => 0,
  evolve: (n) => n,
  measures: { units: (n) => n },
});

/** The states of each night, up to the one that is asked for; those behind the last copy nobody but the truth knows. */
function simulate(name, { random, nights, accounts }) {
  const step = services[name];
  let states = Array.from({ length: accounts }, () => first[name]);
  return Array.from({ length: nights }, (_, night) => {
    states = states.map((state) => step(state, { random, night }));
    return states;
  });
}

async function tryIncident(name, random) {
  const [copies, lost, accounts] = [uniformInt(random, 28, 120), uniformInt(random, 1, 7), uniformInt(random, 5, 40)];
  const nights = simulate(name, { random, nights: copies + lost, accounts });
  const takenAt = (night) => begin + night * day;
  const snapshots = createMemorySnapshots(
    nights.slice(0, copies).map((states, night) => ({
      ...{ id: `n-${night}`, takenAt: takenAt(night), position: null },
      rows: states.map((state, at) => ({ key: `a-${at}`, state })),
    })),
  );
  const inputs = {
    incident: { name: 'bench', digest: 'bench', onset: takenAt(copies - 1) + 1, end: null },
    worker: { kind: 'definition', worker, hash: 'bench' },
    ...{ logs: [], snapshots, trusted: [], live: null, order: { by: 'time' }, poison: 'stop', references: {} },
    store: '/nowhere',
  };
  const time = takenAt(copies + lost - 1) + hour;
  const { sums } = await estimation(inputs)
    .plan({ target: { kind: 'time', time } })
    .catch((error) => {
      if (error.code !== 'estimate-refused') throw error;
      return { sums: { measures: [{ refused: error.details.reason.code ?? error.details.reason }] } };
    });
  const { estimated, refused } = sums.measures[0];
  if (estimated === undefined) return { refused };
  const truth = nights.at(-1).reduce((sum, state) => sum + state, 0);
  const { low, high, estimate, masks } = estimated;
  return { holds: low <= truth && truth <= high, width: (high - low) / 2 / Math.abs(estimate), apart: masks / lost };
}

const [incidents, seed] = [Number(process.argv[2] ?? 200), Number(process.argv[3] ?? 20261130)];
const random = xoroshiro128plus(seed);
const [all, rows] = [[], []];
for (const name of Object.keys(services)) {
  const tried = [];
  for (let n = 0; n < incidents / 4; n++) tried.push(await tryIncident(name, random));
  all.push(...tried);
  rows.push(rowOf(name, tried));
}
console.table([
  ...rows,
  rowOf('all', all),
  // Below 19 known spans that do not overlap, intervals are wider than they say.
  rowOf(
    '19 spans apart, or more',
    all.filter(({ refused, apart }) => refused !== undefined || apart >= 19),
  ),
  rowOf(
    'fewer',
    all.filter(({ refused, apart }) => refused !== undefined || apart < 19),
  ),
]);

function rowOf(service, tried) {
  const told = tried.filter(({ refused }) => refused === undefined);
  const refusals = new Map();
  for (const { refused } of tried) if (refused !== undefined) refusals.set(refused, (refusals.get(refused) ?? 0) + 1);
  return {
    ...{ service, incidents: tried.length, told: told.length },
    '90 % holds': `${((100 * told.filter(({ holds }) => holds).length) / told.length).toFixed(1)} %`,
    'median half width': `${(100 * told.map(({ width }) => width).sort((a, b) => a - b)[told.length >> 1]).toFixed(1)} %`,
    refused: [...refusals].map(([code, times]) => `${code} ${times}`).join(', '),
  };
}
