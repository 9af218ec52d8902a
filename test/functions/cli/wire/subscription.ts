import { Turns } from '#test/support/wire-server.ts';
import type { Row } from './row.ts';
import { tag, tagUpdate, repository, ofKey } from './subscriptions.ts';

export const subscriptionRows: readonly Row[] = [
  {
    says: 'a subscription is switched on',
    argv: ['subscription', 'activate', 'tag_update', tag],
    answers: { 'GET /subscriptions': [tagUpdate], 'PUT /subscriptions/id-tag_update': [tagUpdate] },
    asks: [ofKey(tag, 'tag_update'), 'PUT /v1/subscriptions/id-tag_update'],
    body: { active: true, subscription_key: tag, subscription_type: 'tag_update' },
    shows: ['tag_update of docker.io/library/alpine:latest is active'],
  },
  {
    says: 'a subscription is found under the whole name of the tag',
    argv: ['subscription', 'deactivate', 'tag_update', 'alpine:latest'],
    answers: { 'GET /subscriptions': new Turns([], [tagUpdate]), 'PUT /subscriptions/id-tag_update': [tagUpdate] },
    asks: [ofKey('alpine:latest', 'tag_update'), ofKey(tag, 'tag_update'), 'PUT /v1/subscriptions/id-tag_update'],
    body: { active: false, subscription_key: tag, subscription_type: 'tag_update' },
  },
  {
    says: 'a subscription that is not there is told',
    argv: ['subscription', 'activate', 'vuln_update', tag],
    answers: { 'GET /subscriptions': [] },
    asks: [ofKey(tag, 'vuln_update'), ofKey('docker.io/alpine:latest', 'vuln_update')],
    complains: /there is no subscription vuln_update of/,
    code: 2,
  },
  {
    says: 'subscriptions are listed',
    argv: ['subscription', 'list'],
    answers: { 'GET /subscriptions': [tagUpdate, repository] },
    asks: ['GET /v1/subscriptions'],
    shows: [
      /^TAG +SUBSCRIPTION TYPE +ACTIVE\ndocker\.io\/alpine +repo_update +yes\ndocker\.io\/library\/alpine:latest +tag_update +no\n$/,
    ],
  },
  {
    says: 'subscriptions are listed with their ids',
    argv: ['subscription', 'list', '--full'],
    answers: { 'GET /subscriptions': [tagUpdate] },
    asks: ['GET /v1/subscriptions'],
    shows: [/SUBSCRIPTION ID\n.*id-tag_update\n$/],
  },
  {
    says: 'a subscription is shown',
    argv: ['subscription', 'get', 'id-tag_update'],
    answers: { 'GET /subscriptions/id-tag_update': [tagUpdate] },
    asks: ['GET /v1/subscriptions/id-tag_update'],
    shows: [/USER ID\n.*crew\n$/],
  },
  {
    says: 'a subscription is deleted',
    argv: ['subscription', 'del', 'id-1'],
    answers: { 'DELETE /subscriptions/id-1': true },
    asks: ['DELETE /v1/subscriptions/id-1'],
    shows: ['id-1 is deleted'],
  },
];
