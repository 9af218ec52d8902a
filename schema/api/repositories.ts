import * as z from 'zod';
import { flag } from './shape.ts';

export const repositoryQuery = z.object({
  repository: z.string().min(1).max(1024).describe('REGISTRY/REPOSITORY, as people write it'),
  autosubscribe: flag(false, 'Watch the tags too, for being moved'),
  dryrun: flag(false, 'Only tell which tags would be watched'),
  lookuptag: z.string().max(128).optional().describe('Kept for clients: tags are listed, none has to be known'),
});

export type RepositoryQuery = z.infer<typeof repositoryQuery>;
