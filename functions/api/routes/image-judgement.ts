import { ecosystems } from '#core/ecosystem.ts';
import { Fault } from '#core/fault.ts';
import { judgeReport } from '#matching/judge-report.ts';
import { evaluateTag } from '#policy/evaluate-image.ts';
import { checkResult } from '#policy/check-result.ts';
import { formatReference, parseReference } from '#registry/reference.ts';
import { imageVulnerabilities, policyEvaluations, vulnerabilityTypes } from '#schema/api/images.ts';
import type { Finding } from '#schema/finding.ts';
import { analyzedImage, storedImage } from '../find-stored.ts';
import { isoSeconds } from '../image-record.ts';
import type { Call, Route } from '../route.ts';
import { vulnerabilityItem } from '../vulnerability-item.ts';

const checkQuery = {
  tag: 'the tag to evaluate it under (required)',
  policyId: 'another bundle than the active one',
  detail: 'with the rows and the bundle (default true)',
  interactive: 'evaluate without storing',
};

const vulnQuery = { vendor_only: 'leave out what the vendor will not fix (default true)' };

const path = (rest: string) => [`/images/{digest}${rest}`, `/images/by_id/{imageId}${rest}`];

export const imageJudgementRoutes: readonly Route[] = [
  ...path('/vuln').map((one) => ({
    method: 'GET' as const,
    path: one,
    summary: 'Types of vulnerabilities that can be asked for',
    access: 'user' as const,
    answer: vulnerabilityTypes,
    handle: async (call: Call) => (await storedImage(call)) && ['os', 'non-os', 'all'],
  })),
  ...path('/vuln/{vtype}').map((one) => ({
    method: 'GET' as const,
    path: one,
    summary: 'Vulnerabilities of an image, judged now by what the feeds say now',
    access: 'user' as const,
    query: vulnQuery,
    answer: imageVulnerabilities,
    handle: vulnerabilities,
  })),
  ...path('/check').map((one) => ({
    method: 'GET' as const,
    path: one,
    summary: 'Policy evaluation of an image under a tag',
    access: 'user' as const,
    query: checkQuery,
    answer: policyEvaluations,
    handle: check,
  })),
];

const kinds: Readonly<Record<string, (finding: Finding) => boolean>> = {
  os: (finding) => ecosystems[finding.package.type].os,
  'non-os': (finding) => !ecosystems[finding.package.type].os,
  all: () => true,
};

async function vulnerabilities(call: Call) {
  const type = call.params['vtype'] ?? '';
  const wanted = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
  if (wanted === undefined)
    throw new Fault('state/not-found', `vulnerability type (${type.slice(0, 40)}) is none of os, non-os, all`);
  const { image, report } = await analyzedImage(call);
  const { findings } = await judgeReport(call.world, report, { offline: true, maxAgeMs: Number.MAX_SAFE_INTEGER });
  const all = call.query.get('vendor_only')?.toLowerCase() === 'false';
  return {
    imageDigest: image.digest,
    vulnerability_type: type,
    vulnerabilities: findings.filter((one) => wanted(one) && (all || one.state !== 'wont-fix')).map(vulnerabilityItem),
  };
}

async function check(call: Call) {
  const asked = call.query.get('tag');
  if (asked === null || asked === '')
    throw new Fault('input/invalid', "give 'tag': the tag to evaluate the image under");
  const tag = formatReference({ ...parseReference(asked), digest: null });
  const { image, report } = await analyzedImage(call);
  const { verdict, bundle, evaluatedAt } = await evaluateTag(call.world, image, report, tag, {
    policyId: call.query.get('policyId'),
    store: call.query.get('interactive')?.toLowerCase() !== 'true',
  });
  const withDetail = call.query.get('detail')?.toLowerCase() !== 'false';
  const evaluation = {
    policyId: verdict.policyId,
    status: verdict.status,
    last_evaluation: isoSeconds(evaluatedAt),
    detail: withDetail
      ? { policy: bundle, result: checkResult(verdict, bundle, { account: image.account, at: evaluatedAt }) }
      : {},
  };
  return [{ [image.digest]: { [tag]: [evaluation] } }];
}
