// `memvault promote` and `memvault questions`: what they write, where, and that it is left for a person to commit.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openReplay } from '../../scripts/replay.ts';
import type { Replay } from '../../scripts/replay.ts';
import type { CommandResult } from '../../src/cli/command.ts';
import { promoteCommand } from '../../src/cli/commands/promote.ts';
import { questionsCommand } from '../../src/cli/commands/questions.ts';
import { readScenario } from '../support/scenario.ts';

let replay: Replay;

beforeEach(() => {
  replay = openReplay();
});

afterEach(async () => {
  await replay.remove();
});

describe('promote', () => {
  it('writes the rule into CLAUDE.md and commits nothing', async () => {
    await play('german');
    const id = idOf(/Cent als Ganzzahl/);
    writeFileSync(join(replay.root, 'CLAUDE.md'), '# Shop\n');
    const result = await run(promoteCommand, [id.slice(0, 7)]);
    const text = readFileSync(join(replay.root, 'CLAUDE.md'), 'utf8');
    expect(text).toMatch(/^# Shop\n\n<!-- memvault:conventions:start -->/);
    expect(text).toContain('Preise im Warenkorb werden immer in Cent als Ganzzahl gerechnet');
    expect(result.text).toContain('git diff CLAUDE.md');
    expect((await run(promoteCommand, [id])).text).toContain('already');
  });

  it('writes nothing on a dry run, follows no link, and takes no summary', async () => {
    await play('german');
    const id = idOf(/Cent als Ganzzahl/);
    expect((await run(promoteCommand, [id], { 'dry-run': true })).text).toContain('would be');
    expect(existsSync(join(replay.root, 'CLAUDE.md'))).toBe(false);
    symlinkSync('/etc/hostname', join(replay.root, 'CLAUDE.md'));
    await expect(run(promoteCommand, [id])).rejects.toMatchObject({ code: 'denied' });
    await expect(run(promoteCommand, [idOf(/Warenkorb verschwinden/)])).rejects.toMatchObject({
      code: 'invalid_input',
    });
    await expect(run(promoteCommand, ['zzzz'])).rejects.toMatchObject({ code: 'not_found' });
  });

  it('says when the file had changes of its own, and how to take this one alone', async () => {
    await play('german');
    const id = idOf(/Cent als Ganzzahl/);
    const file = join(replay.root, 'CLAUDE.md');
    writeFileSync(file, '# Shop\n');
    execFileSync('git', ['add', 'CLAUDE.md'], { cwd: replay.root });
    execFileSync('git', ['commit', '-q', '-m', 'notes'], { cwd: replay.root, env: { ...replay.env } });
    writeFileSync(file, '# Shop\n\nHalf a thought\n');
    expect((await run(promoteCommand, [id])).text).toContain('git add -p CLAUDE.md');
    expect(readFileSync(file, 'utf8')).toMatch(/^# Shop\n\nHalf a thought\n\n<!--/);
  });

  it('touches no file that is not UTF-8, and promotes nothing that was replaced', async () => {
    await play('decision-reversed');
    const file = join(replay.root, 'CLAUDE.md');
    writeFileSync(file, Buffer.from('caf\u00e9\n', 'latin1'));
    await expect(run(promoteCommand, [idOf(/Redis streams/)])).rejects.toMatchObject({
      message: expect.stringContaining('not UTF-8') as unknown,
    });
    expect(readFileSync(file)).toEqual(Buffer.from('caf\u00e9\n', 'latin1'));
    await expect(run(promoteCommand, [idOf(/0007/)])).rejects.toMatchObject({
      message: expect.stringMatching(/is replaced by \w{7}/) as unknown,
    });
  });

  it('makes a skill, and leaves one that a person has changed', async () => {
    await play('german');
    const id = idOf(/Cent als Ganzzahl/);
    await run(promoteCommand, [id], { skill: true });
    const file = join(replay.root, '.claude/skills/preise-im-warenkorb-werden-immer-in-cent-als-ganzzahl/SKILL.md');
    writeFileSync(file, `${readFileSync(file, 'utf8')}\nMine.\n`);
    expect((await run(promoteCommand, [id], { skill: true })).text).toContain('already');
    expect(readFileSync(file, 'utf8')).toMatch(/Mine\.\n$/);
  });
});

describe('questions', () => {
  it('says that there is none yet, lists them with their answers, and writes one down as a note', async () => {
    expect((await run(questionsCommand, [])).text).toMatch(/^Nothing was asked/);
    await play('asked-three-times');
    expect((await run(questionsCommand, [])).text).toMatch(
      /^1\. .*single test file.* \(asked in 3 sessions\)\n {3}\w{7} /,
    );
    await expect(run(questionsCommand, [], { note: '7' })).rejects.toMatchObject({ code: 'not_found' });
    await run(questionsCommand, [], { note: '1' });
    const note = replay.memories().find(({ memory }) => memory.kind === 'note');
    expect(note?.text).toContain('npm test -- test/cart.test.js');
  });
});

async function play(name: string): Promise<void> {
  for (const session of readScenario(name, replay.root)) {
    await replay.send(session);
    await replay.wait(3_600_000);
  }
}

function idOf(pattern: RegExp): string {
  return replay.memories().find(({ memory }) => pattern.test(memory.title))?.memory.id ?? 'none';
}

function run(
  command: typeof promoteCommand,
  positionals: readonly string[],
  options: Readonly<Record<string, boolean | string>> = {},
): Promise<CommandResult> {
  const { stdin, stdout, stderr } = process;
  return command.run({ positionals, options, env: replay.env, cwd: replay.root, stdin, stdout, stderr });
}
