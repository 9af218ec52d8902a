import assert from 'node:assert/strict';
import { Fault, type FaultCode } from '#core/fault.ts';

/** True for a Fault of this code whose message holds the pattern and none of the secrets. */
export function isFault(code: FaultCode, message = /./, secrets: readonly string[] = []): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof Fault, `a Fault and not ${error}`);
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    for (const secret of secrets)
      assert.ok(!JSON.stringify([error.message, error.detail, error.cause]).includes(secret));
    return true;
  };
}
