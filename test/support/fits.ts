import assert from 'node:assert/strict';
import { readShape, type Shape } from '#schema/api/shape.ts';

/** Asserts that an answer has a shape, and nothing more than the shape says at any depth; gives it with its type. */
export function fits<T>(shape: Shape<T>, answer: unknown): T {
  const read = readShape(shape, answer);
  assert.equal(read.kind, 'read', read.kind === 'refused' ? read.problem : '');
  assert.deepEqual(read.kind === 'read' && read.value, answer);
  return answer as T;
}
