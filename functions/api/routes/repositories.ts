import { repositoryQuery } from '#schema/api/repositories.ts';
import { subscriptions } from '#schema/api/subscriptions.ts';
import { type Route, route } from '../route.ts';

export const repositoryRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/repositories',
    summary: 'Watch a repository: its tags are added as images, and new ones when they come',
    access: 'createRepository',
    query: repositoryQuery,
    answer: subscriptions,
    handle: async (call) => [await (await import('../add-repository.ts')).addRepository(call)],
  }),
];
