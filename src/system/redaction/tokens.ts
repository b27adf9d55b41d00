// Secrets that are known by their own look: a fixed prefix and a run of characters.

import type { Rule } from './rule.ts';

/**
 * One rule a line: kind, lower-case literals, expression. A text, because the hook pays for parsing and making 80 objects
 * with functions at every start, and for a text nearly nothing.
 */
const TABLE = String.raw`
aws akia,asia,abia,acca (?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])
aws fwog,iqoj (?:FwoG|IQoJ)[A-Za-z0-9/+=]{80,4000}
aws absk ABSK[A-Za-z0-9+/]{100,200}={0,2}
github ghp_,gho_,ghu_,ghs_,ghr_ gh[pousr]_[A-Za-z0-9][A-Za-z0-9_.-]{34,2000}
github github_pat_ github_pat_[A-Za-z0-9_]{22,255}
gitlab glpat-,gldt-,glrt-,glrtr-,glcbt-,glptt-,glft-,glsoat-,glagent-,gloas-,glimt-,glffct-,gr1348941 (?:gl(?:pat|dt|rtr?|cbt|ptt|ft|soat|agent|oas|imt|ffct)-|GR1348941)[A-Za-z0-9_=.-]{18,500}
slack xox xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{10,300}
slack xapp- xapp-\d-[A-Za-z0-9-]{20,300}
slack hooks.slack.com hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9]{6,20}/[A-Za-z0-9]{6,24}/([A-Za-z0-9/]{8,80})
stripe sk_live_,sk_test_,rk_live_,rk_test_ [sr]k_(?:live|test)_[A-Za-z0-9]{10,255}
webhook-secret whsec_ whsec_[A-Za-z0-9+/=]{20,120}
anthropic sk-ant- sk-ant-[a-z]{2,8}\d{0,3}-[A-Za-z0-9_-]{16,300}
openai sk- sk-(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{20,300}
api-key sk- sk-(?:or-v1-|lf-|litellm-)?[A-Za-z0-9]{20,200}(?![A-Za-z0-9-])
google aiza AIza[A-Za-z0-9_-]{30,60}
google ya29. ya29\.[A-Za-z0-9_.-]{20,3000}
google gocspx- GOCSPX-[A-Za-z0-9_-]{20,60}
google 1//0 1//0[A-Za-z0-9_-]{30,200}
npm npm_ npm_[A-Za-z0-9]{30,64}
pypi pypi- pypi-[A-Za-z0-9_-]{50,500}
jwt eyj (?<![A-Za-z0-9_-]{2})eyJ[A-Za-z0-9_-]{10,8000}\.eyJ[A-Za-z0-9_-]{4,16000}\.[A-Za-z0-9_-]{8,2000}
jwt eyj (?<![A-Za-z0-9_-]{2})eyJ[A-Za-z0-9_-]{10,2000}\.\.[A-Za-z0-9_-]{8,100}\.[A-Za-z0-9_-]{8,16000}\.[A-Za-z0-9_-]{8,200}
sendgrid sg. SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64}
mailgun key- key-[0-9a-f]{32}(?![A-Za-z0-9])
mailchimp -us [0-9a-f]{32}-us\d{1,2}(?![A-Za-z0-9])
brevo xkeysib- xkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16}
resend re_ re_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,40}
twilio sk SK[0-9a-f]{32}(?![A-Za-z0-9])
huggingface hf_,api_org_ (?:hf_|api_org_)[A-Za-z0-9]{30,64}
replicate r8_ r8_[A-Za-z0-9]{30,60}
groq gsk_ gsk_[A-Za-z0-9]{40,80}
xai xai- xai-[A-Za-z0-9]{40,120}
perplexity pplx- pplx-[A-Za-z0-9]{40,80}
nvidia nvapi- nvapi-[A-Za-z0-9_-]{40,120}
pinecone pcsk_ pcsk_[A-Za-z0-9_]{40,120}
tavily tvly- tvly-[A-Za-z0-9-]{20,60}
langsmith lsv2_ lsv2_[a-z]{2}_[0-9a-f]{32}_[0-9a-f]{10}
docker dckr_ dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,80}
digitalocean _v1_ do[opr]_v1_[0-9a-f]{40,64}
heroku hrku- HRKU-[A-Za-z0-9_-]{30,80}
fly fm1_,fm2_,fm1r_,fm1a_ fm[12][ar]?_[A-Za-z0-9+/=_-]{40,2000}
netlify nfp_ nfp_[A-Za-z0-9]{30,60}
vercel vcp_,vci_,vca_,vcr_,vck_,vercel_ (?:vc[piark]_|vercel_[a-z]{2,12}_)[A-Za-z0-9_]{24,80}
supabase sbp_,sb_secret_ (?:sbp_[0-9a-f]{40}|sb_secret_[A-Za-z0-9_-]{20,60})
planetscale pscale_ pscale_(?:tkn|oauth|pw)_[A-Za-z0-9_.=-]{32,64}
cloudflare cfk_,cfut_,cfat_ cf(?:k|ut|at)_[A-Za-z0-9]{36,80}
cloudflare v1.0- v1\.0-[0-9a-f]{24}-[0-9a-f]{100,200}
databricks dapi dapi[0-9a-f]{32}(?:-\d)?
doppler dp. dp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9_.-]{32,100}
neon napi_ napi_[a-z0-9]{40,80}
shopify shpat_,shpca_,shppa_,shpss_ shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}
square sq0 sq0(?:atp|csp|idp)-[A-Za-z0-9_-]{22,43}
square eaaa EAAA[A-Za-z0-9_-]{60}
telegram :aa \d{8,10}:AA[A-Za-z0-9_-]{28,40}
discord discord [MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}
discord /api/webhooks/ discord(?:app)?\.com/api/webhooks/\d{10,22}/([A-Za-z0-9_-]{40,100})
teams webhook.office.com webhook\.office\.com/(webhookb2/[A-Za-z0-9@/-]{40,300})
linear lin_ lin_(?:api|oauth)_[A-Za-z0-9]{32,64}
notion ntn_,secret_ (?:ntn_[A-Za-z0-9]{40,60}|secret_[A-Za-z0-9]{43})(?![A-Za-z0-9])
figma figd_ figd_[A-Za-z0-9_-]{36,60}
airtable pat pat[A-Za-z0-9]{14}\.[0-9a-f]{64}
postman pmak- PMAK-[0-9a-f]{24}-[0-9a-f]{34}
atlassian atatt3,atctt3,atbb (?:ATATT3[A-Za-z0-9_=-]{60,300}|ATCTT3[A-Za-z0-9_=-]{60,300}|ATBB[A-Za-z0-9]{24,60})
new-relic nrak-,nrjs-,nrii- NR(?:AK|JS|II)-[A-Za-z0-9_-]{19,40}
sentry sntrys_,sntryu_ sntry[su]_[A-Za-z0-9_=+/-]{40,400}
grafana glsa_,glc_ (?:glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}|glc_[A-Za-z0-9+/=]{32,400})
sonar sqp_,squ_,sqa_ sq[pua]_[0-9a-f]{40}
vault hvs.,hvb.,hvr. hv[sbr]\.[A-Za-z0-9_-]{20,300}
terraform .atlasv1. [A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,80}
age age-secret-key- AGE-SECRET-KEY-(?:PQ-)?1[A-Z0-9]{40,80}
tailscale tskey- tskey-[a-z]{3,10}-[A-Za-z0-9-]{10,100}
pulumi pul- pul-[0-9a-f]{40}
rubygems rubygems_ rubygems_[0-9a-f]{48}
crates cio cio[A-Za-z0-9]{32}(?![A-Za-z0-9])
nuget oy2 oy2[a-z0-9]{43}(?![A-Za-z0-9])
clojars clojars_ CLOJARS_[a-z0-9]{60}
1password ops_eyj ops_eyJ[A-Za-z0-9+/=_-]{100,2000}
artifactory akcp AKCp[A-Za-z0-9]{60,80}
plaid access- access-(?:sandbox|development|production)-[0-9a-f]{8}-[0-9a-f-]{27}
posthog phx_ phx_[A-Za-z0-9]{40,60}
easypost ezak,eztk EZ[AT]K[A-Za-z0-9]{50,60}
azure q~ [A-Za-z0-9_.~-]{3}\dQ~[A-Za-z0-9_.~-]{31,34}
azure sig= sig=([A-Za-z0-9%+/=_-]{30,200})
signature -signature= X-(?:Amz|Goog)-Signature=([0-9A-Fa-f]{32,1024})
encoded-key ls0tls1crudjti,eyj0exblijoic2vydmlj,ewogicj0exbliiaio,ewogicj0exbliioi,ewogicj0exblijog (?:LS0tLS1CRUdJTi|eyJ0eXBlIjoic2Vydmlj|ewogICJ0eXBlIjog)[A-Za-z0-9+/=]{20,20000}
`;

