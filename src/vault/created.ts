// The time of a memory: what people write as `created`, brought to UTC seconds. Pure.

const TIME = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?\s?(Z|[+-]\d{2}:?\d{2})?)?$/;

const OWN_FORM = /^\d{4}-(?:0[1-9]|1[0-2])-\d{2}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;

/**
 * `YYYY-MM-DDTHH:MM:SSZ` of a date, or of a date and time with or without seconds, fraction and offset; without an offset it
 * is UTC. Undefined when it is no time of the calendar (month 13, 30 February).
 */
export function parseCreated(text: string): string | undefined {
  if (OWN_FORM.test(text)) {
    // The common case without a calendar: every month has these days.
    const day = text.slice(8, 10);
    if (day >= '01' && day <= '28') return text;
  }
  const parts = TIME.exec(text.trim());
  if (parts === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || day === 0) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const offset = offsetMinutes(parts[7]);
  if (offset === undefined) return undefined;
  date.setUTCHours(hour, minute - offset, second);
  const iso = date.toISOString();
  // Outside the years 0 to 9999, where the offset may lead, the form has a sign and more digits.
  return /^\d{4}-/.test(iso) ? `${iso.slice(0, 19)}Z` : undefined;
}

function offsetMinutes(offset: string | undefined): number | undefined {
  if (offset === undefined || offset === 'Z') return 0;
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(-2));
  if (hours > 14 || minutes > 59) return undefined;
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
