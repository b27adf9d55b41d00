// Which files hold secrets by their name, so that nothing of their content is kept.

/** What stands in place of such a file's content. */
export const OMITTED = '[omitted: sensitive file]';

/** Whether nothing of a file may be kept. */
export type Hides = (path: string) => boolean;

/** A lower-cased path without any of these is not looked at further: the expressions are too dear for every word of every command. */
const HINTS =
  '.env rc netrc .pem .key .p12 .pfx .jks keystore .kdbx .ppk .asc .gpg .tf .ovpn id_ pgpass .cnf .git-credentials passwd .dockercfg .boto s3cfg vault-token kubeconfig credential secret service shadow .aws .ssh .gnupg .azure .kube .config .docker'.split(
    ' ',
  );

/** Whether a file's content must never be kept, judged by its path. */
export function isSensitivePath(path: string): boolean {
  if (!mayBeSensitive(path)) return false;
  const normal = path.replace(/\\/g, '/');
  const base = normal.slice(normal.lastIndexOf('/') + 1);
  // Samples without values, public halves, and source code that only sounds alike.
  const isHarmless =
    /(?:\.(?:example|sample|template|dist|defaults?)|\.pub|\.(?:[cm]?[jt]sx?|py|rb|go|rs|java|kt|swift|cs|php|exs?|erl|scala|c|h|cc|cpp|hpp|md|mdx|rst|html|css|vue|svelte|sh)|known_hosts|authorized_keys)$/i.test(
      base,
    );
  if (isHarmless) return false;
  return (
    /^(?:\.env(?:rc|\..+)?|.+\.env|.+\.(?:pem|key|p12|pfx|jks|keystore|kdbx|ppk|asc|gpg|tfstate|tfstate\.backup|tfvars|ovpn)|id_[a-z0-9_-]+|\.npmrc|\.yarnrc\.yml|\.netrc|_netrc|\.pypirc|\.pgpass|\.my\.cnf|\.mylogin\.cnf|\.git-credentials|\.htpasswd|\.dockercfg|\.boto|\.s3cfg|\.vault-token|kubeconfig|credentials(?:\..*)?|.*credentials\.(?:json|ya?ml|enc)|secrets?\.(?:ya?ml|json|toml|env|enc|txt|ini)|service[-_]?account.*\.json|master\.key|shadow)$/i.test(
      base,
    ) || /(?:^|\/)(?:\.aws|\.ssh|\.gnupg|\.azure|\.kube|\.config\/gcloud|\.config\/gh|\.docker)\/./.test(normal)
  );
}

function mayBeSensitive(text: string): boolean {
  const lower = text.toLowerCase();
  for (const hint of HINTS) if (lower.includes(hint)) return true;
  return false;
}

/** Whether a shell command prints a sensitive file, as `cat .env` does. */
export function printsSensitiveFile(command: string, isExcluded?: Hides): boolean {
  if (isExcluded === undefined && !mayBeSensitive(command)) return false;
  const isHidden: Hides = (path) => isSensitivePath(path) || isExcluded?.(path) === true;
  for (const part of command.split(/&&|\|\||[;|\n]/)) {
    const words = part.split(/[\s'"`=<>()@]+/).filter(Boolean);
    if (!words.some(isHidden)) continue;
    const names = words.map((word) => word.slice(word.lastIndexOf('/') + 1));
    if (names.some(isReader)) return true;
    if (names[0] === 'git' && names.some((word) => /^(?:diff|show|log|blame|cat-file|grep)$/.test(word))) return true;
    if (/\b(?:open|readFile\w*|read_text|File\.read|file_get_contents|slurp)\b/.test(part)) return true;
  }
  return false;
}

/** Commands that print what is in a file. */
function isReader(name: string): boolean {
  return /^(?:cat|bat|batcat|less|more|head|tail|grep|egrep|fgrep|rg|ag|awk|gawk|sed|cut|sort|uniq|strings|xxd|od|hexdump|base64|openssl|nl|tac|diff|jq|yq|vim?|nano|code|tee|printf|echo|paste|column|fold|dd|gpg|age|sops|Get-Content|type|source|\.)$/.test(
    name,
  );
}

/** A command without the bodies that it writes into sensitive files (`cat > .env <<EOF … EOF`). */
export function withoutSensitiveBodies(command: string, isHidden: Hides): string {
  if (!command.includes('<<')) return command;
  const start = /<<-?\s*\\?['"]?(\w{1,40})['"]?/.exec(command);
  if (start === null) return command;
  const lineEnd = command.indexOf('\n', start.index);
  if (lineEnd === -1) return command;
  const line = command.slice(command.lastIndexOf('\n', start.index) + 1, lineEnd);
  const close = command.indexOf(`\n${start[1] ?? ''}`, lineEnd);
  const end = close === -1 ? command.length : close;
  const rest = close === -1 ? '' : withoutSensitiveBodies(command.slice(end + 1 + (start[1] ?? '').length), isHidden);
  const head = command.slice(0, lineEnd);
  const closer = close === -1 ? '' : `\n${start[1] ?? ''}`;
  const sensitive = line.split(/[\s'"`=<>()]+/).some(isHidden);
  return head + (sensitive ? `\n${OMITTED}` : command.slice(lineEnd, end)) + closer + rest;
}

/** Lines of search results (`path:line:text`) without the texts of sensitive files. */
export function withoutSensitiveMatch(line: string, isHidden: Hides = isSensitivePath): string {
  const path = /^([^\s:]{1,400}):/.exec(line)?.[1];
  return path !== undefined && isHidden(path) ? `${path}: ${OMITTED}` : line;
}
