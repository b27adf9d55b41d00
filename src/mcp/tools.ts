// The list of memvault's MCP tools.

import type { MemoryTool } from './tool.ts';
import { getObservationsTool } from './tools/get-observations.ts';
import { searchTool } from './tools/search.ts';
import { timelineTool } from './tools/timeline.ts';

/** In the order in which a model meets them: find, look around, read. */
export const MEMORY_TOOLS: readonly MemoryTool[] = [searchTool, timelineTool, getObservationsTool];
