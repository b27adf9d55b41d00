// The table of commands; each is loaded only when it is asked for.

import type { Command } from './command.ts';

const LOADERS: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import('./commands/init.ts')).initCommand,
  status: async () => (await import('./commands/status.ts')).statusCommand,
  search: async () => (await import('./commands/search.ts')).searchCommand,
  timeline: async () => (await import('./commands/timeline.ts')).timelineCommand,
  show: async () => (await import('./commands/show.ts')).showCommand,
  why: async () => (await import('./commands/why.ts')).whyCommand,
  rebuild: async () => (await import('./commands/rebuild.ts')).rebuildCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
  publish: async () => (await import('./commands/publish.ts')).publishCommand,
  worker: async () => (await import('./commands/worker.ts')).workerCommand,
  open: async () => (await import('./commands/open.ts')).openCommand,
  adopt: async () => (await import('./commands/adopt.ts')).adoptCommand,
  config: async () => (await import('./commands/config.ts')).configCommand,
  demo: async () => (await import('./commands/demo.ts')).demoCommand,
};

export const COMMAND_NAMES: readonly string[] = Object.keys(LOADERS);

/** The command of a name, or undefined. */
export async function loadCommand(name: string): Promise<Command | undefined> {
  return Object.hasOwn(LOADERS, name) ? LOADERS[name]?.() : undefined;
}
