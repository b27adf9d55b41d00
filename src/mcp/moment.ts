// A moment as a model writes it: an ISO date or time, brought to the form that memories carry.

import { z } from 'zod';

const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?)?$/i;

/** Accepts `2026-11-22` and `2026-11-22T14:30Z` (no zone means UTC); gives the date, or the time in UTC to the second. */
export function momentSchema(
  description: string,
): z.ZodOptional<z.ZodPipe<z.ZodString, z.ZodTransform<string, string>>> {
  return z
    .string({ error: EXPECTED })
    .describe(description)
    .transform((text, context) => {
      const moment = parseMoment(text);
      if (moment !== undefined) return moment;
      context.addIssue({ code: 'custom', message: EXPECTED });
      return z.NEVER;
    })
    .optional();
}

const EXPECTED = 'expected an ISO date or time such as 2026-11-22 or 2026-11-22T14:30Z';

/** Undefined for what is no date, and for dates that no calendar has. */
function parseMoment(text: string): string | undefined {
  const match = ISO.exec(text.trim());
  const day = match?.[1];
  if (match === null || day === undefined) return undefined;
  const midnight = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(day)) return undefined;
  if (match[2] === undefined) return day;
  const time = new Date(`${day}T${match[2]}${(match[3] ?? 'Z').toUpperCase()}`);
  return Number.isNaN(time.getTime()) ? undefined : `${time.toISOString().slice(0, 19)}Z`;
}
