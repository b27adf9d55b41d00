// Who wrote a prompt: a person, the host itself, or a slash command.

import type { PromptEvent } from '../model/hook-event.ts';

/** Who wrote a prompt, by its form. */
export function promptAuthor(text: string): PromptEvent['author'] {
  const start = text.trimStart().slice(0, 200);
  if (/^<command-(?:name|message)>/.test(start)) return 'command';
  if (
    /^<(?:task-notification|local-command-|system-reminder|bash-(?:input|stdout|stderr)|user-memory-input|teammate-message|agent-notification)/.test(
      start,
    )
  )
    return 'notification';
  if (/^(?:Caveat: The messages below|\[Request interrupted by user)/.test(start)) return 'notification';
  return /^\/[A-Za-z][\w:.-]*(?:\s|$)/.test(start) ? 'command' : 'user';
}
