import { hash } from 'node:crypto';
import type { ChannelFamily } from './outside.ts';

/** 43 characters that stand for two normalised addresses of a channel family, the same in both directions. */
export function pairKey(family: ChannelFamily, one: string, other: string): string {
	return hash('sha256', [family, ...[one, other].sort()].join('\n'), 'base64url');
}

/** 43 characters that stand for one normalised address of a channel family. */
export function optOutKey(family: ChannelFamily, address: string): string {
	return hash('sha256', `${family}\n${address}`, 'base64url');
}

/** 43 characters that stand for what a provider sent, by its own id. */
export function receiptKey(provider: string, kind: 'webhook' | 'message', id: string): string {
	return hash('sha256', `${provider}\n${kind}\n${id}`, 'base64url');
}
