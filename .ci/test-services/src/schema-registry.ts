import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A schema as it is registered: over HTTP, or with `register`. */
export interface SchemaToRegister {
  readonly schema: string;
  /** Avro when it is left out. */
  readonly schemaType?: string;
  readonly references?: readonly { readonly name: string; readonly subject: string; readonly version: number }[];
}

export interface TestRegistry {
  readonly url: string;
  /** Method and path of every request, in order. */
  readonly requests: readonly string[];
  register(subject: string, schema: SchemaToRegister): Promise<number>;
  /** The next requests are answered with these statuses; 0 breaks the connection. */
  fail(...statuses: readonly number[]): void;
  /** Every answer comes this much later, in milliseconds. */
  delay(milliseconds: number): void;
  /** Answers every request with this body as it is, until it is null. */
  answerWith(body: string | null): void;
  close(): Promise<void>;
}

export interface TestRegistryOptions {
  /** Before the registry's own paths, such as `/behind/proxy`. */
  readonly prefix?: string;
  readonly credentials?: { readonly username: string; readonly password: string };
}

interface Version extends SchemaToRegister {
  readonly id: number;
  readonly subject: string;
  readonly version: number;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const contentType = 'application/vnd.schemaregistry.v1+json';

/** A schema registry on the loopback interface: the part of Confluent's protocol that readers and producers use. */
/** A schema registry on loopback that speaks the real protocol, for tests; `close` ends it. */
export async function startSchemaRegistry({
  prefix = '',
  credentials,
}: TestRegistryOptions = {}): Promise<TestRegistry> {
  const versions: Version[] = [];
  const requests: string[] = [];
  const failures: number[] = [];
  let delayMs = 0;
  let fixedBody: string | null = null;

  function answer(method: string, path: string, body: string): Answer {
    const post = method === 'POST' ? /^\/subjects\/([^/]+)\/versions$/.exec(path) : null;
    if (post !== null) return register(decodeURIComponent(post[1] ?? ''), JSON.parse(body) as SchemaToRegister);
    const byId = method === 'GET' ? /^\/schemas\/ids\/(\d+)$/.exec(path) : null;
    if (byId !== null)
      return found(
        versions.find(({ id }) => id === Number(byId[1])),
        40403,
        'Schema not found',
      );
    const byVersion = method === 'GET' ? /^\/subjects\/([^/]+)\/versions\/(\d+)$/.exec(path) : null;
    if (byVersion !== null) {
      const [subject, version] = [decodeURIComponent(byVersion[1] ?? ''), Number(byVersion[2])];
      const ofSubject = versions.filter((each) => each.subject === subject);
      if (ofSubject.length === 0) return failure(404, 40401, 'Subject not found');
      return found(
        ofSubject.find((each) => each.version === version),
        40402,
        'Version not found',
      );
    }
    return failure(404, 404, 'HTTP 404 Not Found');
  }

  /** The same content has the same number, under whatever subject. */
  function register(subject: string, schema: SchemaToRegister): Answer {
    const same = versions.find((each) => contentOf(each) === contentOf(schema));
    const there = versions.filter((each) => each.subject === subject);
    const known = there.find((each) => each === same);
    if (known !== undefined) return { status: 200, body: { id: known.id } };
    const id = same?.id ?? new Set(versions.map((each) => each.id)).size + 1;
    versions.push({ ...schema, id, subject, version: there.length + 1 });
    return { status: 200, body: { id } };
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await request.toArray()).toString('utf8');
    const url = new URL(request.url ?? '/', 'http://registry');
    requests.push(`${request.method ?? ''} ${url.pathname}`);
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    const status = failures.shift();
    if (status === 0) return void request.socket.destroy();
    if (status !== undefined) return send(response, failure(status, 50001, 'Error in the backend data store'));
    if (!isAllowed(request)) return send(response, failure(401, 401, 'Unauthorized'));
    if (fixedBody !== null) return void response.writeHead(200, { 'content-type': contentType }).end(fixedBody);
    const ours = url.pathname.startsWith(`${prefix}/`);
    send(
      response,
      ours ? answer(request.method ?? '', url.pathname.slice(prefix.length), body) : failure(404, 404, 'Not Found'),
    );
  }

  function isAllowed(request: IncomingMessage): boolean {
    if (credentials === undefined) return true;
    const expected = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
    return request.headers.authorization === `Basic ${expected}`;
  }

  const server = createServer((request, response) => void serve(request, response));
  const url = `${await listen(server)}${prefix}`;
  return {
    url,
    requests,
    async register(subject, schema) {
      const response = await fetch(`${url}/subjects/${encodeURIComponent(subject)}/versions`, {
        method: 'POST',
        headers: {
          'content-type': contentType,
          ...(credentials === undefined
            ? {}
            : { authorization: `Basic ${btoa(`${credentials.username}:${credentials.password}`)}` }),
        },
        body: JSON.stringify(schema),
      });
      requests.pop();
      return ((await response.json()) as { readonly id: number }).id;
    },
    fail: (...statuses) => void failures.push(...statuses),
    delay: (milliseconds) => void (delayMs = milliseconds),
    answerWith: (body) => void (fixedBody = body),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function contentOf({ schema, schemaType = 'AVRO', references = [] }: SchemaToRegister): string {
  return JSON.stringify([schema, schemaType, references]);
}

function found(version: Version | undefined, code: number, message: string): Answer {
  if (version === undefined) return failure(404, code, message);
  const { schemaType, ...rest } = version;
  // The language is left out for Avro, as the real one does.
  return { status: 200, body: schemaType === undefined || schemaType === 'AVRO' ? rest : version };
}

function failure(status: number, code: number, message: string): Answer {
  return { status, body: { error_code: code, message } };
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': contentType }).end(JSON.stringify(body));
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
}
