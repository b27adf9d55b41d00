// Times as people read them: local, with a heading for each day.

/** How a page sees time: now, and the zone of the machine (a test brings its own). */
export interface Moments {
  readonly nowMs: number;
  readonly timeZone?: string;
}

/** `22 Nov 2026, 14:32`, or only `14:32` where the day stands above. The text itself when it is no time. */
export function localTime(iso: string, moments: Moments, style: 'full' | 'time'): string {
  const parts = partsOf(iso, moments);
  if (parts === undefined) return iso;
  const time = `${parts.hour}:${parts.minute}`;
  return style === 'time' ? time : `${parts.day} ${parts.month.slice(0, 3)} ${parts.year}, ${time}`;
}

/** `Today`, `Yesterday`, or `Friday, 20 November 2026`. */
export function localDay(iso: string, moments: Moments): string {
  const day = dayOf(iso, moments);
  if (day === dayOf(new Date(moments.nowMs).toISOString(), moments)) return 'Today';
  return day === dayOf(new Date(moments.nowMs - DAY_MS).toISOString(), moments) ? 'Yesterday' : day;
}

const DAY_MS = 24 * 60 * 60 * 1000;

function dayOf(iso: string, moments: Moments): string {
  const parts = partsOf(iso, moments);
  return parts === undefined ? iso : `${parts.weekday}, ${parts.day} ${parts.month} ${parts.year}`;
}

/** The parts are put together here: how a locale joins them differs between versions of Node. */
function partsOf(iso: string, { timeZone }: Moments): Parts | undefined {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return undefined;
  const parts = new Intl.DateTimeFormat('en-GB', {
    ...FORMAT,
    ...(timeZone === undefined ? {} : { timeZone }),
  }).formatToParts(date);
  const valueOf = (type: string): string => parts.find((part) => part.type === type)?.value ?? '';
  return {
    weekday: valueOf('weekday'),
    day: valueOf('day'),
    month: valueOf('month'),
    year: valueOf('year'),
    hour: valueOf('hour'),
    minute: valueOf('minute'),
  };
}

type Parts = Record<'weekday' | 'day' | 'month' | 'year' | 'hour' | 'minute', string>;
const FORMAT = {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
} as const;
