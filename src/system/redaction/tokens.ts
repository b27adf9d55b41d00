// Secrets that are known by their own look: a fixed prefix and a run of characters.

import type { Rule } from './rule.ts';

/** Samples of documentation end so, and are published on purpose. */
const isSample = (secret: string): boolean => secret.endsWith('EXAMPLE') || isOneCharacter(secret.slice(-16));

/** Not inside a word; after a line break written as `\n` counts as outside. */
const EDGE = String.raw`(?:(?<![A-Za-z0-9])|(?<=\\[nrt]))`;

const row = (kind: string, hints: string, source: string, flags = 'g'): Rule => {
  let compiled: RegExp | undefined;
  return {
    kind,
    hints: hints.split(' '),
    pattern: () => (compiled ??= new RegExp(EDGE + source, flags)),
    keep: isSample,
  };
};

export const TOKEN_RULES: readonly Rule[] = [
  row('aws', 'akia asia abia acca', String.raw`(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])`),
  row('aws', 'fwog iqoj', String.raw`(?:FwoG|IQoJ)[A-Za-z0-9/+=]{80,4000}`),
  row('aws', 'absk', String.raw`ABSK[A-Za-z0-9+/]{100,200}={0,2}`),
  row('github', 'ghp_ gho_ ghu_ ghs_ ghr_', String.raw`gh[pousr]_[A-Za-z0-9][A-Za-z0-9_.-]{34,2000}`),
  row('github', 'github_pat_', String.raw`github_pat_[A-Za-z0-9_]{22,255}`),
  row(
    'gitlab',
    'glpat- gldt- glrt- glrtr- glcbt- glptt- glft- glsoat- glagent- gloas- glimt- glffct- gr1348941',
    String.raw`(?:gl(?:pat|dt|rtr?|cbt|ptt|ft|soat|agent|oas|imt|ffct)-|GR1348941)[A-Za-z0-9_=.-]{18,500}`,
  ),
  row('slack', 'xox', String.raw`xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{10,300}`),
  row('slack', 'xapp-', String.raw`xapp-\d-[A-Za-z0-9-]{20,300}`),
  row(
    'slack',
    'hooks.slack.com',
    String.raw`hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9]{6,20}/[A-Za-z0-9]{6,24}/([A-Za-z0-9/]{8,80})`,
  ),
  row('stripe', 'sk_live_ sk_test_ rk_live_ rk_test_', String.raw`[sr]k_(?:live|test)_[A-Za-z0-9]{10,255}`),
  row('webhook-secret', 'whsec_', String.raw`whsec_[A-Za-z0-9+/=]{20,120}`),
  row('anthropic', 'sk-ant-', String.raw`sk-ant-[a-z]{2,8}\d{0,3}-[A-Za-z0-9_-]{16,300}`),
  row('openai', 'sk-', String.raw`sk-(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{20,300}`),
  row('api-key', 'sk-', String.raw`sk-(?:or-v1-|lf-|litellm-)?[A-Za-z0-9]{20,200}(?![A-Za-z0-9-])`),
  row('google', 'aiza', String.raw`AIza[A-Za-z0-9_-]{30,60}`),
  row('google', 'ya29.', String.raw`ya29\.[A-Za-z0-9_.-]{20,3000}`),
  row('google', 'gocspx-', String.raw`GOCSPX-[A-Za-z0-9_-]{20,60}`),
  row('google', '1//0', String.raw`1//0[A-Za-z0-9_-]{30,200}`),
  row('npm', 'npm_', String.raw`npm_[A-Za-z0-9]{30,64}`),
  row('pypi', 'pypi-', String.raw`pypi-[A-Za-z0-9_-]{50,500}`),
  row(
    'jwt',
    'eyj',
    String.raw`(?<![A-Za-z0-9_-]{2})eyJ[A-Za-z0-9_-]{10,8000}\.eyJ[A-Za-z0-9_-]{4,16000}\.[A-Za-z0-9_-]{8,2000}`,
  ),
  row(
    'jwt',
    'eyj',
    String.raw`(?<![A-Za-z0-9_-]{2})eyJ[A-Za-z0-9_-]{10,2000}\.\.[A-Za-z0-9_-]{8,100}\.[A-Za-z0-9_-]{8,16000}\.[A-Za-z0-9_-]{8,200}`,
  ),
  row('sendgrid', 'sg.', String.raw`SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64}`),
  row('mailgun', 'key-', String.raw`key-[0-9a-f]{32}(?![A-Za-z0-9])`),
  row('mailchimp', '-us', String.raw`[0-9a-f]{32}-us\d{1,2}(?![A-Za-z0-9])`),
  row('brevo', 'xkeysib-', String.raw`xkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16}`),
  row('resend', 're_', String.raw`re_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,40}`),
  row('twilio', 'sk', String.raw`SK[0-9a-f]{32}(?![A-Za-z0-9])`),
  row('huggingface', 'hf_ api_org_', String.raw`(?:hf_|api_org_)[A-Za-z0-9]{30,64}`),
  row('replicate', 'r8_', String.raw`r8_[A-Za-z0-9]{30,60}`),
  row('groq', 'gsk_', String.raw`gsk_[A-Za-z0-9]{40,80}`),
  row('xai', 'xai-', String.raw`xai-[A-Za-z0-9]{40,120}`),
  row('perplexity', 'pplx-', String.raw`pplx-[A-Za-z0-9]{40,80}`),
  row('nvidia', 'nvapi-', String.raw`nvapi-[A-Za-z0-9_-]{40,120}`),
  row('pinecone', 'pcsk_', String.raw`pcsk_[A-Za-z0-9_]{40,120}`),
  row('tavily', 'tvly-', String.raw`tvly-[A-Za-z0-9-]{20,60}`),
  row('langsmith', 'lsv2_', String.raw`lsv2_[a-z]{2}_[0-9a-f]{32}_[0-9a-f]{10}`),
  row('docker', 'dckr_', String.raw`dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,80}`),
  row('digitalocean', '_v1_', String.raw`do[opr]_v1_[0-9a-f]{40,64}`),
  row('heroku', 'hrku-', String.raw`HRKU-[A-Za-z0-9_-]{30,80}`),
  row('fly', 'fm1_ fm2_ fm1r_ fm1a_', String.raw`fm[12][ar]?_[A-Za-z0-9+/=_-]{40,2000}`),
  row('netlify', 'nfp_', String.raw`nfp_[A-Za-z0-9]{30,60}`),
  row('vercel', 'vcp_ vci_ vca_ vcr_ vck_ vercel_', String.raw`(?:vc[piark]_|vercel_[a-z]{2,12}_)[A-Za-z0-9_]{24,80}`),
  row('supabase', 'sbp_ sb_secret_', String.raw`(?:sbp_[0-9a-f]{40}|sb_secret_[A-Za-z0-9_-]{20,60})`),
  row('planetscale', 'pscale_', String.raw`pscale_(?:tkn|oauth|pw)_[A-Za-z0-9_.=-]{32,64}`),
  row('cloudflare', 'cfk_ cfut_ cfat_', String.raw`cf(?:k|ut|at)_[A-Za-z0-9]{36,80}`),
  row('cloudflare', 'v1.0-', String.raw`v1\.0-[0-9a-f]{24}-[0-9a-f]{100,200}`),
  row('databricks', 'dapi', String.raw`dapi[0-9a-f]{32}(?:-\d)?`),
  row('doppler', 'dp.', String.raw`dp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9_.-]{32,100}`),
  row('neon', 'napi_', String.raw`napi_[a-z0-9]{40,80}`),
  row('shopify', 'shpat_ shpca_ shppa_ shpss_', String.raw`shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}`),
  row('square', 'sq0', String.raw`sq0(?:atp|csp|idp)-[A-Za-z0-9_-]{22,43}`),
  row('square', 'eaaa', String.raw`EAAA[A-Za-z0-9_-]{60}`),
  row('telegram', ':aa', String.raw`\d{8,10}:AA[A-Za-z0-9_-]{28,40}`),
  row('discord', 'discord', String.raw`[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}`),
  row('discord', '/api/webhooks/', String.raw`discord(?:app)?\.com/api/webhooks/\d{10,22}/([A-Za-z0-9_-]{40,100})`),
  row('teams', 'webhook.office.com', String.raw`webhook\.office\.com/(webhookb2/[A-Za-z0-9@/-]{40,300})`),
  row('linear', 'lin_', String.raw`lin_(?:api|oauth)_[A-Za-z0-9]{32,64}`),
  row('notion', 'ntn_ secret_', String.raw`(?:ntn_[A-Za-z0-9]{40,60}|secret_[A-Za-z0-9]{43})(?![A-Za-z0-9])`),
  row('figma', 'figd_', String.raw`figd_[A-Za-z0-9_-]{36,60}`),
  row('airtable', 'pat', String.raw`pat[A-Za-z0-9]{14}\.[0-9a-f]{64}`),
  row('postman', 'pmak-', String.raw`PMAK-[0-9a-f]{24}-[0-9a-f]{34}`),
  row(
    'atlassian',
    'atatt3 atctt3 atbb',
    String.raw`(?:ATATT3[A-Za-z0-9_=-]{60,300}|ATCTT3[A-Za-z0-9_=-]{60,300}|ATBB[A-Za-z0-9]{24,60})`,
  ),
  row('new-relic', 'nrak- nrjs- nrii-', String.raw`NR(?:AK|JS|II)-[A-Za-z0-9_-]{19,40}`),
  row('sentry', 'sntrys_ sntryu_', String.raw`sntry[su]_[A-Za-z0-9_=+/-]{40,400}`),
  row('grafana', 'glsa_ glc_', String.raw`(?:glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}|glc_[A-Za-z0-9+/=]{32,400})`),
  row('sonar', 'sqp_ squ_ sqa_', String.raw`sq[pua]_[0-9a-f]{40}`),
  row('vault', 'hvs. hvb. hvr.', String.raw`hv[sbr]\.[A-Za-z0-9_-]{20,300}`),
  row('terraform', '.atlasv1.', String.raw`[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,80}`),
  row('age', 'age-secret-key-', String.raw`AGE-SECRET-KEY-(?:PQ-)?1[A-Z0-9]{40,80}`),
  row('tailscale', 'tskey-', String.raw`tskey-[a-z]{3,10}-[A-Za-z0-9-]{10,100}`),
  row('pulumi', 'pul-', String.raw`pul-[0-9a-f]{40}`),
  row('rubygems', 'rubygems_', String.raw`rubygems_[0-9a-f]{48}`),
  row('crates', 'cio', String.raw`cio[A-Za-z0-9]{32}(?![A-Za-z0-9])`),
  row('nuget', 'oy2', String.raw`oy2[a-z0-9]{43}(?![A-Za-z0-9])`),
  row('clojars', 'clojars_', String.raw`CLOJARS_[a-z0-9]{60}`),
  row('1password', 'ops_eyj', String.raw`ops_eyJ[A-Za-z0-9+/=_-]{100,2000}`),
  row('artifactory', 'akcp', String.raw`AKCp[A-Za-z0-9]{60,80}`),
  row('plaid', 'access-', String.raw`access-(?:sandbox|development|production)-[0-9a-f]{8}-[0-9a-f-]{27}`),
  row('posthog', 'phx_', String.raw`phx_[A-Za-z0-9]{40,60}`),
  row('easypost', 'ezak eztk', String.raw`EZ[AT]K[A-Za-z0-9]{50,60}`),
  row('azure', 'q~', String.raw`[A-Za-z0-9_.~-]{3}\dQ~[A-Za-z0-9_.~-]{31,34}`),
  row('azure', 'sig=', String.raw`sig=([A-Za-z0-9%+/=_-]{30,200})`),
  row('signature', '-signature=', String.raw`X-(?:Amz|Goog)-Signature=([0-9A-Fa-f]{32,1024})`),
  row(
    'encoded-key',
    'ls0tls1crudjti eyj0exblijoic2vydmlj ewogicj0exbliiaio ewogicj0exbliioi ewogicj0exblijog',
    String.raw`(?:LS0tLS1CRUdJTi|eyJ0eXBlIjoic2Vydmlj|ewogICJ0eXBlIjog)[A-Za-z0-9+/=]{20,20000}`,
  ),
];

function isOneCharacter(text: string): boolean {
  for (let i = 1; i < text.length; i++) if (text.charCodeAt(i) !== text.charCodeAt(0)) return false;
  return true;
}
