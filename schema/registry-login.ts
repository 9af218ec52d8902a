import * as z from 'zod';

/** The value of a secret: what an account logs in to one of its registries with. */
export const storedLogin = z.object({ type: z.enum(['docker_v2', 'awsecr']), user: z.string(), secret: z.string() });
