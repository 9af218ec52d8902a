import { alpineApp } from '#test/support/api-images.ts';
import type { Script } from '../session.ts';
import { bundleOf } from './policy.ts';

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** `evaluate check`: exit codes are verdicts. */
export const evaluateScript: Script = async ({ type, refused, world, sailor }) => {
  const tag = `${world.registry}/team/app:v1`;
  await world.ask(sailor, 'POST', '/policies', bundleOf('stops', true));
  await world.ask(sailor, 'POST', '/policies', bundleOf('passes', false));
  await type(['evaluate', 'check', tag], { exit: 2, prints: ['could not get image record'] });
  await type(['image', 'add', tag], { exit: 0 });
  await type(['image', 'wait', tag, '--timeout', '60', '--interval', '1'], { exit: 0 });

  const verdict = { 'Image Digest': alpineApp.digest, 'Full Tag': tag, 'Last Eval': time };
  await type(['evaluate', 'check', tag, '--policy', 'passes'], {
    exit: 0,
    fields: { ...verdict, Status: 'pass', 'Policy ID': 'passes' },
  });
  await type(['evaluate', 'check', tag, '--policy', 'stops'], {
    exit: 1,
    fields: { ...verdict, Status: 'fail', 'Policy ID': 'stops' },
  });
  // By the bundle that a new account has.
  await type(['evaluate', 'check', tag, '--show-history'], { exit: 1, fields: { ...verdict, Status: 'fail' } });
  await type(['evaluate', 'check', alpineApp.digest, '--tag', tag, '--policy', 'stops', '--detail'], {
    exit: 1,
    fields: {
      ...verdict,
      'Image ID': /^[0-9a-f]{64}$/,
      'Final Action': 'stop',
      'Final Action Reason': 'policy_evaluation',
    },
    prints: [/^Gate +Trigger +Detail +Status *$/m, /^dockerfile +effective_user +.*stop *$/m],
  });
  await type(['evaluate', 'check', alpineApp.digest], { exit: 2, prints: ['no --tag is specified'] });
  await type(['evaluate', 'check', tag, '--policy', 'none'], { exit: 1, prints: ['HTTP Code: 404'] });
  await refused(['evaluate', 'check', alpineApp.digest, '--tag', tag]);
};
