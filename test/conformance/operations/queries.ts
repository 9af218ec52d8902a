import assert from 'node:assert/strict';
import type { OperationTable } from '../operation.ts';

const found = (json: unknown, list: 'images' | 'vulnerabilities') =>
  assert.equal((json as Record<string, unknown[]>)[list]?.length, 1);

export const queryOperations: OperationTable = {
  'GET /query/images/by_vulnerability': {
    good: { query: '?vulnerability_id=CVE-2031-0001&vendor_only=True&limit=10' },
    bad: { status: 400 },
    holds: ({ json }) => found(json, 'images'),
  },
  'GET /query/images/by_package': {
    good: { query: '?name=musl&package_type=APKG&page=1' },
    bad: { status: 400 },
    holds: ({ json }) => found(json, 'images'),
  },
  'GET /query/vulnerabilities': {
    good: { query: '?id=CVE-2031-0001' },
    bad: { query: '?id=CVE-2031-0001&affected_package_version=1', status: 400 },
    holds: ({ json }) => found(json, 'vulnerabilities'),
  },
};
