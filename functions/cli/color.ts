import type { Io } from './io.ts';

/** Whether output is coloured: FORCE_COLOR and NO_COLOR decide, in this order, else whether it goes to a terminal. */
export function isColored(io: Io): boolean {
  const forced = io.env['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  return io.out.isTTY === true && !io.env['NO_COLOR'] && io.env['TERM'] !== 'dumb';
}
