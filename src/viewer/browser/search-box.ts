// The search box: rows while typing as an ARIA combobox with a list below it, the server's full search on Enter.

import type { RowList } from '../listed-row.ts';
import type { Finder } from './finder.ts';
import { createFoundList } from './found-list.ts';
import type { RowSource } from './row-source.ts';
import type { PageWindow } from './page-window.ts';

export interface SearchBoxParts {
  readonly form: HTMLElement;
  readonly input: HTMLInputElement;
  readonly finder: Finder;
  readonly source: RowSource;
  readonly addressOf: (path: string, query?: Readonly<Record<string, string>>) => string;
  /** Called once, when somebody begins to use the box. */
  readonly onFirstUse: () => void;
}

export interface SearchBox {
  /** Asks for new rows in a moment; nothing as long as nobody has used the box. */
  refreshSoon(): void;
}

const SHOWN_ROWS = 8;
const PAUSE_MS = 1000;

/** What is known of the rows; the list says it below its options. */
type RowState = 'none yet' | 'logged out' | 'no answer' | Pick<RowList, 'more'>;

/** Rows are asked for at the first use and at each coming back; until then the page costs the server nothing more. */
export function attachSearchBox(page: PageWindow, parts: SearchBoxParts): SearchBox {
  const { document, location } = page;
  const { form, input, finder, source, addressOf } = parts;
  const list = createFoundList(document, { form, input });
  let state: RowState = 'none yet';
  let isUsed = false;
  let isWaiting = false;

  const searchAddress = (): string => addressOf('/search', { q: input.value.trim() });

  const show = (): void => {
    const typed = input.value.trim();
    if (typed === '' || document.activeElement !== input) return list.close();
    const { found, total } = finder.find(typed, SHOWN_ROWS);
    const [count, note] = describe(state, { shown: found.length, total, size: finder.size() });
    list.show({
      rows: found.map(({ row, title }) => ({ row, title, address: addressOf(`/memory/${row.id}`) })),
      search: { typed, address: searchAddress() },
      count,
      note,
    });
  };

  const refresh = async (): Promise<void> => {
    const answer = await source.ask();
    if (answer === 'same') return;
    if (typeof answer === 'string') {
      // Rows of before still serve; without any, the list says why it is empty.
      if (finder.size() === 0) state = answer;
    } else {
      await finder.take(answer.rows);
      state = { more: answer.more };
    }
    if (list.isOpen()) show();
  };

  const use = (): void => {
    if (!isUsed) parts.onFirstUse();
    isUsed = true;
    void refresh();
  };

  input.addEventListener('focus', use);
  input.addEventListener('input', () => {
    // Who types on means the words, not the memory that was chosen among the ones before.
    list.clearChoice();
    show();
  });
  input.addEventListener('blur', () => list.close());
  input.addEventListener('keydown', (event) => {
    // Keys that belong to an input method (Chinese, Japanese …) choose among its candidates, not among ours.
    if (event.isComposing) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!list.isOpen()) show();
      list.move(event.key === 'ArrowDown' ? 1 : -1);
    } else if (event.key === 'Escape') {
      // The browser would empty the box.
      event.preventDefault();
      if (list.isOpen()) list.close();
      else input.blur();
    }
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    location.assign(list.chosen() ?? searchAddress());
  });
  list.onClick((address, isAside) => {
    if (isAside) page.open(address, '_blank', 'noopener');
    else location.assign(address);
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
  if (document.activeElement === input) use();

  return {
    refreshSoon() {
      if (!isUsed || isWaiting) return;
      isWaiting = true;
      page.setTimeout(() => {
        isWaiting = false;
        void refresh();
      }, PAUSE_MS);
    },
  };
}

function isTyping({ target }: Event): boolean {
  return target !== null && 'closest' in target && (target as Element).closest('input, select, textarea') !== null;
}

/** What is heard, and what stands below the options: the count, or why there is none. */
function describe(
  state: RowState,
  { shown, total, size }: { readonly shown: number; readonly total: number; readonly size: number },
): readonly [count: string, note: string] {
  if (typeof state === 'string') return [STATES[state], STATES[state]];
  if (size === 0) return ['There are no memories yet.', 'There are no memories yet.'];
  const count =
    total === 0 ? 'No title comes near.' : total === 1 ? '1 memory.' : `${total.toLocaleString('en-GB')} memories.`;
  const bound = state.more
    ? [`Typing finds among the newest ${size.toLocaleString('en-GB')}; the full search knows all.`]
    : [];
  return [count, [...(shown < total || total === 0 ? [count] : []), ...bound].join(' ')];
}

const STATES = {
  'none yet': 'Reading the titles …',
  'logged out': 'Your login is over: type “memvault open” in a terminal.',
  'no answer': 'memvault does not answer: type “memvault open” in a terminal.',
} as const;
