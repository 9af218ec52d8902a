import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownRepositories } from '#functions/catalog/own-repositories.ts';

const registry = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';

async function seen(arns: string | null) {
  let listed = 0;
  const images = {
    async *listRepositories() {
      listed++;
      yield* ['base', 'shop/api', 'shop/web', 'shop.old'];
    },
  };
  return { names: await Array.fromAsync(ownRepositories(images, registry, arns)), listed };
}

const arn = (name: string, place = 'eu-west-1:123456789012') => `arn:aws:ecr:${place}:repository/${name}`;

test('without a list every repository is seen', async () => {
  assert.deepEqual(await seen(null), { names: ['base', 'shop/api', 'shop/web', 'shop.old'], listed: 1 });
});

test('repositories that are written out are seen once each, and the registry is asked for no others', async () => {
  assert.deepEqual(await seen([arn('shop/api'), arn('base'), arn('shop/api')].join()), {
    names: ['shop/api', 'base'],
    listed: 0,
  });
});

test('wildcards mean what they mean to IAM: any text, over slashes too, or one sign', async () => {
  assert.deepEqual((await seen(arn('shop/*'))).names, ['shop/api', 'shop/web']);
  assert.deepEqual((await seen(arn('*o*'))).names, ['shop/api', 'shop/web', 'shop.old']);
  assert.deepEqual((await seen(arn('b?se'))).names, ['base']);
  assert.deepEqual((await seen(arn('shop?old'))).names, ['shop.old']);
  assert.deepEqual((await seen([arn('shop.*'), arn('base')].join())).names, ['base', 'shop.old']);
});

test('repositories of other accounts and regions are not looked for here', async () => {
  assert.deepEqual(await seen([arn('*', 'eu-west-1:999999999999'), arn('*', 'us-east-1:123456789012')].join()), {
    names: [],
    listed: 0,
  });
  assert.deepEqual((await seen(arn('base', '*:123456789012'))).names, ['base']);
  assert.deepEqual((await seen(arn('base', 'eu-*:123456789012'))).names, ['base']);
});
