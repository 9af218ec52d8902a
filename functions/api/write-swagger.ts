import { allRoutes } from './route-file.ts';
import { routes } from './routes.ts';
import { swaggerDocument } from './swagger.ts';

// Prints the document that is committed as schema/api/swagger.json; a test says how to write it again.
process.stdout.write(`${JSON.stringify(swaggerDocument(await allRoutes(routes)), null, 2)}\n`);
