import { alpineApp } from '#test/support/api-images.ts';
import type { Script } from '../session.ts';

const tag = /^docker\.io\/(library\/)?alpine:latest$/;
const watched = ['Repository', 'Watched', 'TagCount'];

/** Names as people write them for Docker Hub, which mean the same thing in each command: `alpine`, `docker.io/alpine:latest`. */
export const shortNamesScript: Script = async ({ type }) => {
  await type(['image', 'add', 'alpine'], { exit: 0, fields: { 'Image Digest': alpineApp.digest, 'Full Tag': tag } });
  await type(['image', 'wait', 'docker.io/alpine:latest', '--timeout', '60', '--interval', '1'], {
    exit: 0,
    fields: { 'Analysis Status': 'analyzed', 'Full Tag': tag },
  });
  for (const name of [
    'alpine',
    'alpine:latest',
    'library/alpine',
    'docker.io/alpine',
    'docker.io/library/alpine:latest',
  ]) {
    await type(['image', 'get', name], { exit: 0, fields: { 'Image Digest': alpineApp.digest } });
    await type(['evaluate', 'check', name], { exit: 1, fields: { Status: 'fail' } });
  }
  await type(['image', 'list'], {
    exit: 0,
    columns: ['Full Tag', 'Image Digest', 'Analysis Status'],
    rows: [[tag, alpineApp.digest, 'analyzed']],
    count: 1,
  });
  await type(['image', 'content', 'alpine', 'os'], { exit: 0, prints: ['musl'] });
  await type(['image', 'vuln', 'alpine', 'os'], { exit: 0, prints: ['CVE-2031-0001'] });
  for (const verb of ['deactivate', 'activate'])
    await type(['subscription', verb, 'tag_update', 'docker.io/alpine:latest'], { exit: 0, prints: ['Success'] });
  await type(['event', 'list', 'docker.io/alpine:latest'], { exit: 0, prints: ['user.image.analysis.completed'] });

  await type(['repo', 'add', 'alpine'], { exit: 0, columns: watched, rows: [[/alpine$/, 'True', '1']], count: 1 });
  // The client looks for what it sent among what it gets.
  await type(['repo', 'get', 'alpine'], {
    exit: 0,
    columns: watched,
    rows: [['docker.io/alpine', 'True', '1']],
    count: 1,
  });
  await type(['repo', 'unwatch', 'docker.io/alpine'], { exit: 0, columns: watched, rows: [[/alpine$/, 'False', '1']] });
  await type(['repo', 'watch', 'alpine'], { exit: 0, columns: watched, rows: [[/alpine$/, 'True', '1']] });
  await type(['repo', 'del', 'alpine'], { exit: 0, prints: ['Success'] });
  await type(['image', 'del', 'alpine', '--force'], { exit: 0, prints: ['Success'] });
  await type(['image', 'get', 'alpine'], { exit: 1, prints: ['HTTP Code: 404'] });
};
