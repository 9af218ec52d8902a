import { openApiDocument } from './openapi.ts';
import { allRoutes } from './route-file.ts';
import { routes } from './routes.ts';

// Prints the document that is committed as schema/api/openapi.json; a test says how to write it again.
process.stdout.write(`${JSON.stringify(openApiDocument(await allRoutes(routes)), null, 2)}\n`);
