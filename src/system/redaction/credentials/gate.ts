// Whether a text may hold a credential that only the seldom rules find: fewer and shorter literals than the rules' own hints.

import { endsFlag, leadsToWord } from './words-before.ts';
import type { Literals } from '../literals.ts';

/** Passwords, and what they are called where the memory's reader may not read it. */
export const PASSWORD_WORDS =
  'password~passwort~passwd~passphrase~passcode~kennwort~zugangsdaten~mot de passe~contrase\u00F1a~contrasena~senha~palavra-passe~parola~has\u0142o~heslo~\u043F\u0430\u0440\u043E\u043B~wachtwoord~l\u00F6senord~adgangskode~passord~salasana~jelsz\u00F3~\u015Fifre~sifre~\u5BC6\u7801~\u5BC6\u78BC~\u53E3\u4EE4~\u30D1\u30B9\u30EF\u30FC\u30C9~\uBE44\uBC00\uBC88\uD638~\uC554\uD638~m\u1EADt kh\u1EA9u~credentials~\u4EE4\u724C~\u5BC6\u94A5~\u5BC6\u9470~\u30C8\u30FC\u30AF\u30F3~\uD1A0\uD070';

/** Services whose keys are hex. */
export const SERVICES =
  'algolia~datadog~mixpanel~amplitude~pagerduty~rollbar~bugsnag~mandrill~vonage~nexmo~openweather~openweathermap~weatherapi~infura~etherscan~ipstack~mapquest~tmdb~newsapi~spotify~lastfm~flickr~imgur~trello~cognitive services~bing';

/** Words before a password that may be any other: what follows decides. The same for tokens. */
export const BEFORE_PASSWORD = 'password ~passwort ~passphrase ~kennwort ~passcode ~pass ~pwd ~pw ~community ';
export const BEFORE_TOKEN = 'token ~secret ';
/** How flags end that a password or a token stands behind. */
export const PASSWORD_FLAGS = 'password ~passwd ~pass ~passphrase ~pwd ~pw ';
export const TOKEN_FLAGS = 'token ~secret ~key ~auth ~pat ~bearer ';
export const LEAST_PASSWORD = 7;
export const LEAST_TOKEN = 20;

/**
 * One row a line: a literal that must be in the text, then literals of which one must be there too, parted by `~`. Every hint of a
 * seldom rule has one of these in it, and the row's first literal in itself or in what the rule needs (`isCovered`). A text, since
 * a hook pays for each literal that stands alone.
 */
const GATE = `
~ingest.~sentry.io~pwd={~pwd= {~password={~bearer ~basic ~cookie~mysql~mariadb~ <<<~wandb login~vault login~login --~vercel~jira~ -t ~ --token~--value~--secret-string~--body~base64 -~net use ~lftp~mc alias set ~altool~notarytool~app-specific~securestring~net user ~useradd~usermod~ldap~smbclient~zip -~7z ~openssl enc~openssl passwd~requirepass ~masterauth ~htpasswd~add_user ~change_password ~mkpasswd ~obscure ~config set --secret~wpa_~keyring set~hash-password~:5432:~:*:~:3306:~kty~identified ~credentials~login:~log in as~log in with~logged in as~otp~mfa~2fa~define(~/p:~/rp ~/pw~/ pw~&pw~& pw~|pw~mnemonic~seed phrase~recovery phrase~seed words
\t~true\t~false\t
@~jdbc:oracle:~sqlplus ~@tcp(~@unix(
://~hook/~hooks/~webhook~hook?
auth~authorization~auth init~auth login~gh auth~authtoken ~auth"~auth\\"~_auth~authenticator
(~auth=(~auth = (~basicauth(~basic_auth(~authprovider(~getconnection(~pdo(~mysqli(~pg_connect(~createconnection(~sequelize(~jwt.~createhmac(~fernet(~cipheriv(~aes.new(~hmac.new(~keyspec(
 -~sshpass~docker login~podman login~redis-cli~mongosh~key "~key '~token "~token '~secret "~secret '
pass~storepass~keypass~srcpass~destpass~dbpass~newpass~oldpass~-pass~ -pass ~chpasswd~/pass~/ pass~&pass~& pass~|pass~| pass~password>~random_password~password: ~password is ~passphrase is ~password 
|~-stdin~sudo -s~secret create~kinit~su -
/~/pwd:~</pwd~</secret~</token
>~key>~token>~secret>
is ~pwd is ~pw is ~pin is ~token is ~key is ~secret is 
ist ~passwort ist ~lautet
secret~secret set
expect~send "~send -- "
:~creds 
=~creds=
password~login 
: ~unseal key~root token~recovery key~recovery code~backup code
 / ~login~log in~sign in~credential~account~admin~ssh 
`;

/** The text that the gate is made of: a builder puts a constant wherever it is named, and a hook would load it twice. */
export function gateText(): string {
  return GATE;
}

interface Row {
  readonly needs: string;
  readonly literals: readonly string[];
}

let rows: readonly Row[] | undefined;

/** The rows of the gate, and one for words of many languages and names of services. */
function gateRows(): readonly Row[] {
  return (rows ??= [...gateText().split('\n').slice(1, -1), `~${PASSWORD_WORDS}~${SERVICES}`].map((line) => {
    const [needs = '', ...literals] = line.split('~');
    return { needs, literals };
  }));
}

interface Words {
  readonly passwords: readonly string[];
  readonly tokens: readonly string[];
  readonly flags: readonly string[];
}

let words: Words | undefined;

function wordsBefore(): Words {
  return (words ??= {
    passwords: BEFORE_PASSWORD.split('~'),
    tokens: BEFORE_TOKEN.split('~'),
    flags: `${PASSWORD_FLAGS}~${TOKEN_FLAGS}`.split('~'),
  });
}

/** All literals that `mayHoldSeldom` asks for. */
export function gateLiterals(): readonly string[] {
  return [...gateRows().flatMap((row) => row.literals), ...Object.values(wordsBefore()).flat()];
}

/** Whether a seldom rule may match. `lower` is the text in lower case, `literals` what it holds of `gateLiterals`. */
export function mayHoldSeldom(lower: string, literals: Literals): boolean {
  for (const row of gateRows()) if (literals.holdsAny(row.literals, row.needs)) return true;
  const { passwords, tokens, flags } = wordsBefore();
  return (
    (literals.holdsAny(passwords) && leadsToWord(lower, passwords, LEAST_PASSWORD)) ||
    (literals.holdsAny(tokens) && leadsToWord(lower, tokens, LEAST_TOKEN)) ||
    (literals.holdsAny(flags, ' --') && endsFlag(lower, flags))
  );
}

/** Whether a rule with this hint, and with what it needs, is never passed over by the gate. */
export function isCovered(hint: string, needs: string): boolean {
  return gateRows().some(
    (row) =>
      (hint.includes(row.needs) || needs.includes(row.needs)) && row.literals.some((literal) => hint.includes(literal)),
  );
}
