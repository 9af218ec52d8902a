import type { Script } from '../session.ts';

const accounts = ['Name', 'Email', 'Type', 'State', 'Created'];
const users = ['Name', 'Type', 'Source', 'Created'];
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** `account ...` and `account user ...`: typed by the administrator. */
export const accountScript: Script = async ({ type, refused, sailor, world }) => {
  await type(['account', 'whoami'], {
    exit: 0,
    fields: { Username: 'admin', AccountName: 'admin', AccountEmail: /.*/, AccountType: 'admin' },
  });
  await refused(['account', 'whoami']);
  await type(['account', 'add', 'brig', '--email', 'brig@example.test'], {
    exit: 0,
    fields: { Name: 'brig', Email: 'brig@example.test', Type: 'user', State: 'enabled', Created: time },
  });
  await type(['account', 'add', 'brig'], { exit: 1, prints: ['HTTP Code: 400'] });
  await type(['account', 'get', 'brig'], { exit: 0, fields: { Name: 'brig', State: 'enabled' } });
  await type(['account', 'get', 'no-such-account'], { exit: 1, prints: ['HTTP Code: 404'] });
  await type(['account', 'list'], {
    exit: 0,
    columns: accounts,
    rows: [
      ['admin', /.*/, 'admin', 'enabled', time],
      ['brig', 'brig@example.test', 'user', 'enabled', time],
    ],
  });

  await type(['account', 'user', 'add', 'bosun', 'sesame-bosun', '--account', 'brig'], {
    exit: 0,
    fields: { Name: 'bosun', Type: 'native', Source: 'None', Created: time },
  });
  await type(['account', 'user', 'add', 'bosun', 'sesame-bosun', '--account', 'brig'], {
    exit: 1,
    prints: ['HTTP Code: 400'],
  });
  await type(['account', 'user', 'add', 'cook', 'abc', '--account', 'brig'], {
    exit: 2,
    prints: ['at least 6 characters'],
  });
  await type(['account', 'user', 'get', 'bosun', '--account', 'brig'], {
    exit: 0,
    fields: { Name: 'bosun', Type: 'native' },
  });
  await type(['account', 'user', 'get', 'cook', '--account', 'brig'], { exit: 1, prints: ['HTTP Code: 404'] });
  await type(['account', 'user', 'list', '--account', 'brig'], {
    exit: 0,
    columns: users,
    rows: [['bosun', 'native', 'None', time]],
    count: 1,
  });
  await type(['account', 'user', 'list', '--account', 'no-such-account'], { exit: 1, prints: ['HTTP Code: 404'] });
  await type(['account', 'user', 'setpassword', 'sesame-second', '--username', 'bosun', '--account', 'brig'], {
    exit: 0,
    prints: ['Password (re)set success'],
  });
  await type(['account', 'user', 'setpassword', 'abc', '--username', 'bosun', '--account', 'brig'], {
    exit: 1,
    prints: ['>=6 characters'],
  });

  const asBosun = { environment: { ANCHORE_CLI_USER: 'bosun', ANCHORE_CLI_PASS: 'sesame-second' } };
  await type(
    ['account', 'whoami'],
    { exit: 0, fields: { Username: 'bosun', AccountName: 'brig', AccountType: 'user' } },
    asBosun,
  );
  await type(['account', 'list'], { exit: 1, prints: ['HTTP Code: 403', 'Not authorized'] }, asBosun);
  await type(
    ['account', 'user', 'list'],
    { exit: 0, columns: users, rows: [['bosun', 'native', 'None', time]] },
    asBosun,
  );
  await type(
    ['image', 'list'],
    { exit: 1, prints: ['HTTP Code: 403'] },
    { ...asBosun, options: ['--as-account', 'admin'] },
  );
  await type(['image', 'list'], { exit: 0 }, { options: ['--as-account', 'brig'] });
  // Options count for more than the environment.
  await type(
    ['account', 'whoami'],
    { exit: 0, fields: { Username: 'bosun' } },
    { options: ['--u', 'bosun', '--p', 'sesame-second', '--url', world.url] },
  );

  await type(['account', 'del', 'brig', '--dontask'], { exit: 1, prints: ['accounts must be disabled'] });
  await type(['account', 'disable', 'brig'], { exit: 0, prints: ['Success'] });
  await type(['account', 'whoami'], { exit: 2, prints: [/403|401|Unauthorized|not enabled/] }, asBosun);
  await type(['account', 'enable', 'brig'], { exit: 0, prints: ['Success'] });
  await type(['account', 'enable', 'no-such-account'], { exit: 1, prints: ['HTTP Code: 404'] });
  await type(['account', 'disable', 'admin'], { exit: 1, prints: ['HTTP Code: 400'] });
  await type(['account', 'user', 'del', 'bosun', '--account', 'brig'], { exit: 0, prints: ['Success'] });
  await type(['account', 'user', 'del', 'bosun', '--account', 'brig'], { exit: 1, prints: ['HTTP Code: 404'] });
  await type(['account', 'user', 'del', sailor.user, '--account', 'admin'], { exit: 1, prints: ['HTTP Code: 400'] });
  await type(['account', 'disable', 'brig'], { exit: 0, prints: ['Success'] });
  await type(['account', 'del', 'brig'], { exit: 0, never: ['Success'] }, { stdin: 'n\n' });
  await type(['account', 'del', 'brig'], { exit: 0, prints: ['Success'] }, { stdin: 'y\n' });
};
