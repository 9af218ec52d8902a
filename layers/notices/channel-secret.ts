import { Fault } from '#core/fault.ts';
import type { Secrets } from '#platform/secrets.ts';
import { storedChannelSecret } from '#schema/channel-settings.ts';
import type { AccountChannel } from './account-channel.ts';

type World = { readonly secrets: Secrets };
type Named = Pick<AccountChannel, 'id' | 'name'>;

/** What is secret of a channel's settings, as one value: whoever reads it while it is replaced gets the old or the new one. Throws `data/corrupt` when it is not there. */
export async function getChannelSecret(
  { secrets }: World,
  { id, name }: Named,
): Promise<Readonly<Record<string, string>>> {
  const text = await secrets.get(secretName(id));
  const value = text === null ? null : read(text);
  if (value !== null) return value;
  throw new Fault(
    'data/corrupt',
    `The secrets of channel ${name} are not in the secret store: give its settings again by an update of the channel`,
  );
}

/** Stores or replaces it. */
export async function putChannelSecret(
  { secrets }: World,
  { id }: Named,
  value: Readonly<Record<string, string>>,
): Promise<void> {
  await secrets.put(secretName(id), JSON.stringify(value));
}

/** Removes it; nothing happens when there is none. */
export async function deleteChannelSecret({ secrets }: World, id: string): Promise<void> {
  await secrets.delete(secretName(id));
}

function secretName(id: string): string {
  return `channels/${id}`;
}

function read(text: string): Readonly<Record<string, string>> | null {
  try {
    return storedChannelSecret.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
