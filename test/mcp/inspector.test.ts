// The built server in another client: the command line of the MCP Inspector. Runs where MCP_INSPECTOR names it:
// npm install --prefix <folder> @modelcontextprotocol/inspector; MCP_INSPECTOR=<folder>/node_modules/.bin/mcp-inspector npx vitest run test/mcp

import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { listTools } from '../../src/mcp/server.ts';
import { memoryPath } from '../../src/vault/file-name.ts';
import { serializeMemory } from '../../src/vault/memory-file.ts';
import { makeRepo } from '../support/git.ts';
import { memoryOf } from '../support/memories.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const INSPECTOR = process.env['MCP_INSPECTOR'] ?? join(ROOT, 'node_modules', '.bin', 'mcp-inspector');

it.skipIf(!existsSync(INSPECTOR))('lists the tools and answers a search in the MCP Inspector', async () => {
  const repo = makeRepo();
  onTestFinished(() => repo.dispose());
  const memory = memoryOf();
  repo.commit('memory', { [`.claude-mem/${memoryPath(memory)}`]: serializeMemory(memory) });
  const config = join(repo.home, 'inspector.json');
  const server = {
    command: process.execPath,
    args: [join(ROOT, 'dist', 'launch.cjs'), 'mcp'],
    env: { HOME: repo.home, CLAUDE_PROJECT_DIR: repo.root, CLAUDE_MEM_NO_WORKER: '1' },
  };
  writeFileSync(config, JSON.stringify({ mcpServers: { memory: server } }));
  const inspect = async (...args: readonly string[]): Promise<unknown> => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [INSPECTOR, '--cli', '--config', config, '--server', 'memory', ...args],
      { env: { PATH: process.env['PATH'], HOME: repo.home, MCP_INSPECTOR_SECRET_STORE: 'memory' } },
    );
    return JSON.parse(stdout.slice(stdout.indexOf('{')));
  };
  const names = (list: unknown): string[] => (list as { tools: { name: string }[] }).tools.map(({ name }) => name);
  expect(names(await inspect('--method', 'tools/list'))).toEqual(names(listTools()));
  const found = await inspect('--method', 'tools/call', '--tool-name', 'search', '--tool-arg', 'query=token rotate');
  expect(JSON.stringify(found)).toContain('Two parallel refreshes');
  const wrong = await inspect(
    '--method',
    'tools/call',
    '--tool-name',
    'get_observations',
    '--tool-arg',
    'ids=["zzzz"]',
  ).catch(
    (error: { stdout?: string }) =>
      JSON.parse((error.stdout ?? '{}').slice((error.stdout ?? '{}').indexOf('{'))) as unknown,
  );
  expect(JSON.stringify(wrong)).toContain('not_found');
});
