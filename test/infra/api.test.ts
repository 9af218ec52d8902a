import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { functions } from '../../infra/functions.ts';
import { root } from '../house/sources.ts';
import { elsewhere } from './elsewhere.ts';
import { resource, resources, synthesised } from './synthesised.ts';

const stage = resource(synthesised(), 'AWS::ApiGateway::Stage');

test('the API is throttled, traced, and logs who asked what, for as long as the settings say', () => {
  const [settings] = stage.Properties['MethodSettings'];
  assert.equal(settings.ThrottlingRateLimit, 50);
  assert.equal(settings.ThrottlingBurstLimit, 100);
  assert.equal(settings.DataTraceEnabled, false, 'bodies and credentials are in no log');
  assert.equal(stage.Properties['TracingEnabled'], true);
  assert.ok(stage.Properties['AccessLogSetting'].DestinationArn);
});

test('every path and method goes to the one function, in pieces, under a stage that clients take for the version', () => {
  assert.equal(stage.Properties['StageName'], 'v1');
  const methods = resources(synthesised(), 'AWS::ApiGateway::Method');
  assert.equal(methods.length, 2);
  for (const [id, { Properties }] of methods) {
    assert.equal(Properties['HttpMethod'], 'ANY', id);
    assert.equal(Properties['Integration'].ResponseTransferMode, 'STREAM', id);
    assert.ok(Properties['Integration'].TimeoutInMillis <= 29_000, id);
  }
  assert.ok(functions.api.timeout <= 29);
});

test('the handler of the API answers in pieces, as the API is told', () => {
  assert.match(readFileSync(join(root, functions.api.entry), 'utf8'), /^export const handler = streamingHandler\(/m);
});

test('the log that API Gateway makes for itself is made before it, so that it ends', () => {
  const [[id] = ['']] = resources(synthesised(), 'AWS::Logs::LogGroup').filter(([, one]) =>
    JSON.stringify(one.Properties['LogGroupName'] ?? '').includes('API-Gateway-Execution-Logs_'),
  );
  assert.ok(stage.DependsOn?.includes(id));
});

test('a firewall and a domain stand before the API when the settings ask for them', () => {
  assert.deepEqual(resources(synthesised(), 'AWS::WAFv2::WebACL'), []);
  const template = synthesised(elsewhere);
  assert.equal(resources(template, 'AWS::WAFv2::WebACLAssociation').length, 1);
  const domain = resource(template, 'AWS::ApiGateway::DomainName');
  assert.equal(domain.Properties['DomainName'], 'scan.example.com');
  assert.equal(domain.Properties['SecurityPolicy'], 'TLS_1_2');
  const api = resource(template, 'AWS::ApiGateway::RestApi');
  assert.equal(api.Properties['DisableExecuteApiEndpoint'], true, 'the domain is the only way in');
});
