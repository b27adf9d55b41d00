// Checks a tool's arguments against its schema; an error names the argument and says what was expected.

import { z } from 'zod';
import { MemvaultError } from '../model/errors.ts';
import { cleanLine } from '../system/clean-text.ts';

/**
 * The arguments as the schema wants them. Models often send one text where a list belongs, or a number as text: such
 * arguments are taken as meant. Throws `invalid_input` for everything else.
 */
export function parseArguments<Schema extends z.ZodObject>(
  tool: string,
  schema: Schema,
  args: unknown,
): z.infer<Schema> {
  const given = isRecord(args ?? {}) ? Object.entries(args ?? {}) : undefined;
  if (given === undefined) throw invalid(tool, schema, 'the arguments must be an object');
  for (const [name] of given) {
    if (!Object.hasOwn(schema.shape, name))
      throw invalid(tool, schema, `there is no argument "${cleanLine(name, 40)}"`);
  }
  const meant = given
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => [name, asMeant(value, schema.shape[name])] as const);
  const parsed = schema.safeParse(Object.fromEntries(meant), { reportInput: true });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const got = issue?.input === undefined ? '' : `, got ${cleanLine(JSON.stringify(issue.input) ?? '', 60)}`;
  throw invalid(tool, schema, `${nameOf(issue?.path ?? [])}: ${issue?.message ?? 'not accepted'}${got}`);
}

function invalid(tool: string, schema: z.ZodObject, message: string): MemvaultError {
  return new MemvaultError('invalid_input', `${tool}: ${message}`, {
    hint: `${tool} takes ${Object.keys(schema.shape).join(', ')}.`,
  });
}

function asMeant(value: unknown, field: unknown): unknown {
  const type = innerType(field);
  if (type instanceof z.ZodArray && typeof value === 'string') return listFrom(value);
  if (type instanceof z.ZodNumber && typeof value === 'string' && /^-?\d+$/.test(value.trim())) return Number(value);
  return value;
}

function listFrom(text: string): unknown {
  if (text.trimStart().startsWith('[')) {
    try {
      return JSON.parse(text);
    } catch {
      // Not JSON after all: one text that begins with a bracket.
    }
  }
  return [text];
}

function innerType(field: unknown): unknown {
  return field instanceof z.ZodOptional || field instanceof z.ZodDefault ? innerType(field.unwrap()) : field;
}

/** `ids`, or `ids[2]` for the third of a list. */
function nameOf(path: readonly PropertyKey[]): string {
  return path.map((key, depth) => (depth === 0 ? String(key) : `[${String(key)}]`)).join('');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
