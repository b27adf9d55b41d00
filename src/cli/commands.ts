// The table of commands; each is loaded only when it is asked for, but the search, which is asked for most and waited for.

import type { Command } from './command.ts';
import { searchCommand } from './commands/search.ts';

const LOADERS: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import('./commands/init.ts')).initCommand,
  status: async () => (await import('./commands/status.ts')).statusCommand,
  search: () => Promise.resolve(searchCommand),
  timeline: async () => (await import('./commands/timeline.ts')).timelineCommand,
  show: async () => (await import('./commands/show.ts')).showCommand,
  remember: async () => (await import('./commands/remember.ts')).rememberCommand,
  why: async () => (await import('./commands/why.ts')).whyCommand,
  rebuild: async () => (await import('./commands/rebuild.ts')).rebuildCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
  publish: async () => (await import('./commands/publish.ts')).publishCommand,
  outbox: async () => (await import('./commands/outbox.ts')).outboxCommand,
  sync: async () => (await import('./commands/sync.ts')).syncCommand,
  resolve: async () => (await import('./commands/resolve.ts')).resolveCommand,
  verify: async () => (await import('./commands/verify.ts')).verifyCommand,
  forget: async () => (await import('./commands/forget.ts')).forgetCommand,
  purge: async () => (await import('./commands/purge.ts')).purgeCommand,
  compact: async () => (await import('./commands/compact.ts')).compactCommand,
  review: async () => (await import('./commands/review.ts')).reviewCommand,
  trust: async () => (await import('./commands/trust.ts')).trustCommand,
  quarantine: async () => (await import('./commands/quarantine.ts')).quarantineCommand,
  lint: async () => (await import('./commands/lint.ts')).lintCommand,
  move: async () => (await import('./commands/move.ts')).moveCommand,
  worker: async () => (await import('./commands/worker.ts')).workerCommand,
  open: async () => (await import('./commands/open.ts')).openCommand,
  questions: async () => (await import('./commands/questions.ts')).questionsCommand,
  promote: async () => (await import('./commands/promote.ts')).promoteCommand,
  adopt: async () => (await import('./commands/adopt.ts')).adoptCommand,
  model: async () => (await import('./commands/model.ts')).modelCommand,
  scrub: async () => (await import('./commands/scrub.ts')).scrubCommand,
  pause: async () => (await import('./commands/pause.ts')).pauseCommand,
  resume: async () => (await import('./commands/pause.ts')).resumeCommand,
  allow: async () => (await import('./commands/allow.ts')).allowCommand,
  config: async () => (await import('./commands/config.ts')).configCommand,
  demo: async () => (await import('./commands/demo.ts')).demoCommand,
};

export const COMMAND_NAMES: readonly string[] = Object.keys(LOADERS);

/** The command of a name, or undefined. */
export async function loadCommand(name: string): Promise<Command | undefined> {
  return Object.hasOwn(LOADERS, name) ? LOADERS[name]?.() : undefined;
}
