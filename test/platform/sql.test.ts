import { testDatabases } from '#test/support/platform-databases.ts';
import { sqlContract } from './contracts/sql-contract.ts';

for (const database of testDatabases) sqlContract(database);
