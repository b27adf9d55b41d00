// The list of memvault's MCP tools.

import type { MemoryTool } from './tool.ts';
import { decisionsTool } from './tools/decisions.ts';
import { forgetTool } from './tools/forget.ts';
import { getObservationsTool } from './tools/get-observations.ts';
import { recallFileTool } from './tools/recall-file.ts';
import { rememberTool } from './tools/remember.ts';
import { searchTool } from './tools/search.ts';
import { timelineTool } from './tools/timeline.ts';

/** In the order in which a model meets them: find, look around, read, write. */
export const MEMORY_TOOLS: readonly MemoryTool[] = [
  searchTool,
  timelineTool,
  getObservationsTool,
  recallFileTool,
  decisionsTool,
  rememberTool,
  forgetTool,
];
