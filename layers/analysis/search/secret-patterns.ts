import type { NamedPattern } from '../analysis-settings.ts';

/** A pattern of secrets; `files` are the names of the only files that it is meant for, any file where left out. */
export interface SecretPattern extends NamedPattern {
  readonly files?: readonly string[];
}

/**
 * What is looked for in each image. The first five are those of Anchore Engine, names and patterns to the letter: policies
 * name them, clients show them. All others are tokens whose issuers gave them a prefix and a length, so that nothing else
 * looks like them, and files whose only purpose is to hold a password. Examples of manuals are left out where they are known
 * (`EXAMPLE`, rows of x or 0, the account of the Azure emulator). Tokens that say when they end (JWT) are not looked for:
 * most that lie in images are samples.
 */
export const secretPatterns: readonly SecretPattern[] = [
  {
    name: 'AWS_ACCESS_KEY',
    regex: '(?i).*aws_access_key_id( *=+ *).*(?<![A-Z0-9])[A-Z0-9]{20}(?![A-Z0-9]).*',
  },
  {
    name: 'AWS_SECRET_KEY',
    regex: '(?i).*aws_secret_access_key( *=+ *).*(?<![A-Za-z0-9/+=])[A-Za-z0-9/+=]{40}(?![A-Za-z0-9/+=]).*',
  },
  { name: 'PRIV_KEY', regex: '(?i)-+BEGIN(.*)PRIVATE KEY-+' },
  { name: 'DOCKER_AUTH', regex: '(?i).*"auth": *".+"' },
  {
    name: 'API_KEY',
    regex: '(?i).*api(-|_)key( *=+ *).*(?<![A-Z0-9])[A-Z0-9]{20,60}(?![A-Z0-9]).*',
  },

  // Private keys that stand elsewhere than at the start of a line, or in other armour.
  { name: 'PRIVATE_KEY_INDENTED', regex: '[ \\t]+-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY( BLOCK)?-----[ \\t]*$' },
  {
    name: 'PRIVATE_KEY_INLINE',
    regex: '.*-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY-----(\\\\r)?(\\\\n| )[A-Za-z0-9+/=]{32}',
  },
  { name: 'PGP_PRIVATE_KEY', regex: '-----BEGIN PGP PRIVATE KEY BLOCK-----' },
  { name: 'PUTTY_PRIVATE_KEY', regex: 'PuTTY-User-Key-File-[123]: ' },
  { name: 'AGE_SECRET_KEY', regex: token('AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}') },
  { name: 'GCP_SERVICE_ACCOUNT', regex: '.*"private_key": *"-----BEGIN (RSA )?PRIVATE KEY-----\\\\n[A-Za-z0-9+/]{32}' },

  // Tokens of providers.
  { name: 'AWS_KEY_ID', regex: token('(AKIA|ASIA)(?![A-Z2-7]*EXAMPLE)[A-Z2-7]{16}') },
  {
    name: 'AZURE_STORAGE_KEY',
    regex: '.*AccountKey=(?!Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6)[A-Za-z0-9+/]{86}==',
  },
  { name: 'GOOGLE_API_KEY', regex: token('AIza(?!([A-Za-z0-9_-])*[xX]{8})[A-Za-z0-9_-]{35}') },
  { name: 'GITHUB_TOKEN', regex: token('(ghp|gho|ghu|ghs|ghr)_(?![xX0]{8})[A-Za-z0-9]{36}') },
  { name: 'GITHUB_FINE_GRAINED_TOKEN', regex: token('github_pat_(?![xX0]{8})[A-Za-z0-9]{22}_[A-Za-z0-9]{59}') },
  {
    name: 'GITLAB_TOKEN',
    regex: token('(glpat|gldt|glrt|glsoat|glptt)-(?![xX0]{8})[A-Za-z0-9_-]{20,300}(\\.[0-9a-z]{2}\\.[0-9a-z]{9})?'),
  },
  {
    name: 'SLACK_TOKEN',
    regex: token('(xoxb|xoxp|xoxa|xoxr|xoxe)-([0-9]{10,13}-){1,3}(?![xX0]{8})[A-Za-z0-9]{24,64}'),
  },
  { name: 'SLACK_APP_TOKEN', regex: token('xapp-[0-9]-[A-Z0-9]{9,13}-[0-9]{10,13}-[a-f0-9]{64}') },
  {
    name: 'SLACK_WEBHOOK',
    regex: '.*hooks\\.slack\\.com/services/T(?!0{8})[A-Z0-9]{8,12}/B[A-Z0-9]{8,12}/(?![xX]{8})[A-Za-z0-9]{24}',
  },
  { name: 'STRIPE_KEY', regex: token('(sk|rk)_live_(?![xX0]{8})[A-Za-z0-9]{24,247}') },
  { name: 'SENDGRID_KEY', regex: token('SG\\.(?![xX]{8})[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{43}') },
  {
    name: 'TWILIO_TOKEN',
    regex: '.*(?i:twilio)[A-Za-z_]{0,30}["\']? *[=:] *["\']?(?![xX0]{8})(SK)?[0-9a-f]{32}(?![A-Za-z0-9])',
  },
  { name: 'NPM_TOKEN', regex: token('npm_(?![xX0]{8})[A-Za-z0-9]{36}') },
  { name: 'PYPI_TOKEN', regex: token('pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,1000}') },
  { name: 'DOCKER_HUB_TOKEN', regex: token('dckr_(pat|oat)_(?![xX0]{8})[A-Za-z0-9_-]{27,64}') },
  { name: 'HUGGING_FACE_TOKEN', regex: token('(hf_|api_org_)(?![xX]{8})[A-Za-z]{34}') },
  {
    name: 'OPENAI_KEY',
    regex: token('sk-(proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,100}T3BlbkFJ[A-Za-z0-9_-]{20,100}'),
  },
  { name: 'ANTHROPIC_KEY', regex: token('sk-ant-(api|admin|oat)[0-9]{2}-(?![xX]{8})[A-Za-z0-9_-]{80,120}') },
  { name: 'DIGITALOCEAN_TOKEN', regex: token('(dop|doo|dor)_v1_[a-f0-9]{64}') },
  { name: 'VAULT_TOKEN', regex: token('(hvs|hvb)\\.[A-Za-z0-9_-]{90,200}') },

  // Files that hold credentials. A variable (`${NPM_TOKEN}`) is none.
  {
    name: 'NPMRC_AUTH',
    regex: '(.*:)?_(authToken|auth|password) *= *["\']?[A-Za-z0-9+/_.~-]{8}',
    files: ['.npmrc', 'npmrc'],
  },
  { name: 'YARNRC_AUTH', regex: '.*npmAuth(Token|Ident): *["\']?[A-Za-z0-9+/_.~:-]{8}', files: ['.yarnrc.yml'] },
  { name: 'NETRC_PASSWORD', regex: '(.*\\s)?password\\s+[^\\s$]', files: ['.netrc', '_netrc'] },
  { name: 'PGPASS_PASSWORD', regex: '[^#:\\s][^:]*:[^:]*:[^:]*:[^:]*:[^\\s$]', files: ['.pgpass', 'pgpass.conf'] },
  { name: 'PYPIRC_PASSWORD', regex: '\\s*password\\s*[=:]\\s*[^\\s$]', files: ['.pypirc'] },
  { name: 'GIT_CREDENTIALS', regex: 'https?://[^:@/\\s]+:[^@\\s$]+@', files: ['.git-credentials'] },
];

/** A token anywhere in a line, as a word of its own. */
function token(form: string): string {
  return `.*(?<![A-Za-z0-9_-])${form}(?![A-Za-z0-9_-])`;
}
