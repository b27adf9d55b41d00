// Runs the MCP server over stdin and stdout until the client goes.

import { randomBytes } from 'node:crypto';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { createHeapLimit } from '../system/heap-limit.ts';
import { readTemplate } from '../system/templates.ts';
import { VERSION } from '../system/version.ts';
import { createMcpServer } from './server.ts';
import type { McpVault } from './tool.ts';

/** One such server runs beside every open session. In bytes of resident memory. */
const HEAP_LIMIT = 140e6;

/** Answers at once; `open` runs at the first call that needs it. Settles when stdin ends or the client closes the connection. */
export async function runMcp(open: () => McpVault): Promise<void> {
  const heap = createHeapLimit(HEAP_LIMIT);
  const server = createMcpServer(open, {
    instructions: readTemplate('mcp-instructions.md').trim(),
    version: VERSION,
    randomBytes,
    // In the pause after the reply, in which nobody waits.
    afterCall: () => void setImmediate(() => heap.keep()),
  });
  const closed = new Promise<void>((resolve) => {
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK's server is no event target
    server.server.onclose = resolve;
  });
  // The transport does not notice that the client has gone.
  process.stdin.once('end', () => void server.close());
  await server.connect(new StdioServerTransport());
  await closed;
}
