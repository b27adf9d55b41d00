// What is kept of each tool's use, and what never is.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { relativePath } from '../../src/capture/file-detail.ts';
import { ORIGIN, parseDetail, payloadNames, readPayload } from './payloads.ts';
import type { Payload } from './payloads.ts';

function toolUse(tool_name: string, tool_input: object, tool_response: unknown): Payload {
  return { session_id: 's', hook_event_name: 'PostToolUse', tool_name, tool_input, tool_response, tool_use_id: 't' };
}

describe('the detail of a recorded tool use', () => {
  it('holds what each tool did and found', () => {
    const told = payloadNames('tools')
      .filter((name) => !name.startsWith('ToolSearch') && !name.includes('persisted'))
      .map((name) => [name, parseDetail(readPayload(`tools/${name}`))]);
    expect(Object.fromEntries(told)).toMatchSnapshot();
  });

  it('holds no original file, no read content, no image', () => {
    const read = readPayload('tools/Read.text.json');
    expect(JSON.stringify(parseDetail(read))).not.toContain('same expired access token');
    expect(JSON.stringify(parseDetail(readPayload('tools/Read.image.json')))).not.toContain('iVBOR');
    expect(JSON.stringify(parseDetail(readPayload('tools/Edit.json')))).not.toContain('import { Auth } from');
    expect(JSON.stringify(parseDetail(readPayload('tools/NotebookEdit.json')))).not.toContain('nbformat');
  });

  it('is the same whatever the original file holds, and never looks into it', () => {
    const edit = readPayload('tools/Edit.json');
    const response = {
      ...(edit['tool_response'] as object),
      get originalFile(): string {
        throw new Error('walked');
      },
    };
    expect(parseDetail({ ...edit, tool_response: response })).toEqual(parseDetail(edit));
  });
});

describe('a command', () => {
  it('keeps its exit code and output when it fails', () => {
    const detail = parseDetail(readPayload('events/PostToolUseFailure.Bash.json'));
    expect(detail).toMatchObject({
      kind: 'command',
      exitCode: 1,
      output: expect.stringMatching(/^ok 1 - login/) as string,
    });
  });

  it('keeps both ends and the telling lines of a long output', () => {
    const lines = Array.from({ length: 3000 }, (_, at) => `line ${at} of the build log`);
    lines[1500] = 'src/auth.ts(12,3): error TS2345: not assignable';
    lines[2000] = 'FAIL test/auth.test.ts > parallel refreshes';
    const detail = parseDetail(toolUse('Bash', { command: 'npm run build' }, { stdout: lines.join('\n'), stderr: '' }));
    if (detail.kind !== 'command') throw new Error(detail.kind);
    expect(detail.output).toMatch(/^line 0 of[^]+\[… \d+ characters cut …\][^]+line 2999 of the build log$/);
    expect(detail.output).toContain('error TS2345');
    expect(detail.output).toContain('FAIL test/auth.test.ts');
    expect(detail.output.length).toBeLessThanOrEqual(4200);
  });

  it('cleans an output before it cuts it', () => {
    const secret = ['gh', 'p_', 'm4N5'.repeat(9)].join('');
    for (let at = 1000; at < 1200; at += 7) {
      const stdout = `${'a'.repeat(at)} ${secret} ${'b '.repeat(4000)}`;
      expect(JSON.stringify(parseDetail(toolUse('Bash', { command: 'x' }, { stdout })))).not.toContain('m4N5');
    }
  });

  it.each([
    'cat .env',
    'head -5 ./config/.env.local | grep DB',
    'sudo cat ~/.aws/credentials',
    'git show HEAD:.env',
    'python -c "print(open(\'.env\').read())"',
    'cat server.pem',
  ])('omits what %s prints', (command) => {
    const detail = parseDetail(toolUse('Bash', { command }, { stdout: 'PLAIN=value\nOTHER=thing' }));
    expect(detail).toMatchObject({ kind: 'command', command, output: '[omitted: sensitive file]' });
  });

  it.each([
    'cat .env.example',
    'npm test -- --env-file=.env',
    'ls -la .env',
    'git add .env',
    'cat src/credentials.ts',
    'cat id_map.go',
  ])('keeps what %s prints', (command) => {
    expect(parseDetail(toolUse('Bash', { command }, { stdout: 'output' }))).toMatchObject({ output: 'output' });
  });

  it('omits what it writes into a sensitive file', () => {
    const command = "cat > .env <<'EOF'\nPLAIN=value\nEOF\nnpm test";
    expect(parseDetail(toolUse('Bash', { command }, { stdout: '' }))).toMatchObject({
      command: "cat > .env <<'EOF'\n[omitted: sensitive file]\nEOF\nnpm test",
    });
  });

  it('is a failure of its own kind when the user interrupted it', () => {
    const payload = { ...readPayload('events/PostToolUseFailure.Bash.json'), is_interrupt: true, error: 'interrupted' };
    expect(parseDetail(payload)).toMatchObject({ kind: 'failure', interrupted: true, error: 'interrupted' });
  });
});

