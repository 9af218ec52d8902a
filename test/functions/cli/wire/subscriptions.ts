/** Subscriptions as servers answer them, and how they are asked for. */
export const subscription = (type: string, key: string, active: boolean, value: object | null = null) => ({
  ...{ subscription_id: `id-${type}`, subscription_key: key, subscription_type: type, active, userId: 'crew' },
  ...{ subscription_value: value === null ? null : JSON.stringify(value), created_at: 1, last_updated: 1 },
});

export const tag = 'docker.io/library/alpine:latest';
export const tagUpdate = subscription('tag_update', tag, false);
export const repository = subscription('repo_update', 'docker.io/alpine', true, { tagcount: 12, repotags: [] });
export const dockers = subscription('repo_update', 'docker.io/library/busybox', false, { autosubscribe: true });
export const ofRepositories = 'GET /v1/subscriptions?subscription_type=repo_update';
export const ofKey = (key: string, type: string) =>
  `GET /v1/subscriptions?subscription_key=${encodeURIComponent(key)}&subscription_type=${type}`;
