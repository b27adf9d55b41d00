// The reference page of the MCP tools (docs/mcp-tools.md), made from the tools themselves.

import { readTemplate } from '../system/templates.ts';
import { type MemoryTool, inputSchemaOf } from './tool.ts';
import { MEMORY_TOOLS } from './tools.ts';

/** The page as Markdown: the instructions, then each tool with its arguments. */
export function renderToolReference(): string {
  const sections = MEMORY_TOOLS.map(renderTool);
  const instructions = readTemplate('mcp-instructions.md')
    .trim()
    .split('\n')
    .map((line) => `> ${line}`.trimEnd());
  return [
    '# MCP tools',
    '',
    'Made from `src/mcp/tools/` by `npm run docs`. The server speaks MCP over stdio: `node dist/launch.cjs mcp`. In Claude Code',
    'the tools are called `mcp__plugin_memvault_memory__<tool>`; a hook of the plugin approves those that only read; for `remember` and `forget` the client asks you.',
    '',
    'What a model is told before it sees a tool:',
    '',
    ...instructions,
    '',
    ...sections,
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

function renderTool(tool: MemoryTool): string {
  const { properties, required } = inputSchemaOf(tool);
  const rows = Object.entries(properties).map(([name, property]) => {
    const need = required.includes(name) ? 'required' : defaultOf(property);
    return `| \`${name}\` | ${typeOf(property)} | ${need} | ${textOf(property, 'description')} |`;
  });
  return [
    `## ${tool.name}`,
    '',
    tool.description,
    '',
    '| argument | type | default | meaning |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function typeOf(property: object): string {
  const items: unknown = 'items' in property ? property.items : undefined;
  if (typeof items === 'object' && items !== null) {
    const most = textOf(property, 'maxItems');
    return `list of ${typeOf(items)}${most === '' ? '' : `, at most ${most}`}`;
  }
  const choices: unknown = 'enum' in property ? property.enum : undefined;
  if (Array.isArray(choices)) return choices.map((choice) => `\`${choice}\``).join(', ');
  const type = textOf(property, 'type');
  if (type !== 'integer') return type === 'string' ? 'text' : type;
  return `${textOf(property, 'minimum')} to ${textOf(property, 'maximum')}`;
}

function defaultOf(property: object): string {
  return 'default' in property ? `\`${textOf(property, 'default')}\`` : '';
}

function textOf(property: object, key: string): string {
  const value: unknown = Object.entries(property).find(([name]) => name === key)?.[1];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
