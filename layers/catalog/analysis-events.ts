import { toldAnnotations } from '#platform/event-details.ts';
import type { LogEvent } from '#schema/event-log.ts';
import type { Image } from './image.ts';

/** What an image was at when it failed: the analysis, or the judgement by feeds. */
export type AnalysisStage = 'analysis' | 'judgement';

/** What is told of the end of an image's analysis, once for the image and once for each tag that points to it. */
export interface AnalysisEvents {
  readonly ofImage: readonly LogEvent[];
  ofTag(tag: string): readonly LogEvent[];
}

/** The events of an analysis that ended at `at`, by which they differ from those of other analyses of the image. */
export function analysisEvents(image: Image, stage: AnalysisStage | null, at: number): AnalysisEvents {
  const { account, digest, failure } = image;
  const failed = { id: `${digest} ${at}`, account, details: { imageDigest: digest, reason: failure }, at };
  const type = 'system.image_analysis.policy_engine_load_failed';
  return {
    ofImage: stage === 'analysis' ? [{ ...failed, type: 'system.image_analysis.failed', resource: digest }] : [],
    ofTag: (tag) => [
      analyzedEvent(image, tag, at),
      ...(stage === 'judgement' ? [{ ...failed, type, resource: tag } as const] : []),
    ],
  };
}

/** The state that an image was brought to, as it is told for one of its tags: what the original's notices of `analysis_update` carry. */
export function analyzedEvent(image: Image, tag: string, at: number): LogEvent {
  const failed = image.state === 'analysis_failed';
  const common = { imageDigest: image.digest, annotations: toldAnnotations(image.annotations) };
  return {
    id: `${image.digest} ${at}`,
    account: image.account,
    type: failed ? 'user.image.analysis.failed' : 'user.image.analysis.completed',
    resource: tag,
    details: {
      subscription_type: 'analysis_update',
      ...common,
      curr_eval: { analysis_status: failed ? 'analysis_failed' : 'analyzed', ...common },
      last_eval: { analysis_status: 'analyzing', ...common },
      ...(image.failure === null ? {} : { reason: image.failure }),
    },
    subscription: { type: 'analysis_update', key: tag },
    at,
  };
}
