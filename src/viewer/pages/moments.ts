// Times as people read them: local, with a heading for each day.

/** How a page sees time: now, and the zone of the machine (a test brings its own). */
export interface Moments {
  readonly nowMs: number;
  readonly timeZone?: string;
}

/** `22 Nov 2026, 14:32`, or only `14:32` where the day stands above. The text itself when it is no time. */
export function localTime(iso: string, moments: Moments, style: 'full' | 'time'): string {
  const format = style === 'full' ? FULL : TIME;
  return formatted(iso, moments, format) ?? iso;
}

/** `Today`, `Yesterday`, or `Friday, 20 November 2026`. */
export function localDay(iso: string, moments: Moments): string {
  const day = formatted(iso, moments, DAY) ?? iso;
  const dayBefore = moments.nowMs - 24 * 60 * 60 * 1000;
  if (day === formatted(new Date(moments.nowMs).toISOString(), moments, DAY)) return 'Today';
  return day === formatted(new Date(dayBefore).toISOString(), moments, DAY) ? 'Yesterday' : day;
}

const TIME = { hour: '2-digit', minute: '2-digit', hour12: false } as const;
const FULL = { day: 'numeric', month: 'short', year: 'numeric', ...TIME } as const;
const DAY = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' } as const;

function formatted(iso: string, moments: Moments, format: Intl.DateTimeFormatOptions): string | undefined {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return undefined;
  const zone = moments.timeZone === undefined ? {} : { timeZone: moments.timeZone };
  return new Intl.DateTimeFormat('en-GB', { ...format, ...zone }).format(date);
}
