import { describe, expect, it } from 'vitest';
import { logReplay } from '@eventmend/log-replay';
import { balanceWorker, epoch, failure, fixtures, recovered } from './replay-fixture.js';

const use = fixtures();

describe('a handler that never settles', () => {
  const worker = balanceWorker(
    '',
    `async evolve(state, event) {
      if (event.value.add === 13) await new Promise(() => {});
      return { balance: state.balance + event.value.add, seen: state.seen + 1 };
    },`,
  );
  const events = [1, 13, 1].map((add, offset) => {
    return { partition: 0, offset, time: epoch + offset * 1000, value: { key: 'k0', add, n: offset } };
  });
  const tuning = { threads: 1, eventTimeoutMs: 400 };

  it('is stopped and the event named', async () => {
    const { code, message } = await failure(recovered(use(events, worker).but({ tuning })));
    expect(code).toBe('worker-timeout');
    expect(message).toContain('t[0]@1');
  });

  it('is parked where the policy says so, and the rest goes on', async () => {
    const situation = use(events, worker).but({ poison: 'quarantine-event', tuning });
    const { report, states } = await recovered(situation);
    expect(report.totals).toMatchObject({ applied: 2, quarantined: 1 });
    expect(states['k0']).toEqual({ balance: 2, seen: 2 });
    const verification = await logReplay(situation).verify(report);
    expect(verification.checks.filter(({ result }) => result === 'failed')).toEqual([]);
  });
});
