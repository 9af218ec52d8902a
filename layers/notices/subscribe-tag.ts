import type { Platform } from '#platform/platform.ts';
import { ensureSubscriptions } from './subscription-store.ts';

/**
 * Gives a tag (`registry/repository:tag`, normalised) the four subscriptions of whoever adds an image under it: the end of its analysis is
 * always told, the tag is watched with `autosubscribe`, verdicts and vulnerabilities are told when somebody asks for that. What is there
 * stays: it is switched on where this says so, never off. Called as often as one likes.
 */
export async function subscribeTag(
  world: Pick<Platform, 'sql' | 'clock'>,
  account: string,
  fulltag: string,
  autosubscribe: boolean,
): Promise<void> {
  const wanted = [
    { key: fulltag, type: 'policy_eval', active: false },
    { key: fulltag, type: 'vuln_update', active: false },
    { key: fulltag, type: 'tag_update', active: autosubscribe },
    { key: fulltag, type: 'analysis_update', active: true },
  ] as const;
  await ensureSubscriptions(world, account, wanted, world.clock.now());
}
