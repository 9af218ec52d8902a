import { type Field, type Item, itemsOf, listAt, textAt } from './shown.ts';

const disabled = (name: unknown, enabled: unknown) => (enabled === false ? `${name} (disabled)` : name);

const lastSync = (item: Item) =>
  textAt(item, 'last_sync') || (item['enabled'] === false || item['feedEnabled'] === false ? null : 'pending');

/** Columns of one group of a feed. */
export const feedGroupFields: readonly Field[] = [
  { title: 'Group', of: (item) => disabled(item['name'], item['enabled']), least: 12 },
  { title: 'LastSync', of: lastSync, style: (value) => (value === 'pending' ? ['yellow'] : []) },
  { title: 'RecordCount', of: 'record_count' },
];

/** Columns of all groups of feeds. */
export const feedFields: readonly Field[] = [
  { title: 'Feed', of: (item) => disabled(item['feed'], item['feedEnabled']) },
  ...feedGroupFields,
];

/** The groups of feeds, each with what its feed is called; a feed without groups is a line too. */
export function feedGroups(value: unknown): readonly Item[] {
  return itemsOf(value).flatMap((feed) => {
    const of = { feed: feed['name'], feedEnabled: feed['enabled'] };
    const groups = listAt(feed, 'groups');
    return groups.length === 0 ? [of] : groups.map((group) => ({ ...group, ...of }));
  });
}

/** Columns of what a synchronisation did. */
export const syncFields: readonly Field[] = [
  { title: 'Feed', of: 'feed' },
  { title: 'Group', of: 'group', least: 12 },
  { title: 'Status', of: 'status', style: (value) => (value === 'success' ? ['green'] : ['red']) },
  { title: 'Records Updated', of: 'updated_record_count' },
  { title: 'Sync Duration', of: (item) => `${Number(item['total_time_seconds'] ?? 0).toFixed(2)}s` },
];

/** What was done of each group. */
export function syncGroups(value: unknown): readonly Item[] {
  return itemsOf(value).flatMap((feed) => listAt(feed, 'groups').map((group) => ({ ...group, feed: feed['feed'] })));
}
