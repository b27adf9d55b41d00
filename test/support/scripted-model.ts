// A Messages API on 127.0.0.1 for the real Claude Code: a model that follows a script, answers in streams, and keeps each request.

import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** What the model does when it reads a prompt that begins so: one message after another, a tool call each, words at the end. */
export interface ScriptedTurn {
  readonly prompt: string;
  readonly steps: readonly (string | ToolCall)[];
}

export interface ToolCall {
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface ModelMessage {
  readonly role: string;
  readonly content: string | readonly ModelBlock[];
}

export interface ModelBlock {
  readonly type: string;
  readonly text?: string;
  readonly content?: string | readonly ModelBlock[];
}

export interface ScriptedModel {
  readonly url: string;
  /** The messages of each request that the script answered, in order: requests on the side (a title for the session) are left out. */
  readonly conversations: readonly (readonly ModelMessage[])[];
  [Symbol.asyncDispose](): Promise<void>;
}

interface ModelRequest {
  readonly model?: string;
  readonly stream?: boolean;
  readonly messages?: readonly ModelMessage[];
  readonly tools?: readonly unknown[];
}

/** The place in the script follows from the request alone, so that a resumed or a compacted conversation goes on. */
export async function openScriptedModel(turns: readonly ScriptedTurn[]): Promise<ScriptedModel> {
  const conversations: (readonly ModelMessage[])[] = [];
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const path = new URL(request.url ?? '/', 'http://127.0.0.1').pathname;
      if (path.endsWith('/count_tokens')) return giveJson(response, { input_tokens: 1000 });
      if (request.method !== 'POST' || !path.endsWith('/v1/messages')) return giveJson(response, {});
      const messages = body.messages ?? [];
      const step = (body.tools ?? []).length === 0 ? undefined : findStep(turns, messages);
      if (step !== undefined) conversations.push(messages);
      return giveStep(response, step ?? 'OK.', body);
    });
  });
  await new Promise<void>((listens) => server.listen(0, '127.0.0.1', listens));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    conversations,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((closed) => {
        server.close(() => closed());
      });
    },
  };
}

/** Every text of a message, also of what tools answered, each by itself. */
export function textsOf({ content }: ModelMessage): readonly string[] {
  const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  return blocks.flatMap((block) =>
    block.content === undefined ? [block.text ?? ''] : textsOf({ role: '', content: block.content }),
  );
}

function findStep(
  turns: readonly ScriptedTurn[],
  messages: readonly ModelMessage[],
): ScriptedTurn['steps'][number] | undefined {
  for (const [at, message] of [...messages.entries()].toReversed()) {
    if (message.role !== 'user') continue;
    const texts = textsOf(message);
    const turn = turns.find(({ prompt }) => texts.some((text) => text.trimStart().startsWith(prompt)));
    if (turn === undefined) continue;
    const done = messages.slice(at).filter(({ role }) => role === 'assistant').length;
    return turn.steps[done] ?? 'There is nothing left to do.';
  }
  return undefined;
}

let calls = 0;

/** Both as one JSON and as a stream of events, as the client asks for it. */
function giveStep(response: ServerResponse, step: string | ToolCall, body: ModelRequest): void {
  const id = String(++calls).padStart(6, '0');
  const isText = typeof step === 'string';
  const empty = isText
    ? { type: 'text', text: '' }
    : { type: 'tool_use', id: `toolu_scripted${id}`, name: step.tool, input: {} };
  const full = isText ? { ...empty, text: step } : { ...empty, input: step.input };
  const delta = isText
    ? { type: 'text_delta', text: step }
    : { type: 'input_json_delta', partial_json: JSON.stringify(step.input) };
  const stop = { stop_reason: isText ? 'end_turn' : 'tool_use', stop_sequence: null };
  const usage = { input_tokens: 1000, output_tokens: 100, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
  const message = { id: `msg_scripted${id}`, type: 'message', role: 'assistant', model: body.model, usage };
  if (body.stream !== true) return giveJson(response, { ...message, ...stop, content: [full] });
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const events = [
    { type: 'message_start', message: { ...message, content: [], stop_reason: null, stop_sequence: null } },
    { type: 'content_block_start', index: 0, content_block: empty },
    { type: 'content_block_delta', index: 0, delta },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: stop, usage },
    { type: 'message_stop' },
  ];
  response.end(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''));
}

function giveJson(response: ServerResponse, value: object): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

async function readBody(request: IncomingMessage): Promise<ModelRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return chunks.length === 0 ? {} : (JSON.parse(Buffer.concat(chunks).toString('utf8')) as ModelRequest);
}
