// The server as a client meets it: real processes, real pipes.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterEach, describe, expect, it } from 'vitest';

const SERVER = fileURLToPath(new URL('./stdio-server.ts', import.meta.url));
const running: ChildProcess[] = [];

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

interface Reply {
  readonly id?: number;
  readonly result?: { readonly [key: string]: unknown };
  readonly error?: { readonly code: number; readonly message: string };
}

/** A server process and a way to ask it one thing after the other. */
function start(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [SERVER, ...args], { env: { ...process.env, ...env } });
  running.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Reply> => {
    const reply: Reply = JSON.parse(String((await lines.next()).value));
    return reply;
  };
  const send = (message: object): void => {
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  };
  return {
    child,
    send,
    ask: (method: string, params: object = {}, id = 1): Promise<Reply> => {
      send({ id, method, params });
      return next();
    },
    next,
  };
}

const INITIALIZE = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } };

describe('the MCP server over stdio', () => {
  it('refuses server/discover before initialize at once, and answers initialize after it', async () => {
    const server = start();
    const refused = await server.ask('server/discover', { protocolVersion: '2026-07-28' }, 0);
    expect(refused).toMatchObject({ id: 0, error: { code: -32601 } });
    const answered = await server.ask('initialize', INITIALIZE);
    expect(answered.result).toMatchObject({ protocolVersion: '2025-11-25', serverInfo: { name: 'memvault' } });
    expect(String(answered.result?.['instructions'])).toContain('search');
  });

  it('refuses other unknown methods, and goes on after a line that is no JSON', async () => {
    const server = start();
    server.child.stdin.write('this is no JSON\n');
    expect(await server.ask('roots/list', {}, 5)).toMatchObject({ id: 5, error: { code: -32601 } });
    expect(await server.ask('tasks/list', {}, 6)).toMatchObject({ id: 6, error: { code: -32601 } });
  });

  it('opens nothing before the first tool call', async () => {
    const trace = join(mkdtempSync(join(tmpdir(), 'memvault-mcp-')), 'trace');
    const server = start([], { TRACE_FILE: trace });
    await server.ask('initialize', INITIALIZE);
    await server.ask('tools/list', {}, 2);
    expect(existsSync(trace)).toBe(false);
    await server.ask('tools/call', { name: 'search', arguments: { query: 'token' } }, 3);
    await server.ask('tools/call', { name: 'search', arguments: { query: 'redis' } }, 4);
    expect(readFileSync(trace, 'utf8')).toBe('opened\n');
  });

  it('says code, message and hint when the library cannot be opened, never a stack, and stays alive', async () => {
    const server = start(['--broken']);
    await server.ask('initialize', INITIALIZE);
    const failed = await server.ask('tools/call', { name: 'search', arguments: { query: 'x' } }, 2);
    expect(failed.result).toEqual({
      isError: true,
      content: [{ type: 'text', text: 'corrupt: the index cannot be read\nHint: Run `memvault rebuild`.' }],
    });
    expect((await server.ask('ping', {}, 3)).result).toEqual({});
  });

  it('ends when the client closes stdin', async () => {
    const server = start();
    await server.ask('initialize', INITIALIZE);
    const ended = new Promise<number | null>((resolve) => void server.child.once('exit', resolve));
    server.child.stdin.end();
    expect(await ended).toBe(0);
  });

  it("serves the SDK's own client: list, search, read", async () => {
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(new StdioClientTransport({ command: process.execPath, args: [SERVER] }));
    try {
      const { tools } = await client.listTools();
      expect(tools.map((tool) => tool.name)).toEqual([
        'search',
        'timeline',
        'get_observations',
        'recall_file',
        'decisions',
        'remember',
        'forget',
      ]);
      const found = await client.callTool({ name: 'search', arguments: { query: 'rotate token' } });
      expect(JSON.stringify(found.content)).toContain('7k2m9qx');
      const whole = await client.callTool({ name: 'get_observations', arguments: { ids: ['7k2m'] } });
      expect(JSON.stringify(whole.content)).toContain('What was learned.');
    } finally {
      await client.close();
    }
  });
});
