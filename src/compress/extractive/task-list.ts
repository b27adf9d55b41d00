// The agent's own task list: what it put there and has not ticked off.

import type { Batch } from '../../model/turn.ts';
import type { Phrases } from './phrases.ts';

export interface OpenTask {
  /** The host's, where tasks have numbers. */
  readonly number?: string;
  readonly title: string;
}

export interface TaskList {
  /** In the order in which they were put there. */
  readonly open: readonly OpenTask[];
  /** Numbers of those that were ticked off or taken away. */
  readonly closed: ReadonlySet<string>;
}

/** What the tool uses of a batch did to the list; of tasks of earlier batches only the number is known. */
export function readTaskList(batch: Batch): TaskList {
  let open: OpenTask[] = [];
  const closed = new Set<string>();
  const close = ({ number, title }: OpenTask): void => {
    if (number !== undefined) closed.add(number);
    open = open.filter((task) => (number === undefined ? task.title !== title : task.number !== number));
  };
  for (const { detail, ok } of batch.turns.flatMap((turn) => turn.toolUses)) {
    if (detail.kind !== 'task' || !ok) continue;
    if (detail.status === 'list') {
      const listed = [...detail.subject.matchAll(LISTED)].map(([, number, title = '', status = '']) => ({
        task: { ...(number === undefined ? {} : { number }), title },
        isOpen: OPEN.has(status),
      }));
      for (const { task } of listed) close(task);
      for (const { task, isOpen } of listed) if (isOpen) open.push(task);
      for (const { number } of open) if (number !== undefined) closed.delete(number);
      continue;
    }
    const [, number, title = ''] = /^(?:#(\S+))?\s*(.*)$/s.exec(detail.subject) ?? [];
    const task = { ...(number === undefined ? {} : { number }), title };
    if (detail.status === 'created' && title !== '') open.push(task);
    else if (CLOSED.has(detail.status)) close(task);
  }
  return { open, closed };
}

/** `Set REDIS_URL on staging (task 3)`: the number tells a later batch which one was ticked off. */
export function taskLine({ number, title }: OpenTask, say: Phrases): string {
  return number === undefined ? title : say('openTask', { title, number });
}

/** The number of the task that a line tells of. */
export function taskOfLine(line: string, say: Phrases): string | undefined {
  const [, before = '', after = ''] = say('openTask', { title: '\0', number: '\0' }).split('\0');
  const start = line.lastIndexOf(before);
  return start > 0 && line.endsWith(after) ? line.slice(start + before.length, -after.length) : undefined;
}

const OPEN: ReadonlySet<string> = new Set(['pending', 'in_progress']);
const CLOSED: ReadonlySet<string> = new Set(['completed', 'deleted', 'cancelled']);
const LISTED = /(?:#(\S+) )?(.+?) \((pending|in_progress|completed|deleted|cancelled)\)(?:; |$)/g;
