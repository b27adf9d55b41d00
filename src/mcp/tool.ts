// What an MCP tool of memvault is: one object with name, description, schema and handler.

import { z } from 'zod';
import type { MemoryLibrary, MemoryWriter } from '../model/ports.ts';

/** Facts about a tool that clients use to decide whether to ask the user. */
export interface ToolAnnotations {
  readonly title: string;
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  /** Whether the tool reaches beyond this machine. */
  readonly openWorldHint: boolean;
}

/** What the server works on. */
export interface McpVault {
  readonly library: MemoryLibrary;
  readonly writer: Pick<MemoryWriter, 'remember' | 'forget'>;
  /** Asks who brought which memory, where something moved; before each call. */
  readonly refreshTrust?: () => Promise<void>;
}

/** What a handler works with. */
export interface ToolContext extends McpVault {
  /** Drawn once per server: the fence around memories carries it, so that no memory can close the fence. */
  readonly nonce: string;
}

export interface MemoryTool {
  readonly name: string;
  readonly description: string;
  readonly annotations: ToolAnnotations;
  readonly schema: z.ZodObject;
  /** Arguments as the client sent them in, the reply's text out. Throws `MemvaultError`. */
  readonly call: (args: unknown, context: ToolContext) => string | Promise<string>;
}

/** The annotations of a tool that only looks into the index of this machine. */
export function readOnly(title: string): ToolAnnotations {
  return { title, readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };
}

/** The annotations of a tool that adds to the vault; clients ask the user before they call it. */
export function writing(title: string, { destructive }: { readonly destructive: boolean }): ToolAnnotations {
  return { title, readOnlyHint: false, destructiveHint: destructive, idempotentHint: false, openWorldHint: false };
}

/** How many rows at most, 1 to 50. */
export function limitSchema(byDefault: number): z.ZodDefault<z.ZodInt> {
  const expected = `expected a whole number from 1 to ${MAX_ROWS}`;
  return z
    .int({ error: expected })
    .min(1, expected)
    .max(MAX_ROWS, expected)
    .default(byDefault)
    .describe('Rows at most');
}

const MAX_ROWS = 50;

/** The JSON Schema of a tool's arguments, as it stands in the tool list. */
export function inputSchemaOf(tool: MemoryTool): {
  readonly type: 'object';
  readonly properties: Record<string, object>;
  readonly required: string[];
  readonly additionalProperties: false;
} {
  const { properties = {}, required = [] } = z.toJSONSchema(tool.schema, { io: 'input' });
  const described = Object.entries(properties).map(([name, property]) => [name, Object(property)] as const);
  return { type: 'object', properties: Object.fromEntries(described), required, additionalProperties: false };
}
