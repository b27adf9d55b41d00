// `memvault pause` and `memvault resume`: nothing of a session, or of a project, is kept for a while.

import { homedir } from 'node:os';
import { MemvaultError } from '../../model/errors.ts';
import { cleanLine } from '../../system/clean-text.ts';
import { dataPaths } from '../../system/paths.ts';
import { writePause } from '../../system/pauses.ts';
import { findProject, mainFolder } from '../../system/project.ts';
import { isSet, textOption } from '../command.ts';
import type { Command, CommandInput, CommandOption } from '../command.ts';

const OPTIONS: Readonly<Record<string, CommandOption>> = {
  project: { type: 'boolean', meaning: 'All sessions of the project, not only this one.' },
  session: {
    type: 'string',
    value: 'id',
    meaning: 'The session that is meant; the default is the one that runs the command.',
  },
};

export const pauseCommand: Command = {
  name: 'pause',
  summary: 'Keep nothing of this session, or of this project, until `memvault resume`.',
  usage: '[--project | --session <id>]',
  options: OPTIONS,
  positionals: { min: 0, max: 0 },
  examples: ['memvault pause', 'memvault pause --project'],
  async run(input) {
    const what = meant(input);
    const changed = writePause(dataPaths(input.env).pausesFile, { ...what, paused: true }, new Date().toISOString());
    const whole = what.kind === 'projects' ? `project ${cleanLine(what.name)}` : 'this session';
    const resume = what.kind === 'projects' ? 'memvault resume --project' : 'memvault resume';
    const text = changed
      ? `Paused: nothing of ${whole} is kept from now on. What was kept before stays. \`${resume}\` ends it.`
      : `${whole.replace(/^./, (letter) => letter.toUpperCase())} is paused already. \`${resume}\` ends it.`;
    return { text, json: { paused: true, changed, ...what } };
  },
};

export const resumeCommand: Command = {
  name: 'resume',
  summary: 'Keep again what was paused.',
  usage: '[--project | --session <id>]',
  options: OPTIONS,
  positionals: { min: 0, max: 0 },
  examples: ['memvault resume', 'memvault resume --project'],
  async run(input) {
    const file = dataPaths(input.env).pausesFile;
    const at = new Date().toISOString();
    const what = meant(input);
    const places = [what];
    // Without a choice both end: who resumes wants to be remembered again.
    if (!isSet(input, 'project') && textOption(input, 'session') === undefined && what.kind === 'sessions')
      places.push({ kind: 'projects', name: projectOf(input) });
    const ended = places.filter((place) => writePause(file, { ...place, paused: false }, at));
    const text =
      ended.length > 0
        ? `Resumed: ${ended.map(({ kind, name }) => (kind === 'projects' ? `project ${cleanLine(name)}` : 'this session')).join(' and ')} is kept again.`
        : 'Nothing was paused here.';
    return { text, json: { paused: false, changed: ended.length > 0, ended } };
  },
};

function meant(input: CommandInput): { readonly kind: 'sessions' | 'projects'; readonly name: string } {
  const given = textOption(input, 'session');
  if (given !== undefined && isSet(input, 'project'))
    throw new MemvaultError('invalid_input', '--project and --session exclude each other', {
      hint: 'For example: memvault pause --project',
    });
  if (given !== undefined && !/^[\w.:-]{1,128}$/.test(given))
    throw new MemvaultError('invalid_input', `"${cleanLine(given, 60)}" is no session id`, {
      hint: 'Leave --session out to mean the session that runs the command.',
    });
  const session = given ?? input.env['CLAUDE_CODE_SESSION_ID'];
  return session === undefined || session === '' || isSet(input, 'project')
    ? { kind: 'projects', name: projectOf(input) }
    : { kind: 'sessions', name: session };
}

/** The folder that settings know the project by. */
function projectOf({ env, cwd }: CommandInput): string {
  const home = env['HOME'] || homedir();
  const folder = env['CLAUDE_PROJECT_DIR'] || cwd;
  return mainFolder(findProject(folder, { home, dataDir: dataPaths(env).dataDir }));
}
