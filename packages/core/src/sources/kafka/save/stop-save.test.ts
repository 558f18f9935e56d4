import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { saveTopics } from './save-topics.js';

/** How long a stop may take on a busy machine, in milliseconds: far less than a request waits for its answer. */
const stopWithinMs = 10_000;

const cleanUp: (() => void)[] = [];

afterEach(() => {
  for (const clean of cleanUp.splice(0)) clean();
});

/** A broker that takes connections and answers nothing. */
async function silentBroker(): Promise<{ port: number; connected: Promise<void> }> {
  const sockets = new Set<Socket>();
  let reach: () => void = () => undefined;
  const connected = new Promise<void>((resolve) => (reach = resolve));
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    reach();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, connected };
}

describe('a stopped save', () => {
  it('ends at once while a broker does not answer', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'eventmend-stop-'));
    cleanUp.push(() => rmSync(folder, { recursive: true }));
    const broker = await silentBroker();
    const controller = new AbortController();
    const saving = saveTopics(
      {
        connection: { brokers: [`127.0.0.1:${broker.port}`] },
        topics: ['orders'],
        archive: join(folder, 'orders.archive'),
        now: () => 0,
      },
      { signal: controller.signal },
    );
    await broker.connected;
    const stopped = performance.now();
    controller.abort();
    await expect(saving).rejects.toMatchObject({ code: 'interrupted' });
    expect(performance.now() - stopped).toBeLessThan(stopWithinMs);
  });
});
