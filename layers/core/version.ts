/** The version of Plimsoll; a house test keeps it equal to package.json. */
export const version = '0.1.0';
