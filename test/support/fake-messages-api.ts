// A real HTTP server on 127.0.0.1 that speaks the Messages API by scripted answers: good, bad, slow, broken.

import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';

export type FakeAnswer =
  /** A call of the forced tool with this input; `good` picks a fitting input. */
  | { readonly kind: 'tool'; readonly input: unknown }
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** Says nothing until the client goes away. */
  | { readonly kind: 'hang' }
  /** Closes the connection in the middle of the answer. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'not-json' }
  /** More bytes than any answer has. */
  | { readonly kind: 'huge'; readonly bytes: number };

export interface FakeRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: {
    readonly model?: string;
    readonly system?: unknown;
    readonly messages?: readonly { readonly role: string; readonly content: unknown }[];
    readonly tools?: readonly Readonly<Record<string, unknown>>[];
    readonly tool_choice?: unknown;
  };
  readonly bytes: number;
}

export interface FakeMessagesApi {
  readonly url: string;
  /** What came in, in order. */
  readonly requests: readonly FakeRequest[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** Answers each request with the next of the script; the last one goes on for ever. */
export async function openFakeMessagesApi(
  script: readonly (FakeAnswer | ((request: FakeRequest) => FakeAnswer))[],
): Promise<FakeMessagesApi> {
  const requests: FakeRequest[] = [];
  const server = createServer((request, response) => {
    void readRequest(request).then((read) => {
      const next = script[Math.min(requests.length, script.length - 1)];
      requests.push(read);
      if (next === undefined) throw new Error('the script is empty');
      give(typeof next === 'function' ? next(read) : next, read, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

/** An input of the tool that fits the schema, with parts replaced. */
export function goodInput(
  parts: { readonly observations?: readonly object[]; readonly summary?: object } = {},
): object {
  return {
    observations: (parts.observations ?? [{}]).map((observation) => ({
      type: 'bugfix',
      title: 'Parallel refreshes rotated one token twice',
      narrative: 'Both callers read the row before either wrote it; one running refresh per token mends it.',
      facts: ['A second caller gets the promise of the first'],
      files: ['src/auth.js'],
      tags: ['auth'],
      supersedes: [],
      ...observation,
    })),
    summary: {
      title: 'Random logouts of the dashboard',
      request: ['Find out why users are logged out'],
      investigated: [],
      learned: ['The refresh is not atomic'],
      completed: [],
      nextSteps: ['Set REDIS_URL on staging'],
      ...parts.summary,
    },
  };
}

async function readRequest(request: IncomingMessage): Promise<FakeRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const raw = Buffer.concat(chunks);
  const body: FakeRequest['body'] = raw.length === 0 ? {} : JSON.parse(raw.toString('utf8'));
  return {
    path: request.url ?? '',
    headers: request.headers,
    body,
    bytes: raw.length,
  };
}

function give(answer: FakeAnswer, request: FakeRequest, response: ServerResponse): void {
  const json = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(body);
  };
  switch (answer.kind) {
    case 'tool':
      json(
        200,
        message(
          request,
          [{ type: 'tool_use', id: 'toolu_fake1', name: 'record_memories', input: answer.input }],
          'tool_use',
        ),
      );
      return;
    case 'text':
      json(200, message(request, [{ type: 'text', text: answer.text }], 'end_turn'));
      return;
    case 'status':
      json(
        answer.status,
        answer.body ?? JSON.stringify({ type: 'error', error: { type: 'api_error', message: 'scripted' } }),
        answer.headers,
      );
      return;
    case 'hang':
      return;
    case 'reset':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"type":"mess');
      response.socket?.resetAndDestroy();
      return;
    case 'not-json':
      json(200, '<html>not what you asked for</html>');
      return;
    case 'huge':
      json(200, `"${'x'.repeat(answer.bytes)}"`);
  }
}

function message(request: FakeRequest, content: readonly object[], stopReason: string): string {
  return JSON.stringify({
    id: 'msg_fake',
    type: 'message',
    role: 'assistant',
    model: request.body.model ?? 'fake',
    content,
    stop_reason: stopReason,
    stop_sequence: null,
    usage: {
      input_tokens: Math.ceil(request.bytes / 4),
      output_tokens: 100,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
    },
  });
}
