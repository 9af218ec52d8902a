import {
  checkQuery,
  imageVulnerabilities,
  policyEvaluations,
  vulnerabilitiesQuery,
  vulnerabilityTypes,
} from '#schema/api/images.ts';
import { storedImage } from '../find-stored.ts';
import { type Call, type Route, routesOf } from '../route.ts';

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
    handle: async (call) => (await import('../list-vulnerabilities.ts')).listVulnerabilities(call),
  }),
  ...routesOf(paths('/check'), {
    method: 'GET',
    summary: 'Policy evaluation of an image under a tag',
    access: 'getImageEvaluation',
    query: checkQuery,
    answer: policyEvaluations,
    handle: async (call) => (await import('../check-image.ts')).checkImage(call),
  }),
];
