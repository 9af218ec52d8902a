import type { ApiServer, Sender } from '#test/support/api-server.ts';

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  /** The body as JSON; null for an empty one, fails the test where it is none. */
  readonly json: unknown;
}

/** What the calls of the table are made in: a tenant with an image, and the administrator. */
export interface Scene {
  readonly server: ApiServer;
  readonly captain: Sender;
  readonly account: string;
  /** Of the image `team/app:v1`, which is analysed and stays. */
  readonly digest: string;
  readonly imageId: string;
  readonly tag: string;
  /** Takes what it is sent. */
  readonly webhook: string;
  /** A call that has to go well, of the captain when left out; its JSON. */
  ask<T>(method: string, path: string, body?: unknown, sender?: Sender): Promise<T>;
}

/** What is asked of an operation, beside its method and path. */
export interface Call {
  /** Of path parameters, by the names that the contract gives them. Those of the scene (`imageDigest`, `imageId`, `accountname`) are known. */
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The captain when left out; null has no credentials. */
  readonly sender?: Sender | null;
  /** A path that cannot go wrong is asked by another method. */
  readonly method?: string;
}

export interface Bad extends Call {
  readonly status: 400 | 401 | 403 | 404 | 405 | 406 | 409;
}

/** A good call of an operation and a bad one. */
export interface OperationLine {
  /** Null where nothing can ever be done by it here; the line says why. */
  readonly good: Call | ((scene: Scene) => Promise<Call>) | null;
  readonly bad: Bad | ((scene: Scene) => Promise<Bad>);
  /** Of the good call; 200 when left out. */
  readonly status?: 204;
  /** What the schema does not say of the good answer. */
  readonly holds?: (answer: Answered, scene: Scene) => void | Promise<void>;
}

/** By method and path as the contract has them. */
export type OperationTable = Readonly<Record<string, OperationLine>>;

export const noDigest = `sha256:${'0'.repeat(64)}`;
export const noImageId = '0'.repeat(64);
/** Nobody signed in. */
export const stranger: Bad = { status: 401, sender: null };
