import { describe, expect, it } from 'vitest';
import type { ScopeRequest } from '@eventmend/core/engine';
import type { DiagnoseOptions } from '@eventmend/log-replay';
import { failure, fixtures } from './replay-fixture.js';
import { again, except, move } from './planted-mistakes.js';
import { accountRule, accountWorker, bookings, leftBehind, played, revealing, told } from './played-service.js';

const use = fixtures();
const count = 600;
const keys = ['k0', 'k1', 'k2', 'k3', 'k4', 'k5', 'k6', 'k7'];
const tenantOf = (key: string): string => (Number(key.slice(1)) % 2 === 0 ? 'acme' : 'beta');

/** Bookings of two tenants; `n` is the order over both partitions. */
const events = bookings(count, { keys: keys.length, partitions: 3 }).map((event) => {
  const value = event.value as { readonly key: string };
  return { ...event, value: { ...value, tenant: tenantOf(value.key) } };
});
const acme = keys.filter((key) => tenantOf(key) === 'acme');

/** Faults of both tenants. */
const handlings = except(count, (all) => {
  again(all, 402, 431);
  move(all, 350, 390);
  move(all, 303, 343);
  all[250] = { n: 250, add: 9 };
  all[221] = { n: 221, add: 9 };
  for (const n of [155, 120, 101, 100]) all.splice(n, 1);
});

async function incident(worker = accountWorker(revealing)) {
  const f = use(events, worker);
  const { outputs, states, next } = played(events, handlings, accountRule);
  return leftBehind(f, { outputs, live: { next, states } });
}

describe('a limited diagnosis', () => {
  it.each<[string, ScopeRequest]>([
    ['keys', { keys: acme }],
    ['a condition', { where: ['value.tenant = "acme"'] }],
  ])('by %s finds what the whole one finds for them, and nothing else', async (_, scope) => {
    const situation = await incident();
    const whole = await told(situation);
    const limited = await told(situation, { scope });
    const own = whole.all.filter((fault) => fault.keys.some((key) => acme.includes(key)));
    expect(own.length).toBeGreaterThan(3);
    expect(own.length).toBeLessThan(whole.all.length);
    expect(limited.all).toEqual(own);
    expect(limited.diagnosis.scope).toEqual({ keys: acme.length, of: keys.length });
    const inside = events.filter(({ value }) => value.tenant === 'acme').length;
    expect(limited.diagnosis.tally).toMatchObject({ events: inside, outOfScope: count - inside });
    expect(limited.diagnosis.live).toMatchObject({ keys: acme.length, unexplained: 0 });
  });

  it('is another diagnosis than the whole one', async () => {
    const situation = await incident();
    const [whole, limited] = [await told(situation), await told(situation, { scope: { keys: acme } })];
    expect(limited.diagnosis.basis).not.toBe(whole.diagnosis.basis);
  });

  it('has to be accepted where events draw further keys into it', async () => {
    // Every third booking also touches the account of the tenant's house.
    const shared = accountWorker(revealing)
      .replace(
        'key: (event) => event.value.key',
        "keys: (event) => (event.value.n % 30 === 0 ? [event.value.key, 'k1'] : [event.value.key])",
      )
      .replace('evolve({ balance, seen }, { value }, context)', 'evolve(states, { value }, context)')
      .replace('const next', 'const { balance, seen } = states.get(value.key); const next')
      .replace('return next', 'states.set(value.key, next)');
    const situation = await incident(shared);
    const refused = await failure(told(situation, { scope: { keys: ['k0'] } }));
    expect(refused.code).toBe('closure-not-accepted');
    const options: DiagnoseOptions = { scope: { keys: ['k0'] }, acceptClosure: true };
    const [whole, limited] = [await told(situation), await told(situation, options)];
    const members = limited.diagnosis.scope?.keys ?? 0;
    expect(members).toBeGreaterThan(1);
    expect(members).toBeLessThan(keys.length);
    expect(limited.all).toEqual(
      whole.all.filter((fault) => fault.keys.some((key) => ['k0', 'k1', 'k2', 'k4', 'k6'].includes(key))),
    );
  });
});