/** Not inside a word; after a line break written as `\n` counts as outside. */
const EDGE = String.raw`(?:(?<![A-Za-z0-9])|(?<=\\[nrt]))`;

interface TokenRow {
  readonly kind: string;
  readonly hints: readonly string[];
  readonly source: string;
  rule?: Rule;
}

let rows: readonly TokenRow[] | undefined;

/** The rules that are worth trying on a text, given in lower case. */
export function tokenRules(lower: string): Rule[] {
  rows ??= TABLE.trim().split('\n').map(readRow);
  const rules: Rule[] = [];
  let hexRun: boolean | undefined;
  for (const row of rows) {
    if (!holdsAny(lower, row.hints)) continue;
    // Literals such as `sk` and `pat` are in every second text; a long run of hex digits is not.
    if (row.source.includes('[0-9a-f]{') && !(hexRun ??= /[0-9a-f]{24}/.test(lower))) continue;
    rules.push((row.rule ??= makeRule(row)));
  }
  return rules;
}

/** Whether the text holds one of the literals. */
export function holdsAny(text: string, literals: readonly string[]): boolean {
  for (const literal of literals) if (text.includes(literal)) return true;
  return false;
}

function readRow(line: string): TokenRow {
  const [kind = '', hints = '', source = ''] = line.split(' ');
  return { kind, hints: hints.split(','), source };
}

function makeRule(row: TokenRow): Rule {
  const pattern = new RegExp(EDGE + row.source, 'g');
  return { kind: row.kind, hints: row.hints, pattern: () => pattern, keep: isSample };
}

/** Samples of documentation end so, and are published on purpose. */
function isSample(secret: string): boolean {
  return secret.endsWith('EXAMPLE') || isOneCharacter(secret.slice(-16));
}

function isOneCharacter(text: string): boolean {
  for (let i = 1; i < text.length; i++) if (text.charCodeAt(i) !== text.charCodeAt(0)) return false;
  return true;
}
