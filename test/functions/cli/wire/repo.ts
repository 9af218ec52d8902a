import type { Row } from './row.ts';
import { tagUpdate, repository, dockers, ofRepositories, ofKey } from './subscriptions.ts';

export const repositoryRows: readonly Row[] = [
  {
    says: 'a repository is watched',
    argv: ['repo', 'add', 'alpine', '--lookuptag', '3.20'],
    answers: { 'POST /repositories': [repository] },
    asks: ['POST /v1/repositories?repository=docker.io%2Falpine&autosubscribe=true&dryrun=false&lookuptag=3.20'],
    shows: [/^REPOSITORY +WATCHED +TAGCOUNT\ndocker\.io\/alpine +yes +12\n$/],
  },
  {
    says: 'what would be watched is shown',
    argv: ['repo', 'add', 'quay.io/a/b', '--noautosubscribe', '--dryrun'],
    answers: { 'POST /repositories': [repository] },
    asks: ['POST /v1/repositories?repository=quay.io%2Fa%2Fb&autosubscribe=false&dryrun=true'],
    shows: [/^Dry run: the repository was not added\.\n\nREPOSITORY/],
  },
  {
    says: 'repositories are listed',
    argv: ['repo', 'list'],
    answers: { 'GET /subscriptions': [dockers, repository, tagUpdate] },
    asks: [ofRepositories],
    shows: [/TAGCOUNT\ndocker\.io\/alpine +yes +12\ndocker\.io\/library\/busybox +no +-\n$/],
  },
  {
    says: 'a repository is shown under the name of Docker too',
    argv: ['repo', 'get', 'busybox'],
    answers: { 'GET /subscriptions': [dockers, repository] },
    asks: [ofRepositories],
    shows: [/TAGCOUNT\ndocker\.io\/library\/busybox +no +-\n$/],
  },
  {
    says: 'a repository is forgotten',
    argv: ['repo', 'del', 'alpine'],
    answers: { 'GET /subscriptions': [repository], 'DELETE /subscriptions/id-repo_update': true },
    asks: [ofKey('docker.io/alpine', 'repo_update'), 'DELETE /v1/subscriptions/id-repo_update'],
    shows: ['alpine is watched no more'],
  },
  {
    says: 'a repository that is not watched cannot be forgotten',
    argv: ['repo', 'del', 'quay.io/a/b'],
    answers: { 'GET /subscriptions': [] },
    asks: [ofKey('quay.io/a/b', 'repo_update')],
    complains: /there is no subscription repo_update of 'quay.io\/a\/b'/,
    code: 2,
  },
  {
    says: 'new tags are added again',
    argv: ['repo', 'watch', 'busybox'],
    answers: { 'GET /subscriptions': [dockers], 'PUT /subscriptions/id-repo_update': [{ ...dockers, active: true }] },
    asks: [ofKey('docker.io/busybox', 'repo_update'), 'PUT /v1/subscriptions/id-repo_update'],
    body: { active: true, subscription_key: 'docker.io/library/busybox', subscription_type: 'repo_update' },
    shows: [/yes +-\n$/],
  },
  {
    says: 'new tags are left alone',
    argv: ['repo', 'unwatch', 'alpine'],
    answers: { 'GET /subscriptions': [repository], 'PUT /subscriptions/id-repo_update': [repository] },
    asks: [ofKey('docker.io/alpine', 'repo_update'), 'PUT /v1/subscriptions/id-repo_update'],
    body: { active: false, subscription_key: 'docker.io/alpine', subscription_type: 'repo_update' },
  },
  {
    says: 'what is no repository is not asked for',
    argv: ['repo', 'add', 'Not A Repo'],
    answers: {},
    asks: [],
    complains: /is not an image reference/,
    code: 2,
  },
];
