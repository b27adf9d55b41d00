// The MCP server: announces the tools, opens the library at the first call, turns errors into replies.

import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import {
  CallToolRequestSchema,
  type CallToolResult,
  ListToolsRequestSchema,
  type ListToolsResult,
} from '@modelcontextprotocol/sdk/types.js';
import { MemvaultError, toMemvaultError } from '../model/errors.ts';
import type { RandomBytes } from '../model/ports.ts';
import { cleanLine } from '../system/clean-text.ts';
import { servePrompts } from './prompts.ts';
import { shownText } from './reply.ts';
import { serveResources } from './resources.ts';
import { type McpVault, inputSchemaOf } from './tool.ts';
import { MEMORY_TOOLS } from './tools.ts';

export interface McpServerOptions {
  /** When to search and how, for the model: it reads this before it sees any tool. */
  readonly instructions: string;
  readonly version: string;
  readonly randomBytes: RandomBytes;
  /** Called after each tool call, before its reply has left. */
  readonly afterCall?: () => void;
}

/**
 * A server that is not connected yet. `open` runs at the first call that needs it, so that `initialize` is answered at once;
 * when it throws, that call's reply says why and the next call tries again.
 */
export function createMcpServer(open: () => McpVault, options: McpServerOptions): McpServer {
  const mcp = new McpServer(
    { name: 'memvault', version: options.version },
    { instructions: options.instructions, capabilities: { tools: {}, prompts: {}, resources: {} } },
  );
  const nonce = Buffer.from(options.randomBytes(6)).toString('hex');
  let vault: McpVault | undefined;
  const openOnce = (): McpVault => (vault ??= open());
  // Below the SDK's registerTool: its own refusals of wrong arguments do not say what was expected.
  mcp.server.setRequestHandler(ListToolsRequestSchema, () => listTools());
  mcp.server.setRequestHandler(CallToolRequestSchema, ({ params }) =>
    answer(async () => {
      const tool = findTool(params.name);
      const opened = openOnce();
      await opened.refreshTrust?.();
      return tool.call(params.arguments, { nonce, ...opened });
    }).finally(options.afterCall),
  );
  servePrompts(mcp.server);
  serveResources(mcp.server, async () => {
    const opened = openOnce();
    await opened.refreshTrust?.();
    return { nonce, ...opened };
  });
  return mcp;
}

/** The tool list as clients get it. */
export function listTools(): ListToolsResult {
  return {
    tools: MEMORY_TOOLS.map((tool) => ({
      name: tool.name,
      title: tool.annotations.title,
      description: tool.description,
      inputSchema: inputSchemaOf(tool),
      annotations: { ...tool.annotations },
    })),
  };
}

function findTool(name: string): (typeof MEMORY_TOOLS)[number] {
  const tool = MEMORY_TOOLS.find((candidate) => candidate.name === name);
  if (tool !== undefined) return tool;
  throw new MemvaultError('invalid_input', `there is no tool "${cleanLine(name, 60)}"`, {
    hint: `The tools are ${MEMORY_TOOLS.map((known) => known.name).join(', ')}.`,
  });
}

async function answer(run: () => string | Promise<string>): Promise<CallToolResult> {
  try {
    return { content: [{ type: 'text', text: await run() }] };
  } catch (error) {
    const { code, message, hint } = toMemvaultError(error);
    const text = `${code}: ${cleanLine(shownText(message), 2000)}\nHint: ${cleanLine(hint, 500)}`;
    return { content: [{ type: 'text', text }], isError: true };
  }
}
