import { allRoutes } from '#functions/api/route-file.ts';
import { routes } from '#functions/api/routes.ts';
import { rightsTable } from './rights-table.ts';

// Prints the document that is committed as docs/rights.md; a test says how to write it again.
process.stdout.write(rightsTable(await allRoutes(routes)));
