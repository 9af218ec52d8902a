import { stat } from 'node:fs/promises';
import { Fault } from '#core/fault.ts';

/**
 * Refuses a mirror that cannot be one, before anything is judged without the feeds it was to give: throws
 * `input/invalid` for a folder that is not there and for an address that is neither http nor https. Whether a server
 * answers is told by the feeds that are asked for.
 */
export async function checkMirror(mirror: string): Promise<void> {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(mirror)?.[1]?.toLowerCase();
  if (scheme === 'http' || scheme === 'https') {
    if (!URL.canParse(mirror))
      throw refuse('the URL of the feeds mirror cannot be read; give http(s)://HOST[:PORT]/PATH');
    return;
  }
  if (scheme !== undefined && scheme !== 'file')
    throw refuse(`the feeds mirror has a URL of ${scheme}; give a folder or an http(s) URL`);
  const folder = scheme === 'file' ? decodeURIComponent(new URL(mirror).pathname) : mirror;
  const found = await stat(folder).catch(() => null);
  if (found === null)
    throw refuse(`there is no feeds mirror at '${folder}'; give a folder that exists, or an http(s) URL`);
  if (!found.isDirectory())
    throw refuse(`the feeds mirror '${folder}' is a file; give the folder that holds HOST/PATH of the upstreams`);
}

function refuse(message: string): Fault {
  return new Fault('input/invalid', message);
}
