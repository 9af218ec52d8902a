import { Status } from '#test/support/wire-server.ts';
import { digest, imageId, inPath, otherDigest } from './row.ts';

/** Images as servers answer them, and how they are asked for. */
export const detail = (tag: string, since: string, more: object = {}) => ({
  ...{ registry: 'docker.io', repo: 'library/alpine', tag, fulltag: `docker.io/library/alpine:${tag}`, imageId },
  ...{ created_at: since, tag_detected_at: since, ...more },
});

export const image = {
  ...{ imageDigest: digest, parentDigest: otherDigest, analysis_status: 'analyzed', image_type: 'docker' },
  ...{ analyzed_at: '2026-01-02T03:04:05Z', annotations: { team: 'hull', keel: 'oak' } },
  image_content: {
    metadata: {
      ...{ dockerfile_mode: 'Guessed', distro: 'alpine', distro_version: '3.20' },
      image_size: 7,
      arch: 'amd64',
      layer_count: 1,
    },
  },
  image_detail: [detail('3.20', '2026-01-01T00:00:00Z')],
};

export const older = { ...image, imageDigest: otherDigest, image_detail: [detail('3.20', '2025-01-01T00:00:00Z')] };
export const state = (analysis_status: string) => [{ ...image, analysis_status }];

export const missing = new Status(404, {
  message: 'image data not found in DB',
  httpcode: 404,
  detail: { error_codes: [] },
});
export const notYet = (status: string) =>
  new Status(404, { message: `image is not analyzed - analysis_status: ${status}`, httpcode: 404, detail: {} });

export const byTag = { 'GET /images': [image] };
export const asksTag = 'GET /v1/images?fulltag=alpine%3A3.20&history=false';
export const at = `/images/${digest}`;
export const path = `/v1/images/${inPath(digest)}`;
export const base64 = (text: string) => Buffer.from(text).toString('base64');
export const content = (content: unknown) => ({ imageDigest: digest, content_type: 'x', content });

export const vulnerability = (vuln: string, severity: string, fix: string) => ({
  ...{ vuln, severity, fix, package: 'musl-1.2.5-r0', url: `https://example.test/${vuln}`, package_type: 'APKG' },
  ...{ feed_group: 'alpine:3.20', package_path: 'pkgdb', nvd_data: [{ id: 'CVE-2031-9' }, { id: 'CVE-2031-8' }] },
});
