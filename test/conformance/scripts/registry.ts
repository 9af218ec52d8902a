import type { Script } from '../session.ts';

const listed = ['Registry', 'Name', 'Type', 'User'];
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** `registry ...`: logins are tried, kept, changed and removed. */
export const registryScript: Script = async ({ type, refused, world }) => {
  const { locked } = world;
  await type(['registry', 'list'], { exit: 0, columns: listed, count: 0 });
  await type(['registry', 'get', locked], { exit: 1, prints: ['HTTP Code: 404'] });
  await type(['registry', 'add', locked, 'docker', 'herring', '--insecure'], { exit: 1, prints: ['HTTP Code: 406'] });
  await type(['registry', 'add', locked, 'docker', 'whale', '--registry-name', 'our harbour'], {
    exit: 0,
    fields: {
      Registry: locked,
      Name: 'our harbour',
      User: 'docker',
      Type: 'docker_v2',
      'Verify TLS': 'True',
      Created: time,
      Updated: time,
    },
    never: ['whale'],
  });
  await type(['registry', 'add', locked, 'docker', 'whale'], { exit: 1, prints: ['already exists'] });
  await type(['registry', 'add', `https://${locked}`, 'docker', 'whale'], { exit: 1, prints: ['HTTP Code: 409'] });
  await type(['registry', 'add', 'quay.example.test', 'u', 'p', '--registry-type', 'ftp'], {
    exit: 2,
    prints: ['not supported'],
  });
  await type(
    [
      'registry',
      'add',
      '123456789012.dkr.ecr.eu-west-1.amazonaws.com',
      'AKIAIOSFODNN7EXAMPLE',
      'wJalrXUtnFEMIbPxRfiCYEXAMPLEKEYwJalrXUtn',
      '--skip-validate',
    ],
    {
      exit: 0,
      fields: { Type: 'awsecr', User: 'AKIAIOSFODNN7EXAMPLE' },
    },
  );
  await type(['registry', 'add', 'quay.example.test/team/*', 'u', 'p', '--skip-validate', '--insecure'], {
    exit: 0,
    fields: { Registry: 'quay.example.test/team/*', 'Verify TLS': 'False' },
  });
  await type(['registry', 'list'], {
    exit: 0,
    columns: listed,
    rows: [
      [locked, 'our harbour', 'docker_v2', 'docker'],
      ['quay.example.test/team/*', 'quay.example.test/team/*', 'docker_v2', 'u'],
    ],
    count: 3,
    never: ['whale'],
  });
  await refused(['registry', 'list']);
  await type(['registry', 'get', 'quay.example.test/team/*'], { exit: 0, fields: { User: 'u', Created: time } });
  // The login is good for pulls too.
  await type(['image', 'add', `${locked}/team/app:v1`], { exit: 0, fields: { 'Full Tag': `${locked}/team/app:v1` } });
  await type(['registry', 'update', locked, 'docker', 'herring'], { exit: 1, prints: ['HTTP Code: 406'] });
  await type(['registry', 'update', locked, 'docker', 'herring', '--skip-validate'], {
    exit: 0,
    fields: { Registry: locked, Name: locked, User: 'docker' },
  });
  await type(['registry', 'update', 'none.example.test', 'u', 'p', '--skip-validate'], {
    exit: 1,
    prints: ['HTTP Code: 404'],
  });
  await type(['registry', 'del', 'quay.example.test/team/*'], { exit: 0, prints: ['Success'] });
  // As in the original: what is not there is gone.
  await type(['registry', 'del', 'none.example.test'], { exit: 0, prints: ['Success'] });
  await refused(['registry', 'del', locked]);
  await type(['registry', 'list'], { exit: 0, columns: listed, count: 2 });
};
