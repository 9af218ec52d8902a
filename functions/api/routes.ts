import type { Route } from './route.ts';
import { accountRoutes } from './routes/accounts.ts';
import { apiKeyRoutes } from './routes/api-keys.ts';
import { feedRoutes } from './routes/feeds.ts';
import { hookRoutes } from './routes/hooks.ts';
import { imageContentRoutes } from './routes/image-content.ts';
import { imageJudgementRoutes } from './routes/image-judgement.ts';
import { imageRoutes } from './routes/images.ts';
import { memberRoutes } from './routes/members.ts';
import { oauthRoutes } from './routes/oauth.ts';
import { queryRoutes } from './routes/queries.ts';
import { registryRoutes } from './routes/registries.ts';
import { systemRoutes } from './routes/system.ts';
import { userRoutes } from './routes/users.ts';

/** Every route of the REST API. */
export const routes: readonly Route[] = [
  ...systemRoutes,
  ...imageRoutes,
  ...imageContentRoutes,
  ...imageJudgementRoutes,
  ...oauthRoutes,
  ...accountRoutes,
  ...userRoutes,
  ...memberRoutes,
  ...apiKeyRoutes,
  ...queryRoutes,
  ...feedRoutes,
  ...registryRoutes,
  ...hookRoutes,
];
