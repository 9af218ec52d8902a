import { basicCredentials } from '#access/authenticate.ts';
import { Fault } from '#core/fault.ts';
import { tokenAnswer, tokenForm } from '#schema/api/access.ts';
import { type Call, type Route, route } from '../route.ts';

export const oauthRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/oauth/token',
    summary: 'A token for a user and password (RFC 6749, 4.3), as fields of a form or by HTTP Basic',
    access: 'public',
    form: tokenForm,
    answer: tokenAnswer,
    secret: true,
    handle: issue,
  }),
];

interface Form {
  readonly grant_type?: 'password' | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

async function issue({ sender, authenticator, body }: Call<unknown, Form>) {
  const { text, lifeSeconds } = await authenticator.issueToken(
    ...credentials(sender.authorization, body),
    sender.address,
  );
  return { access_token: text, token_type: 'Bearer', expires_in: lifeSeconds };
}

function credentials(authorization: string | null, { username, password }: Form): readonly [string, string] {
  if (username === undefined && password === undefined) return basicCredentials(authorization);
  if (username === undefined || password === undefined)
    throw new Fault('input/invalid', 'a token is asked for by grant_type=password with username and password', {
      detail: { error: 'invalid_request' },
    });
  return [username, password];
}
