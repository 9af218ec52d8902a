import { Fault } from '#core/fault.ts';
import { evaluationsShown } from '../client/evaluation-fields.ts';
import { findDigest, imageArgument, imageName } from '../client/image-names.ts';
import type { Call, Group } from '../client/leaf.ts';
import { beforehand } from '../client/refusal.ts';
import type { Shown } from '../client/shown.ts';

/** Verdicts over images. */
export const evaluate: Group = {
  name: 'evaluate',
  leaves: [
    {
      words: 'check',
      summary: 'Says whether an image may ship by a policy',
      arguments: [imageArgument],
      options: [
        { name: 'tag', value: 'TAG', help: 'the tag to judge it under; needed where it is named by digest or id' },
        { name: 'policy', value: 'ID', help: 'another policy than the active one' },
        { name: 'detail', help: 'with what the policy says of each finding' },
        { name: 'show-history', help: 'with earlier verdicts' },
      ],
      help: 'Exit code 0: it may ship; 1: it may not; 2: it could not be judged.',
      run: check,
    },
  ],
};

async function check({ api, given }: Call): Promise<Shown> {
  const image = given.word('IMAGE');
  const tag = given.text('tag') ?? (imageName(image).kind === 'tag' ? image : undefined);
  if (tag === undefined)
    throw new Fault(
      'input/invalid',
      `evaluate check: '${image.slice(0, 100)}' is no tag; give --tag too, by which policies are chosen`,
    );
  const digest = await beforehand(findDigest(api, image));
  const value = await api.get(['images', digest, 'check'], {
    history: given.flag('show-history'),
    detail: given.flag('detail'),
    tag,
    policyId: given.text('policy'),
  });
  return evaluationsShown(value, digest, given.flag('detail'));
}
