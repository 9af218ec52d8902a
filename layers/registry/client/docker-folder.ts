import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where docker keeps `config.json`: what DOCKER_CONFIG names, else `~/.docker`. */
export function dockerFolder(environment: Readonly<Record<string, string | undefined>>): string {
  return environment['DOCKER_CONFIG'] || join(environment['HOME'] || homedir(), '.docker');
}
