import type { Facts, Gate, Trigger } from '../gate.ts';
import { boolean, integer } from '../parameter-types.ts';

const day = 86_400_000;

const endOfLife: Trigger = {
  name: 'end_of_life',
  description: "Fires when the distribution's release gets no security fixes any more, or will soon not get any.",
  parameters: {
    days_before: {
      type: integer,
      description: 'Fires so many days before the end.',
      example: '30',
      default: 0,
    },
    paid_support: {
      type: boolean,
      description: 'The release lives until paid support ends.',
      example: 'true',
      default: false,
    },
  },
  *fires(facts, parameters) {
    const { days_before: days, paid_support: paid } = parameters as { days_before: number; paid_support: boolean };
    const { lifecycle, now } = facts;
    const end = (paid ? lifecycle?.endOfExtendedSupport : null) ?? lifecycle?.endOfLife ?? null;
    if (end === null || Date.parse(end) - days * day > now) return;
    const says = Date.parse(end) > now ? 'reaches' : 'reached';
    yield {
      id: `end-of-life+${releaseOf(facts)}`,
      message: `The distribution ${releaseOf(facts)} ${says} its end of life on ${end}`,
    };
  },
};

const unknownLifecycle: Trigger = {
  name: 'lifecycle_unavailable',
  description: "Fires when it is not known how long the distribution's release gets security fixes.",
  parameters: {},
  *fires(facts) {
    if (facts.lifecycle !== null) return;
    yield {
      id: `lifecycle+${releaseOf(facts)}`,
      message: `It is not known until when the distribution ${releaseOf(facts)} gets security fixes`,
    };
  },
};

function releaseOf({ image: { distro } }: Facts): string {
  return `${distro?.id ?? 'Unknown'}:${distro?.versionId ?? '0'}`;
}

/** Looks at how long the distribution's release is mended. */
export const distribution: Gate = {
  name: 'distribution',
  description: "Checks how long the distribution's release gets security fixes.",
  triggers: [endOfLife, unknownLifecycle],
};
