import {
  addedChannel,
  channelRemoved,
  channelRequest,
  channelUpdate,
  deliveriesQuery,
  notificationChannel,
  notificationChannels,
  notificationDeliveries,
  testAnswer,
  testQuery,
  webhookTestQuery,
} from '#schema/api/notifications.ts';
import { type Route, route } from '../route.ts';

const one = '/notifications/channels/{channelId}';

const load = () => import('../notification-channels.ts');

export const notificationRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/notifications/channels',
    summary: 'Where the account is told of what happens; what is secret of it is masked',
    access: 'listChannels',
    answer: notificationChannels,
    handle: async (call) => (await load()).showChannels(call),
  }),
  route({
    method: 'POST',
    path: '/notifications/channels',
    summary: 'Add a channel',
    access: 'createChannel',
    body: channelRequest,
    secret: true,
    answer: addedChannel,
    handle: async (call) => (await load()).createChannel(call),
  }),
  route({
    method: 'GET',
    path: one,
    summary: 'One channel',
    access: 'listChannels',
    answer: notificationChannel,
    handle: async (call) => (await load()).showChannel(call),
  }),
  route({
    method: 'PUT',
    path: one,
    summary: 'Change a channel; what is left out stays as it is',
    access: 'updateChannel',
    body: channelUpdate,
    answer: notificationChannel,
    handle: async (call) => (await load()).updateChannel(call),
  }),
  route({
    method: 'DELETE',
    path: one,
    summary: 'Remove a channel with its secrets and deliveries',
    access: 'deleteChannel',
    answer: channelRemoved,
    handle: async (call) => (await load()).deleteChannel(call),
  }),
  route({
    method: 'POST',
    path: `${one}/test`,
    summary: 'Send a notice that tells of nothing, now and once',
    access: 'updateChannel',
    query: testQuery,
    answer: testAnswer,
    handle: async (call) => (await load()).testChannel(call),
  }),
  route({
    method: 'GET',
    path: '/notifications/deliveries',
    summary: 'What became of notices, newest first',
    access: 'listDeliveries',
    query: deliveriesQuery,
    answer: notificationDeliveries,
    handle: async (call) => (await load()).showDeliveries(call),
  }),
  route({
    method: 'POST',
    path: '/notifications/deliveries/{deliveryId}/resend',
    summary: 'Send a notice again, also one that was given up',
    access: 'updateChannel',
    answer: channelRemoved,
    handle: async (call) => (await load()).resendDelivery(call),
  }),
  route({
    method: 'POST',
    path: '/system/webhooks/{webhook_type}/test',
    summary: 'Send a notice that tells of nothing to the webhooks of the account admin',
    access: 'testWebhook',
    query: webhookTestQuery,
    answer: channelRemoved,
    handle: async (call) => (await load()).testWebhooks(call),
  }),
];
