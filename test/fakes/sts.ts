import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '#platform/clock.ts';
import { httpServer } from '#test/support/http-server.ts';
import { AwsError } from './aws-json.ts';
import type { Identities, Identity } from './ecr-identities.ts';

export interface FakeSts extends AsyncDisposable {
  readonly endpoint: string;
  /** The roles that were asked for, by session name, caller and external id: `ARN plimsoll ci ext-1`. */
  readonly calls: readonly string[];
  /** The next calls are refused with an error, or break off. */
  failNext(error: AwsError | 'break', times?: number): void;
}

/**
 * AWS STS on loopback: AssumeRole by the AWS Query protocol. Callers are known by their signature; forms of names, the length of a session
 * (an hour at most for who has taken on a role already) and the external id of the role are insisted on.
 */
export async function startSts(world: {
  readonly people: Pick<Identities, 'assume' | 'whoSigned'>;
  readonly clock: Clock;
}): Promise<FakeSts> {
  const calls: string[] = [];
  const failures: (AwsError | 'break')[] = [];
  const server = await httpServer((request, response) => void serve(request, response));
  return {
    endpoint: server.url,
    calls,
    failNext(error, times = 1) {
      for (let i = 0; i < times; i++) failures.push(error);
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    const body = Buffer.concat(pieces);
    const failure = failures.shift();
    if (failure === 'break') return void request.socket.destroy();
    try {
      if (failure !== undefined) throw failure;
      const form = new URLSearchParams(body.toString());
      const caller = callerOf(world.people.whoSigned(request, body));
      const { arn, name, externalId } = checked(form, caller);
      calls.push([arn, name, caller.name, externalId ?? '-'].join(' '));
      const session = world.people.assume(arn, externalId);
      if (session === null || caller.denied.has('sts:AssumeRole')) {
        throw new AwsError(
          'AccessDenied',
          `User: arn:aws:iam::${caller.account}:user/${caller.name} is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
          403,
        );
      }
      end(response, 200, answered(session, arn, name));
    } catch (thrown) {
      const error = thrown instanceof AwsError ? thrown : new AwsError('InternalFailure', String(thrown), 500);
      const type = error.status < 500 ? 'Sender' : 'Receiver';
      end(
        response,
        error.status,
        `<ErrorResponse ${namespace}><Error><Type>${type}</Type><Code>${error.name}</Code><Message>${escaped(error.message)}</Message></Error><RequestId>fake</RequestId></ErrorResponse>`,
      );
    }
  }
}

const namespace = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"';

/** What JSON services call otherwise. */
const queryNames: Readonly<Record<string, string>> = {
  MissingAuthenticationTokenException: 'MissingAuthenticationToken',
  UnrecognizedClientException: 'InvalidClientTokenId',
  ExpiredTokenException: 'ExpiredToken',
  InvalidSignatureException: 'SignatureDoesNotMatch',
};

function callerOf(signed: ReturnType<Identities['whoSigned']>): Identity {
  if ('error' in signed) throw new AwsError(queryNames[signed.error] ?? signed.error, signed.message, 403);
  return signed;
}

function checked(form: URLSearchParams, caller: Identity) {
  if (form.get('Version') !== '2011-06-15' || form.get('Action') !== 'AssumeRole')
    throw new AwsError('InvalidAction', `Could not find operation ${form.get('Action')}`, 400);
  const text = (member: string, pattern: RegExp): string => {
    const value = form.get(member) ?? '';
    if (pattern.test(value)) return value;
    throw new AwsError('ValidationError', `Value '${value}' at '${member}' failed to satisfy constraint: ${pattern}`);
  };
  const arn = text('RoleArn', /^arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/);
  const name = text('RoleSessionName', /^[\w+=,.@-]{2,64}$/);
  const externalId = form.has('ExternalId') ? text('ExternalId', /^[\w+=,.@:/-]{2,1224}$/) : null;
  const seconds = Number(form.get('DurationSeconds') ?? 3600);
  if (!(seconds >= 900 && seconds <= 43_200))
    throw new AwsError('ValidationError', `Value '${seconds}' at 'durationSeconds' failed to satisfy constraint`);
  if (caller.sessionToken !== undefined && seconds > 3600)
    throw new AwsError('ValidationError', 'The requested DurationSeconds exceeds the 1 hour session limit for roles');
  return { arn, name, externalId };
}

function answered(session: Identity, arn: string, name: string): string {
  const [, , , , account, role] = arn.split(':') as [string, string, string, string, string, string];
  const user = `arn:aws:sts::${account}:assumed-role/${role.split('/').at(-1)}/${name}`;
  return [
    `<AssumeRoleResponse ${namespace}><AssumeRoleResult>`,
    `<AssumedRoleUser><Arn>${escaped(user)}</Arn><AssumedRoleId>AROAFAKE:${escaped(name)}</AssumedRoleId></AssumedRoleUser>`,
    `<Credentials><AccessKeyId>${session.accessKeyId}</AccessKeyId><SecretAccessKey>${session.secretAccessKey}</SecretAccessKey>`,
    `<SessionToken>${escaped(session.sessionToken!)}</SessionToken><Expiration>${session.expiration!.toISOString()}</Expiration></Credentials>`,
    '</AssumeRoleResult><ResponseMetadata><RequestId>fake</RequestId></ResponseMetadata></AssumeRoleResponse>',
  ].join('');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function end(response: ServerResponse, status: number, xml: string): void {
  response.writeHead(status, { 'content-type': 'text/xml' });
  response.end(xml);
}
