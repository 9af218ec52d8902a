import type { Gate, Trigger } from '../gate.ts';
import { oneOf, patterns } from '../parameter-types.ts';
import type { Pattern } from '../pattern.ts';

const unknown: Trigger = {
  name: 'unknown',
  description: 'Fires when it is not known what the image was built on.',
  parameters: {},
  *fires({ base }) {
    if (base === null) yield { id: null, message: 'What the image was built on is not known' };
  },
};

const reference: Trigger = {
  name: 'reference',
  description:
    'Fires when the image was built on one that is denied, or on none that is allowed; what is not known is not allowed.',
  parameters: {
    images: {
      type: patterns,
      description: 'References or digests of images, with * for any characters.',
      example: 'docker.io/library/alpine:*,registry.example.com/base/*',
      required: true,
    },
    type: {
      type: oneOf('allowed', 'denied'),
      description: 'Whether the list says what is allowed or what is not.',
      example: 'allowed',
      required: true,
    },
  },
  *fires({ base }, parameters) {
    const { images, type } = parameters as { images: readonly Pattern[]; type: 'allowed' | 'denied' };
    const names = [base?.reference, base?.digest].filter((name) => name != null);
    const listed = images.some((pattern) => names.some((name) => pattern.matches(name)));
    if (listed === (type === 'allowed')) return;
    const called = names[0] ?? 'an image that is not known';
    yield { id: `base+${names[0] ?? 'unknown'}`, message: `The image was built on ${called}, which is not allowed` };
  },
};

/** Looks at the image that this one was built on, as it says itself or as its layers tell. */
export const baseImage: Gate = {
  name: 'base_image',
  description: 'Checks what the image was built on.',
  triggers: [unknown, reference],
};
