import { p } from '@mikro-orm/core';

/** By code point: of keys that clients choose 'a' and 'A' are two, and names have one order on every database. */
export const BINARY = 'Latin1_General_100_BIN2';

export const key = (length: number) => p.string().length(length).collation(BINARY);
/** Words of our own, ASCII. */
export const word = () => p.string().length(24);
/** Milliseconds, UTC. */
export const instant = () => p.datetime().length(3);
