// The list below the search box: options of a listbox, the chosen one, a count for screen readers, a note.

import type { ListedRow } from '../listed-row.ts';
import type { FoundRow } from './finder.ts';

export interface FoundListContent {
  /** Best first. */
  readonly rows: readonly (FoundRow & { readonly address: string })[];
  /** The last option: the server's search for what was typed. */
  readonly search: { readonly typed: string; readonly address: string };
  /** How many were found, in words. */
  readonly count: string;
  /** What else must be known; not shown when empty. */
  readonly note: string;
}

export interface FoundList {
  isOpen(): boolean;
  /** Opens the list with this content; an option that was chosen before stays so when it is still there. */
  show(content: FoundListContent): void;
  close(): void;
  /** Chooses the next option or the one before; past either end none is chosen, then it begins anew. */
  move(step: 1 | -1): void;
  /** Chooses none. */
  clearChoice(): void;
  /** Where the chosen option leads. */
  chosen(): string | undefined;
  /** `isAside`: in a tab of its own. */
  onClick(listener: (address: string, isAside: boolean) => void): void;
}

/** Makes the list inside the form and makes the input its combobox. */
export function createFoundList(
  document: Document,
  { form, input }: { readonly form: HTMLElement; readonly input: HTMLInputElement },
): FoundList {
  const popup = element(document, 'div', 'found');
  const options = element(document, 'ul', '');
  const note = element(document, 'p', 'found-note');
  const count = element(document, 'p', 'unseen');
  options.id = 'found';
  options.setAttribute('role', 'listbox');
  options.setAttribute('aria-label', 'Memories');
  count.setAttribute('role', 'status');
  popup.hidden = true;
  popup.append(options, note);
  form.append(popup, count);
  input.setAttribute('role', 'combobox');
  input.setAttribute('aria-autocomplete', 'list');
  input.setAttribute('aria-controls', options.id);
  input.setAttribute('aria-expanded', 'false');
  // The box keeps the focus while somebody clicks or scrolls in the list.
  popup.addEventListener('mousedown', (event) => event.preventDefault());

  let addresses: readonly string[] = [];
  let chosen: string | undefined;

  const choose = (address: string | undefined): void => {
    chosen = address;
    input.removeAttribute('aria-activedescendant');
    for (const [at, option] of [...options.children].entries()) {
      const isChosen = addresses[at] === address;
      option.setAttribute('aria-selected', String(isChosen));
      if (!isChosen) continue;
      input.setAttribute('aria-activedescendant', option.id);
      option.scrollIntoView({ block: 'nearest' });
    }
  };

  return {
    isOpen: () => !popup.hidden,
    show(content) {
      addresses = [...content.rows.map((row) => row.address), content.search.address];
      options.replaceChildren(
        ...content.rows.map((row, at) => renderRow(document, row, at)),
        renderSearch(document, content.search.typed, content.rows.length),
      );
      note.textContent = content.note;
      note.hidden = content.note === '';
      if (count.textContent !== content.count) count.textContent = content.count;
      popup.hidden = false;
      input.setAttribute('aria-expanded', 'true');
      choose(chosen !== undefined && addresses.includes(chosen) ? chosen : undefined);
    },
    close() {
      popup.hidden = true;
      count.textContent = '';
      input.setAttribute('aria-expanded', 'false');
      choose(undefined);
    },
    move(step) {
      if (popup.hidden) return;
      const at = chosen === undefined ? -1 : addresses.indexOf(chosen);
      const next = chosen === undefined && step === -1 ? addresses.length - 1 : at + step;
      choose(addresses[next]);
    },
    clearChoice: () => choose(undefined),
    chosen: () => chosen,
    onClick(listener) {
      const listen = (event: MouseEvent): void => {
        const option = [...options.children].findIndex((child) => child.contains(event.target as Node | null));
        const address = addresses[option];
        if (address === undefined || event.button > 1) return;
        listener(address, event.button === 1 || event.ctrlKey || event.metaKey);
      };
      options.addEventListener('click', listen);
      options.addEventListener('auxclick', listen);
    },
  };
}

function renderRow(document: Document, { row, title }: FoundRow, at: number): HTMLElement {
  const option = optionOf(document, at, row.supersededBy === undefined ? 'row' : 'row old');
  const name = element(document, 'span', 'title');
  for (const piece of title) {
    const part = element(document, piece.marked ? 'mark' : 'span', '');
    part.textContent = piece.text;
    name.append(part);
  }
  const facts = element(document, 'span', 'facts');
  facts.append(
    ...factsOf(row).map(({ text, look }) => {
      const fact = element(document, 'span', look);
      fact.textContent = text;
      return fact;
    }),
  );
  const kind = element(document, 'span', `kind ${row.type ?? row.kind}`);
  kind.textContent = row.type ?? row.kind;
  const main = element(document, 'span', 'main');
  main.append(name, facts);
  option.append(kind, main);
  return option;
}

function renderSearch(document: Document, typed: string, at: number): HTMLElement {
  const option = optionOf(document, at, 'full');
  const text = element(document, 'span', '');
  text.textContent = `Search all texts for “${typed}”`;
  const key = element(document, 'kbd', '');
  key.textContent = 'Enter';
  key.setAttribute('aria-hidden', 'true');
  option.append(text, key);
  return option;
}

function factsOf(row: ListedRow): readonly { readonly text: string; readonly look: string }[] {
  const [file] = row.files;
  return [
    { text: localDay(row.created), look: '' },
    ...(row.supersededBy === undefined ? [] : [{ text: 'replaced by a newer one', look: 'mark' }]),
    ...(file === undefined ? [] : [{ text: file, look: 'file' }]),
    ...row.tags.slice(0, 3).map((tag) => ({ text: tag, look: 'tag' })),
  ];
}

/** `22 Nov 2026` here. */
function localDay(iso: string): string {
  return new Date(iso).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
}

function optionOf(document: Document, at: number, look: string): HTMLElement {
  const option = element(document, 'li', look);
  option.id = `found-${at}`;
  option.setAttribute('role', 'option');
  option.setAttribute('aria-selected', 'false');
  return option;
}

function element(document: Document, name: string, look: string): HTMLElement {
  const made = document.createElement(name);
  if (look !== '') made.className = look;
  return made;
}
