import type { Role } from '#access/permissions.ts';
import { importKinds } from '#analysis/imports/import-operation.ts';

/** Who may call a route for the own account. */
export type Needs = 'nothing' | 'sign-in' | 'any role' | 'image' | 'policy' | 'manage' | 'admin';

/** Values of path parameters, by their names. */
export type Values = Readonly<Record<string, string>>;

/**
 * What the table says of a route: who may call it, and what a user in full control of another account gets who names this
 * account's things. `nothing of it`: an answer of 200, 400 or 409 in which nothing of this account stands.
 */
export interface TenantLine {
  readonly needs: Needs;
  readonly stranger: 403 | 404 | 'nothing of it';
  /** The answer says the digest that was asked for again. */
  readonly echoes?: true;
  /** Each answer is a new thing, of which no two are the same. */
  readonly makes?: true;
  /** With which it is a question that can be answered; of values of path parameters where it names a thing. */
  readonly query?: string | ((values: Values) => string);
  /** With which the stranger asks for it. */
  readonly body?: (values: Values) => unknown;
}

const everybody: TenantLine = { needs: 'nothing', stranger: 'nothing of it' };
const own: TenantLine = { needs: 'sign-in', stranger: 'nothing of it' };
const list: TenantLine = { needs: 'any role', stranger: 'nothing of it' };
const ofImage: TenantLine = { needs: 'any role', stranger: 404 };
const check: TenantLine = { ...ofImage, query: '?tag=example.test/a:b' };
const managed: TenantLine = { needs: 'manage', stranger: 403 };
const adminOnly: TenantLine = { needs: 'admin', stranger: 403 };

/** Paths below an image, which is named by `{digest}` or `by_id/{imageId}`. */
const belowImage: Readonly<Record<string, TenantLine>> = {
  '': ofImage,
  '/content': ofImage,
  '/content/{ctype}': ofImage,
  '/metadata': ofImage,
  '/metadata/{mtype}': ofImage,
  '/artifacts/retrieved_files': ofImage,
  '/artifacts/file_content_search': ofImage,
  '/artifacts/secret_search': ofImage,
  '/vuln': ofImage,
  '/vuln/{vtype}': ofImage,
  '/check': check,
};

