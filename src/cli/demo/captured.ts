// What the hooks captured, as a person reads it: the events by kind, what was cut from them, and how the cut texts look.

import type { HookEvent } from '../../model/hook-event.ts';
import { plural } from '../plural.ts';

const WIDTH = 150;

/** How many events of which kind, the most frequent first. What Claude Code wrote itself is no prompt. */
export function tellEvents(events: readonly HookEvent[]): string {
  const kinds = new Map<string, number>();
  for (const event of events) kinds.set(kindOf(event), (kinds.get(kindOf(event)) ?? 0) + 1);
  const parts = [...kinds].sort((a, b) => b[1] - a[1]).map(([kind, count]) => plural(count, kind));
  return `${plural(events.length, 'event')}: ${parts.join(', ')}`;
}

/** What was cut from all events together, by kind. */
export function countCuts(events: readonly HookEvent[]): Readonly<Record<string, number>> {
  const cuts: Record<string, number> = {};
  for (const event of events)
    for (const [kind, count] of Object.entries(event.redactions ?? {})) cuts[kind] = (cuts[kind] ?? 0) + count;
  return cuts;
}

/** The cuts in words, then each cut text as it was kept, one line each. */
export function tellCuts(events: readonly HookEvent[]): readonly string[] {
  const cuts = Object.entries(countCuts(events)).map(([kind, count]) =>
    plural(count, kind === 'private' ? '<private> span' : kind),
  );
  const kept = events.filter((event) => event.redactions !== undefined).flatMap(keptText);
  return [`Cut before the first byte reached disk: ${cuts.join(', ') || 'nothing'}`, ...kept];
}

function kindOf(event: HookEvent): string {
  if (event.type === 'prompt' && event.author === 'notification') return 'notification';
  return event.type.replace('-', ' ');
}

function keptText(event: HookEvent): readonly string[] {
  if (event.type === 'prompt') return [`  prompt kept as   ${oneLine(event.prompt)}`];
  if (event.type === 'tool-use' && event.detail.kind === 'command')
    return [`  command kept as  ${oneLine(event.detail.command)}`];
  return [];
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= WIDTH ? line : `${line.slice(0, WIDTH - 1)}…`;
}
