// What a person may pick in a client that shows MCP prompts: asking the memory, and writing to it.

import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { GetPromptRequestSchema, ListPromptsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { MemvaultError } from '../model/errors.ts';
import { cleanLine } from '../system/clean-text.ts';
import { fillTemplate, readTemplate } from '../system/templates.ts';

interface PromptText {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly argument: { readonly name: string; readonly description: string };
  readonly text: string;
}

/** Answers the list of prompts and each of them with its argument filled in. */
export function servePrompts(server: Server): void {
  server.setRequestHandler(ListPromptsRequestSchema, () => ({
    prompts: promptTexts().map(({ name, title, description, argument }) => ({
      name,
      title,
      description,
      arguments: [{ ...argument, required: true }],
    })),
  }));
  server.setRequestHandler(GetPromptRequestSchema, ({ params }) => {
    const prompt = promptTexts().find(({ name }) => name === params.name);
    if (prompt === undefined)
      throw new MemvaultError('not_found', `there is no prompt "${cleanLine(params.name, 60)}"`, {
        hint: `The prompts are ${promptTexts()
          .map(({ name }) => name)
          .join(', ')}.`,
      });
    const value = cleanLine(params.arguments?.[prompt.argument.name] ?? '', MAX_ARGUMENT);
    const text = fillTemplate(prompt.text, { [prompt.argument.name]: value });
    return {
      description: prompt.description,
      messages: [{ role: 'user' as const, content: { type: 'text' as const, text } }],
    };
  });
}

const MAX_ARGUMENT = 2000;

function promptTexts(): readonly PromptText[] {
  return parseTexts(readTemplate('mcp-prompts.json'));
}

function parseTexts(json: string): readonly PromptText[] {
  return JSON.parse(json);
}
