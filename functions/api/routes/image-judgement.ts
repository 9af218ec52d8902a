import { ecosystems } from '#core/ecosystem.ts';
import { Fault } from '#core/fault.ts';
import { reportFindings } from '#matching/judge-report.ts';
import {
  checkQuery,
  imageVulnerabilities,
  policyEvaluations,
  vulnerabilitiesQuery,
  vulnerabilityTypes,
} from '#schema/api/images.ts';
import type { Finding } from '#schema/finding.ts';
import { checkImage } from '../check-image.ts';
import { analyzedImage, storedImage } from '../find-stored.ts';
import { type Call, type Route, routesOf } from '../route.ts';
import { vulnerabilityItems } from '../vulnerability-items.ts';

const paths = (rest: string) => [`/images/{digest}${rest}`, `/images/by_id/{imageId}${rest}`];

export const imageJudgementRoutes: readonly Route[] = [
  ...routesOf(paths('/vuln'), {
    method: 'GET',
    summary: 'Types of vulnerabilities that can be asked for',
    access: 'getImage',
    answer: vulnerabilityTypes,
    handle: async (call: Call) => (await storedImage(call)) && ['os', 'non-os', 'all'],
  }),
  ...routesOf(paths('/vuln/{vtype}'), {
    method: 'GET',
    summary: 'Vulnerabilities of an image, judged now by what the feeds say now',
    access: 'getImage',
    query: vulnerabilitiesQuery,
    answer: imageVulnerabilities,
    handle: vulnerabilities,
  }),
  ...routesOf(paths('/check'), {
    method: 'GET',
    summary: 'Policy evaluation of an image under a tag',
    access: 'getImageEvaluation',
    query: checkQuery,
    answer: policyEvaluations,
    handle: checkImage,
  }),
];

const kinds: Readonly<Record<string, (finding: Finding) => boolean>> = {
  os: (finding) => ecosystems[finding.package.type].os,
  'non-os': (finding) => !ecosystems[finding.package.type].os,
  all: () => true,
};

async function vulnerabilities(call: Call<{ readonly vendor_only: boolean }>) {
  const type = call.params['vtype'] ?? '';
  const wanted = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
  if (wanted === undefined)
    throw new Fault('state/not-found', `vulnerability type (${type.slice(0, 40)}) is none of os, non-os, all`);
  const { image, report } = await analyzedImage(call);
  const { findings } = await reportFindings(call.world, report, { account: image.account });
  const shown = (one: Finding) => wanted(one) && !(call.query.vendor_only && one.state === 'wont-fix');
  return {
    imageDigest: image.digest,
    vulnerability_type: type,
    vulnerabilities: findings.filter(shown).flatMap(vulnerabilityItems),
  };
}
