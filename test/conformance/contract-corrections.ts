import type { Sent } from './check-schema.ts';
import type { Schema } from './contract.ts';

/**
 * Where the original's own description is wrong and its answers, its tests and its client say otherwise: by operation for whole
 * answers, by definition and property for parts.
 */
export const contractCorrections: Readonly<Record<string, { readonly holds: Schema | Sent; readonly why: string }>> = {
  ApiErrorResponse: {
    holds: {
      type: 'object',
      properties: {
        message: { type: 'string' },
        httpcode: { type: 'integer' },
        detail: { type: 'object', properties: { error_codes: { type: 'array', items: { type: 'string' } } } },
      },
    },
    why: 'clients read message, httpcode and detail; code and error_type are never sent',
  },
  TokenResponse: {
    holds: {
      type: 'object',
      properties: {
        access_token: { type: 'string' },
        token_type: { enum: ['Bearer'] },
        expires_in: { type: 'integer' },
      },
    },
    why: 'the answer is that of OAuth 2 (RFC 6749, 5.1)',
  },
  'POST /accounts/{}/users/{}/credentials': {
    holds: { ref: 'AccessCredential' },
    why: 'it answers the credential, masked',
  },
  'POST /user/credentials': { holds: { ref: 'AccessCredential' }, why: 'it answers the credential, masked' },
  'DELETE /accounts/{}': {
    holds: { type: 'object', properties: { state: { enum: ['deleting'] } } },
    why: '200 with the state, and not 204',
  },
  'PUT /system/feeds/{}/{}': {
    holds: { ref: 'FeedGroupMetadata' },
    why: 'one group as an object: the client puts it into a list itself',
  },
  'EventCategory.category': { holds: 'absent', why: 'the key is name' },
  'VulnerableImage.affected_packages': { holds: 'absent', why: 'the key is vulnerable_packages' },
  'ImageReference.digest': { holds: 'absent', why: 'the key is imageDigest' },
  'ImageReference.id': { holds: 'absent', why: 'the key is imageId' },
  'RegistryConfiguration.last_upated': { holds: 'absent', why: 'mistyped: the key is last_updated' },
  'AnchoreImage.record_version': { holds: 'absent', why: 'declared and never sent' },
  'AnchoreImage.image_status': {
    holds: { enum: ['active', 'deleting'] },
    why: 'inactive and disabled never occur, deleting does',
  },
  'ServiceVersion.api.version': { holds: 'absent', why: 'api is empty' },
  'EventResponse.event.category': { holds: 'absent', why: 'the category is the beginning of the type' },
  ImportContentDigestList: {
    holds: {
      type: 'array',
      items: {
        type: 'object',
        properties: { digest: { type: 'string' }, created_at: { type: 'string', format: 'date-time' } },
      },
    },
    why: 'items are objects and not texts',
  },
  'Account.email': { holds: 'nullable', why: 'an account needs no address' },
  'User.source': { holds: 'nullable', why: 'null for users of its own' },
  ...Object.fromEntries(
    ['PolicyBundle', 'Policy', 'PolicyRule', 'Whitelist', 'WhitelistItem', 'MappingRule', 'ImageSelectionRule'].map(
      (name) => [`${name}.*`, { holds: 'optional' as const, why: 'a bundle is given back as it came' }],
    ),
  ),
  'ContentPackageResponse.content.size': { holds: 'optional', why: 'only packages of distributions know theirs' },
  'ContentPackageResponse.content.location': { holds: 'optional', why: 'packages of distributions have none' },
  'PaginationProperties.next_page': { holds: 'optional', why: 'the last page has none' },
  'ImageReference.tag_history': {
    holds: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          registry: { type: 'string' },
          repo: { type: 'string' },
          tag: { type: 'string' },
          fulltag: { type: 'string' },
          tag_detected_at: { type: 'string', format: 'date-time' },
        },
      },
    },
    why: 'tags of queries have the keys of image_detail, those of archives others',
  },
  'PackageReference.will_not_fix': { holds: 'optional', why: 'said of vulnerabilities, not of packages of images' },
  'EventResponse.event.source.request_id': { holds: 'nullable', why: 'what no request brought about' },
  'AnalysisArchiveSummary.last_updated': { holds: 'nullable', why: 'of an empty archive' },
  'AnalysisArchiveRulesSummary.last_updated': { holds: 'nullable', why: 'of no rules' },
  'AnalysisArchiveTransitionRule.max_images_per_account': {
    holds: 'nullable',
    why: 'the client indexes it, few rules have one',
  },
  'ImageImportOperation.status': {
    holds: { enum: ['pending', 'processing', 'complete', 'failed', 'expired', 'invalidated'] },
    why: 'invalidated occurs, queued does not',
  },
};
