import type { RouteFile } from './route-file.ts';

/** Every route of the REST API, by how paths begin. A process reads the files of the paths that it is asked for. */
export const routes: readonly RouteFile[] = [
  {
    under: ['/', '/health', '/version', '/swagger.json', '/openapi.json'],
    load: async () => (await import('./routes/system.ts')).systemRoutes,
  },
  {
    under: ['/status', '/system', '/metrics'],
    load: async () => (await import('./routes/services.ts')).serviceRoutes,
  },
  { under: ['/images'], load: async () => (await import('./routes/images.ts')).imageRoutes },
  { under: ['/images'], load: async () => (await import('./routes/image-content.ts')).imageContentRoutes },
  { under: ['/images'], load: async () => (await import('./routes/image-judgement.ts')).imageJudgementRoutes },
  { under: ['/oauth'], load: async () => (await import('./routes/oauth.ts')).oauthRoutes },
  { under: ['/account', '/accounts'], load: async () => (await import('./routes/accounts.ts')).accountRoutes },
  { under: ['/accounts', '/user'], load: async () => (await import('./routes/users.ts')).userRoutes },
  { under: ['/accounts', '/roles'], load: async () => (await import('./routes/members.ts')).memberRoutes },
  { under: ['/accounts', '/user'], load: async () => (await import('./routes/api-keys.ts')).apiKeyRoutes },
  { under: ['/policies'], load: async () => (await import('./routes/policies.ts')).policyRoutes },
  { under: ['/enterprise'], load: async () => (await import('./routes/corrections.ts')).correctionRoutes },
  { under: ['/query', '/summaries'], load: async () => (await import('./routes/queries.ts')).queryRoutes },
  { under: ['/system/feeds'], load: async () => (await import('./routes/feeds.ts')).feedRoutes },
  { under: ['/registries'], load: async () => (await import('./routes/registries.ts')).registryRoutes },
  {
    under: ['/events', '/event_types'],
    load: async () => (await import('./routes/events.ts')).eventRoutes,
  },
  { under: ['/repositories'], load: async () => (await import('./routes/repositories.ts')).repositoryRoutes },
  { under: ['/subscriptions'], load: async () => (await import('./routes/subscriptions.ts')).subscriptionRoutes },
  {
    under: ['/notifications', '/system/webhooks'],
    load: async () => (await import('./routes/notifications.ts')).notificationRoutes,
  },
  { under: ['/archives', '/import'], load: async () => (await import('./routes/archives.ts')).archiveRoutes },
  { under: ['/imports'], load: async () => (await import('./routes/imports.ts')).importRoutes },
  { under: ['/hooks'], load: async () => (await import('./routes/hooks.ts')).hookRoutes },
];
