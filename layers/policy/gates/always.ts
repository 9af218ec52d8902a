import type { Gate } from '../gate.ts';

/** Fires for every image: to stop or warn for whatever a mapping selects. */
export const always: Gate = {
  name: 'always',
  description: 'Fires for every image.',
  triggers: [
    {
      name: 'always',
      description: 'Fires unconditionally, once.',
      parameters: {},
      fires: () => [{ id: 'always', message: 'Unconditional trigger match' }],
    },
  ],
};