/** Every route there is. A new one fails until somebody has thought about who may call it. */
export const tenantLines: Readonly<Record<string, TenantLine>> = {
  'GET /': everybody,
  'GET /health': everybody,
  'GET /version': everybody,
  'GET /swagger.json': everybody,
  'GET /openapi.json': everybody,
  'POST /oauth/token': everybody,
  'GET /status': own,
  'GET /system': own,
  'GET /system/services': adminOnly,
  'GET /system/services/{servicename}': adminOnly,
  'GET /system/services/{servicename}/{hostid}': adminOnly,
  'DELETE /system/services/{servicename}/{hostid}': adminOnly,
  'GET /system/error_codes': own,
  'GET /system/policy_spec': own,
  'GET /metrics': adminOnly,
  'GET /system/feeds': own,
  // Not of the form, so that nothing is fetched.
  'POST /system/feeds': { ...adminOnly, query: '?sync=perhaps' },
  'PUT /system/feeds/{feed}': adminOnly,
  'PUT /system/feeds/{feed}/{group}': adminOnly,
  'DELETE /system/feeds/{feed}': adminOnly,
  'DELETE /system/feeds/{feed}/{group}': adminOnly,
  // Back from an archive, where it is one's own.
  'POST /images': { needs: 'image', stranger: 404, body: ({ digest }) => ({ source: { archive: { digest } } }) },
  'GET /images': list,
  'DELETE /images': {
    ...{ needs: 'image', stranger: 'nothing of it', echoes: true },
    query: ({ digest }) => `?imageDigests=${digest}`,
  },
  'DELETE /images/{digest}': { needs: 'image', stranger: 'nothing of it', echoes: true },
  'DELETE /images/by_id/{imageId}': { needs: 'image', stranger: 'nothing of it' },
  ...Object.fromEntries(
    ['/images/{digest}', '/images/by_id/{imageId}'].flatMap((image) =>
      Object.entries(belowImage).map(([path, line]) => [`GET ${image}${path}`, line]),
    ),
  ),
  'GET /images/{digest}/sboms/native': ofImage,
  'GET /query/images/by_package': { ...list, query: '?name=musl' },
  'GET /query/images/by_vulnerability': { ...list, query: '?vulnerability_id=CVE-2031-0001' },
  'GET /query/vulnerabilities': { ...own, query: '?id=CVE-2031-0001' },
  'GET /summaries/imagetags': list,
  'GET /policies': list,
  'POST /policies': { needs: 'policy', stranger: 'nothing of it' },
  'GET /policies/{policyId}': { needs: 'any role', stranger: 404 },
  'PUT /policies/{policyId}': {
    ...{ needs: 'policy', stranger: 404 },
    body: ({ policyId }) => ({ policyId, policybundle: { id: policyId, version: '1_0', policies: [], mappings: [] } }),
  },
  'DELETE /policies/{policyId}': { needs: 'policy', stranger: 404 },
  'GET /enterprise/corrections': list,
  'POST /enterprise/corrections': { needs: 'policy', stranger: 'nothing of it' },
  'GET /enterprise/corrections/{correctionId}': { needs: 'any role', stranger: 404 },
  'DELETE /enterprise/corrections/{correctionId}': { needs: 'policy', stranger: 404 },
  'GET /registries': list,
  'POST /registries': { needs: 'manage', stranger: 'nothing of it' },
  'GET /registries/{registry}': { needs: 'any role', stranger: 404 },
  'PUT /registries/{registry}': {
    ...{ needs: 'manage', stranger: 404, query: '?validate=false' },
    body: ({ registry }) => ({ registry, registry_user: 'u', registry_pass: 'mine', registry_type: 'docker_v2' }),
  },
  'DELETE /registries/{registry}': { needs: 'manage', stranger: 'nothing of it' },
  'GET /accounts': adminOnly,
  'POST /accounts': adminOnly,
  'GET /accounts/{accountname}': { needs: 'any role', stranger: 403 },
  'DELETE /accounts/{accountname}': adminOnly,
  'PUT /accounts/{accountname}/state': adminOnly,
  'GET /account': list,
  'GET /accounts/{accountname}/users': managed,
  'POST /accounts/{accountname}/users': managed,
  'GET /accounts/{accountname}/users/{username}': managed,
  'DELETE /accounts/{accountname}/users/{username}': managed,
  'GET /accounts/{accountname}/users/{username}/credentials': managed,
  'POST /accounts/{accountname}/users/{username}/credentials': managed,
  'DELETE /accounts/{accountname}/users/{username}/credentials': managed,
  'GET /accounts/{accountname}/users/{username}/api-keys': managed,
  'DELETE /accounts/{accountname}/users/{username}/api-keys/{keyId}': managed,
  'GET /accounts/{accountname}/members': managed,
  'PUT /accounts/{accountname}/members/{username}': managed,
  'DELETE /accounts/{accountname}/members/{username}': managed,
  'GET /roles': own,
  'GET /user': own,
  'GET /user/credentials': own,
  'POST /user/credentials': own,
  'GET /user/api-keys': own,
  'POST /user/api-keys': own,
  'DELETE /user/api-keys/{keyId}': { needs: 'sign-in', stranger: 404 },
  'GET /events': list,
  'DELETE /events': { needs: 'manage', stranger: 'nothing of it' },
  'GET /events/{eventId}': ofImage,
  'GET /events/{eventId}/details': ofImage,
  'DELETE /events/{eventId}': { needs: 'manage', stranger: 404 },
  'GET /event_types': list,
  'GET /subscriptions': list,
  'POST /subscriptions': { needs: 'image', stranger: 'nothing of it' },
  'POST /repositories': { needs: 'image', stranger: 'nothing of it' },
  'GET /subscriptions/{subscriptionId}': list,
  'PUT /subscriptions/{subscriptionId}': { needs: 'image', stranger: 404, body: () => ({ active: true }) },
  'DELETE /subscriptions/{subscriptionId}': { needs: 'image', stranger: 'nothing of it' },
  'GET /archives': list,
  'GET /archives/images': list,
  'POST /archives/images': {
    ...{ needs: 'image', stranger: 'nothing of it', echoes: true },
    body: ({ digest }) => [digest],
  },
  'GET /archives/images/{imageDigest}': ofImage,
  'DELETE /archives/images/{imageDigest}': { needs: 'image', stranger: 404 },
  'POST /import/images': { needs: 'image', stranger: 'nothing of it' },
  'GET /imports/images': { needs: 'image', stranger: 'nothing of it' },
  'POST /imports/images': { needs: 'image', stranger: 'nothing of it', makes: true },
  'GET /imports/images/{operation_id}': { needs: 'image', stranger: 404 },
  'DELETE /imports/images/{operation_id}': { needs: 'image', stranger: 404 },
  ...Object.fromEntries(
    importKinds.flatMap((kind) =>
      ['GET', 'POST'].map((method): [string, TenantLine] => [
        `${method} /imports/images/{operation_id}/${kind}`,
        { needs: 'image', stranger: 404 },
      ]),
    ),
  ),
  'GET /archives/rules': list,
  'POST /archives/rules': { needs: 'manage', stranger: 'nothing of it' },
  'GET /archives/rules/{ruleId}': ofImage,
  'DELETE /archives/rules/{ruleId}': { needs: 'manage', stranger: 404 },
  'GET /notifications/channels': list,
  'POST /notifications/channels': { needs: 'manage', stranger: 'nothing of it' },
  'GET /notifications/channels/{channelId}': { needs: 'any role', stranger: 404 },
  'PUT /notifications/channels/{channelId}': { needs: 'manage', stranger: 404, body: () => ({ enabled: false }) },
  'DELETE /notifications/channels/{channelId}': { needs: 'manage', stranger: 'nothing of it' },
  'POST /notifications/channels/{channelId}/test': { needs: 'manage', stranger: 404 },
  'GET /notifications/deliveries': list,
  'POST /notifications/deliveries/{deliveryId}/resend': { needs: 'manage', stranger: 404 },
  'POST /system/webhooks/{webhook_type}/test': adminOnly,
  'POST /hooks/eventbridge': adminOnly,
};

/** Which roles of an account each need is met by. */
export const rolesFor: Readonly<Record<Needs, readonly Role[]>> = {
  nothing: ['read-only', 'image-developer', 'policy-editor', 'full-control'],
  'sign-in': ['read-only', 'image-developer', 'policy-editor', 'full-control'],
  'any role': ['read-only', 'image-developer', 'policy-editor', 'full-control'],
  image: ['image-developer', 'full-control'],
  policy: ['policy-editor', 'full-control'],
  manage: ['full-control'],
  admin: [],
};
