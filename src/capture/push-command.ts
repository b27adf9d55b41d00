// Finds in a shell command what brings a branch to its host (`git push`, `gh pr create`), and from which folder. Pure.

import { resolve } from 'node:path';

/** A longer text is a script, not a push: nobody's hook should read it through. */
const MAX_LENGTH = 4_000;
/** `bash -c "bash -c …"`, `$($(…))`: nobody who pushes goes deeper. */
const MAX_DEPTH = 3;

/**
 * The folders from which the command pushes, each once; empty when it does not. `cd` and `git -C` are followed from `cwd` on; a
 * folder that only the shell can tell (a variable, `~`) leaves the one before. A rough reading is enough: publishing for nothing
 * does no harm.
 */
export function pushFolders(command: string, cwd: string): readonly string[] {
  if (command.length > MAX_LENGTH || !/push|create|new/.test(command)) return [];
  return [...new Set(readScript(command, cwd, 0))];
}

function readScript(script: string, cwd: string, depth: number): string[] {
  const found: string[] = [];
  const outer: string[] = [];
  let folder = cwd;
  for (const part of splitCommands(script)) {
    if (part === '(') outer.push(folder);
    else if (part === ')') folder = outer.pop() ?? folder;
    else {
      const [first = '', second = ''] = part;
      if (first === 'cd' || first === 'pushd') folder = enter(folder, second);
      else found.push(...readCommand(part, folder, depth));
    }
  }
  return found;
}

/** Words before the program (`env A=b`, `timeout 60`, `then`) are passed over. */
function readCommand(words: readonly string[], folder: string, depth: number): readonly string[] {
  const at = words.findIndex((word) => PROGRAMS.test(word));
  const program = PROGRAMS.exec(words[at] ?? '')?.[1];
  const rest = words.slice(at + 1);
  if (program === undefined) return [];
  if (program === 'git') return readGit(rest, folder);
  if (program === 'gh') return isPullRequest(rest) ? [folder] : [];
  const option = rest.findIndex((word) => /^-[a-z]*c$/.test(word));
  return option < 0 || depth >= MAX_DEPTH ? [] : readScript(rest[option + 1] ?? '', folder, depth + 1);
}

const PROGRAMS = /^(?:.*[/\\])?(git|gh|bash|sh|zsh)(?:\.exe)?$/;

function readGit(words: readonly string[], cwd: string): readonly string[] {
  let folder = cwd;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '-C' || word === '--work-tree') folder = enter(folder, words[++at] ?? '');
    else if (word.startsWith('--work-tree=')) folder = enter(folder, word.slice('--work-tree='.length));
    else if (GIT_WITH_VALUE.has(word)) at++;
    else if (!word.startsWith('-')) return word === 'push' ? [folder] : [];
  }
  return [];
}

const GIT_WITH_VALUE = new Set(['-c', '--git-dir', '--namespace', '--exec-path', '--config-env']);

function isPullRequest(words: readonly string[]): boolean {
  const plain = words.filter((word, at) => !word.startsWith('-') && !/^(?:-R|--repo)$/.test(words[at - 1] ?? ''));
  return plain[0] === 'pr' && (plain[1] === 'create' || plain[1] === 'new');
}

function enter(folder: string, to: string): string {
  return to === '' || to === '-' || /[$`~*]/.test(to) ? folder : resolve(folder, to);
}

type Part = readonly string[] | '(' | ')';

/** Simple commands as their words, and the parentheses around them. Quotes are taken off; nothing is expanded. */
function splitCommands(script: string, depth = 0): readonly Part[] {
  const parts: Part[] = [];
  let words: string[] = [];
  let word: string | undefined;
  const add = (text: string): void => {
    word = (word ?? '') + text;
  };
  const endWord = (): void => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  const endCommand = (): void => {
    endWord();
    if (words.length > 0) parts.push(words);
    words = [];
  };
  for (let at = 0; at < script.length; at++) {
    const char = script[at] ?? '';
    if (char === '\\') {
      const next = script[++at] ?? '';
      if (next !== '\n') add(next);
    } else if (char === '"' || char === "'") {
      const end = endOfQuote(script, at, char);
      const inner = script.slice(at + 1, end);
      add(char === '"' ? inner.replaceAll(/\\(["\\$`])/g, '$1') : inner);
      at = end;
    } else if (char === '$' && /[({]/.test(script[at + 1] ?? '')) {
      const end = script.indexOf(script[at + 1] === '(' ? ')' : '}', at);
      const inner = script.slice(at + 2, end < 0 ? script.length : end);
      // What is run for its output may push too.
      if (script[at + 1] === '(' && depth < MAX_DEPTH) parts.push('(', ...splitCommands(inner, depth + 1), ')');
      add('$');
      at += inner.length + 2;
    } else if (/[;&|\n(){}]/.test(char)) {
      endCommand();
      if (char === '(' || char === ')') parts.push(char);
    } else if (/\s/.test(char)) endWord();
    else add(char);
  }
  endCommand();
  return parts;
}

/** Index of the closing quote, or the script's end. */
function endOfQuote(script: string, start: number, quote: string): number {
  for (let at = start + 1; at < script.length; at++) {
    if (quote === '"' && script[at] === '\\') at++;
    else if (script[at] === quote) return at;
  }
  return script.length;
}
