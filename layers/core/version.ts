/** The version of Plimsoll; a house test keeps it equal to package.json. */
export const version = '0.1.0';

/** The number of the last migration in schema/sql; a test keeps it so. */
export const schemaVersion = 27;