describe('a file', () => {
  it.each([
    '.env',
    'config/.env.production',
    'server.pem',
    '/home/dev/.ssh/id_ed25519',
    '.npmrc',
    'infra/main.tfstate',
    '/home/dev/.kube/config',
  ])('named %s keeps no content', (file_path) => {
    const content = 'PLAIN=value';
    const write = parseDetail(
      toolUse('Write', { file_path, content }, { type: 'create', structuredPatch: [], originalFile: null }),
    );
    const edit = parseDetail(toolUse('Edit', { file_path, old_string: 'a', new_string: content }, {}));
    const read = parseDetail(
      toolUse('Read', { file_path }, { type: 'text', file: { content, numLines: 1, startLine: 1, totalLines: 1 } }),
    );
    expect(JSON.stringify([write, edit, read])).not.toContain('PLAIN');
    expect(write).toMatchObject({ patch: '[omitted: sensitive file]', added: 1 });
  });

  it('cuts what goes over several matches of a search', () => {
    const key = Array.from({ length: 4 }, (_, at) => `src/key.txt:${at + 5}:MII${'QkJD4a'.repeat(10)}`);
    const content = [
      'docs/a.md:1:before',
      'docs/a.md:2:<private>',
      'docs/a.md:3:the zebra',
      'docs/a.md:4:</private>',
      ['src/key.txt:4:-----BEGIN', 'PRIVATE KEY-----'].join(' '),
      ...key,
      ['src/key.txt:9:-----END', 'PRIVATE KEY-----'].join(' '),
      'src/key.txt:10:after',
    ].join('\n');
    const detail = parseDetail(toolUse('Grep', { pattern: '.' }, { mode: 'content', content, filenames: [] }));
    const kept = JSON.stringify(detail);
    expect(kept).not.toMatch(/zebra|QkJD4a/);
    expect(kept).toContain('docs/a.md:1:before');
    expect(kept).toContain('src/key.txt:10:after');
  });

  it('keeps the matches of a search, but not those in sensitive files', () => {
    const response = { mode: 'content', filenames: [], content: 'src/a.ts:3:plain\n.env:1:PLAIN=value' };
    expect(parseDetail(toolUse('Grep', { pattern: 'PLAIN', path: '/home/dev/acme-api/src' }, response))).toEqual({
      kind: 'search',
      pattern: 'PLAIN',
      path: 'src',
      matches: ['src/a.ts:3:plain', '.env: [omitted: sensitive file]'],
    });
  });

  it('carries the blob id that Git gives it, when it lies in the project', () => {
    const root = mkdtempSync(join(tmpdir(), 'memvault-blob-'));
    const origin = { ...ORIGIN, project: root, worktree: root };
    mkdirSync(join(root, 'src'));
    const file = join(root, 'src', 'ünïcode.ts');
    writeFileSync(file, 'export const a = 1;\r\n');
    const expected = execFileSync('git', ['hash-object', '--no-filters', file], { encoding: 'utf8' }).slice(0, 12);
    const edit = (file_path: string): unknown =>
      parseDetail(toolUse('Edit', { file_path, old_string: 'a', new_string: 'b' }, {}), origin);
    expect(edit(file)).toMatchObject({ path: 'src/ünïcode.ts', blob: expected });
    expect(parseDetail(toolUse('Read', { file_path: file }, {}), origin)).toMatchObject({ blob: expected });

    writeFileSync(join(root, 'large.bin'), Buffer.alloc(600 * 1024));
    symlinkSync(file, join(root, 'link.ts'));
    const outside = join(mkdtempSync(join(tmpdir(), 'memvault-outside-')), 'x.ts');
    writeFileSync(outside, 'x');
    for (const path of [
      join(root, 'large.bin'),
      join(root, 'link.ts'),
      join(root, 'missing.ts'),
      join(root, 'src'),
      outside,
      'relative.ts',
    ])
      expect(edit(path), path).not.toHaveProperty('blob');
  });
});

describe('relativePath', () => {
  it('goes from the work tree, else from the project, else stays', () => {
    const origin = { project: '/repo/packages/api', worktree: '/repo' };
    expect(relativePath('/repo/packages/api/src/a.ts', origin)).toBe('packages/api/src/a.ts');
    expect(relativePath('/repo/README.md', { project: '/repo' })).toBe('README.md');
    expect(relativePath('/repo', origin)).toBe('.');
    expect(relativePath('/etc/hosts', origin)).toBe('/etc/hosts');
    expect(relativePath('/repository/a.ts', origin)).toBe('/repository/a.ts');
    expect(relativePath('/repo/..hidden', origin)).toBe('..hidden');
    expect(relativePath('src/a.ts', origin)).toBe('src/a.ts');
  });
});
