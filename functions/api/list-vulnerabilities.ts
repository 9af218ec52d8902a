import { ecosystems } from '#core/ecosystem.ts';
import { Fault } from '#core/fault.ts';
import { reportFindings } from '#matching/judge-report.ts';
import type { Finding } from '#schema/finding.ts';
import { analyzedImage } from './find-stored.ts';
import type { Call } from './route.ts';
import { vulnerabilityItems } from './vulnerability-items.ts';

/**
 * The vulnerabilities of the image and type that the path names, judged now. Throws `state/not-found` for an unknown type, and
 * for an image that is not there or not analysed.
 */
export async function listVulnerabilities(call: Call<{ readonly vendor_only: boolean }>) {
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

const kinds: Readonly<Record<string, (finding: Finding) => boolean>> = {
  os: (finding) => ecosystems[finding.package.type].os,
  'non-os': (finding) => !ecosystems[finding.package.type].os,
  all: () => true,
};
