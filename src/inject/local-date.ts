// The day of a memory as its reader's calendar has it. Pure but for the system's time zone, which may be given.

/** `2026-11-22` in the zone, or in the system's; the text's own first ten characters when it is no time. */
export function localDate(created: string, timeZone?: string): string {
  const time = new Date(created);
  if (Number.isNaN(time.getTime())) return created.slice(0, 10);
  if (timeZone !== undefined)
    return new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(
      time,
    );
  const pad = (part: number): string => String(part).padStart(2, '0');
  return `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())}`;
}
