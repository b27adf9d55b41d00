// What a client may show or attach: the newest memories, the decisions, and each memory by its id.

import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import {
  ListResourceTemplatesRequestSchema,
  ListResourcesRequestSchema,
  ReadResourceRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { MemvaultError } from '../model/errors.ts';
import { cleanLine } from '../system/clean-text.ts';
import type { ToolContext } from './tool.ts';
import { decisionsTool } from './tools/decisions.ts';
import { getObservationsTool } from './tools/get-observations.ts';
import { searchTool } from './tools/search.ts';

const MIME = 'text/markdown';
const RECENT = 'memvault://recent';
const DECISIONS = 'memvault://decisions';
const MEMORY = /^memvault:\/\/memory\/([0-9a-z]{4,12})$/;

/** Reads by the tools of the same matter, so that a resource is fenced and cut as their replies are. */
export function serveResources(server: Server, open: () => Promise<ToolContext>): void {
  server.setRequestHandler(ListResourcesRequestSchema, () => ({
    resources: [
      { uri: RECENT, name: 'recent', title: 'Newest memories', mimeType: MIME },
      { uri: DECISIONS, name: 'decisions', title: 'Decisions and conventions', mimeType: MIME },
    ],
  }));
  server.setRequestHandler(ListResourceTemplatesRequestSchema, () => ({
    resourceTemplates: [
      { uriTemplate: 'memvault://memory/{id}', name: 'memory', title: 'One memory by its id', mimeType: MIME },
    ],
  }));
  server.setRequestHandler(ReadResourceRequestSchema, async ({ params: { uri } }) => ({
    contents: [{ uri, mimeType: MIME, text: await readResource(uri, open) }],
  }));
}

async function readResource(uri: string, open: () => Promise<ToolContext>): Promise<string> {
  if (uri === RECENT) return searchTool.call({ query: '', limit: 20 }, await open());
  if (uri === DECISIONS) return decisionsTool.call({}, await open());
  const id = MEMORY.exec(uri)?.[1];
  if (id !== undefined) return getObservationsTool.call({ ids: [id] }, await open());
  throw new MemvaultError('not_found', `there is no resource "${cleanLine(uri, 100)}"`, {
    hint: `The resources are ${RECENT}, ${DECISIONS} and memvault://memory/<id>.`,
  });
}
