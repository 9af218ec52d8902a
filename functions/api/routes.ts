import type { Route } from './route.ts';
import { hookRoutes } from './routes/hooks.ts';
import { imageContentRoutes } from './routes/image-content.ts';
import { imageJudgementRoutes } from './routes/image-judgement.ts';
import { imageRoutes } from './routes/images.ts';
import { systemRoutes } from './routes/system.ts';

/** Every route of the REST API. */
export const routes: readonly Route[] = [
  ...systemRoutes,
  ...imageRoutes,
  ...imageContentRoutes,
  ...imageJudgementRoutes,
  ...hookRoutes,
];
