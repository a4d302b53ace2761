import { requireStaff } from '../conversations/access.ts';
import type { OutsideChannel } from '../conversations/outside.ts';
import { optOutKey } from '../conversations/outside-keys.ts';
import type { Viewer } from '../identity/viewer.ts';
import type { Outbound } from './outbound.ts';
import { countSegments, type SmsEncoding } from './segments.ts';
import { checkLinks, checkOutgoing, type SendOutboundInput } from './send-outbound-message.ts';

/** What would become of a message. */
export interface OutboundPreview {
	/** Normalised. */
	readonly from: string;
	readonly to: string;
	readonly type: OutsideChannel;
	/** Null for EMAIL, as the two after it. */
	readonly encoding: SmsEncoding | null;
	readonly units: number | null;
	/** Of an MMS 1, whatever its text. */
	readonly segments: number | null;
	readonly optedOut: boolean;
	/** How long it would wait for its turn, about. */
	readonly waitSeconds: number;
}

/**
 * What would become of a message, of which nothing is stored and nothing sent. For staff.
 * @throws InvalidInputError for what `sendOutboundMessage` would refuse by it, ForbiddenError.
 */
export async function previewOutboundMessage(
	outbound: Outbound,
	viewer: Viewer,
	input: SendOutboundInput,
): Promise<OutboundPreview> {
	requireStaff(viewer.user);
	const outgoing = checkOutgoing(outbound, input);
	await checkLinks(outbound, outgoing);
	const { from, to, channel, family, body } = outgoing;
	const [optedOut, waitMs] = await Promise.all([
		outbound.store.isOptedOut(optOutKey(family, to)),
		waitFor(outbound, channel, new Date()),
	]);
	return {
		from,
		to,
		type: channel,
		...sizeOf(channel, body),
		optedOut,
		waitSeconds: Math.round(waitMs) / 1000,
	};
}

function sizeOf(
	channel: OutsideChannel,
	body: string,
): Pick<OutboundPreview, 'encoding' | 'units' | 'segments'> {
	if (channel === 'EMAIL') return { encoding: null, units: null, segments: null };
	const size = countSegments(body);
	return channel === 'MMS' ? { ...size, segments: 1 } : size;
}

/** Milliseconds until the provider that is asked first has a turn for one more message, all that waits for it sent. */
async function waitFor(
	{ store, providers, ratePerSecond }: Outbound,
	channel: OutsideChannel,
	now: Date,
): Promise<number> {
	const provider = providers.get(channel)?.[0];
	if (provider === undefined) return 0;
	const pausedUntil = (await store.pauses()).get(provider);
	const paused = millisecondsUntil(pausedUntil, now);
	if (ratePerSecond === undefined) return paused;
	const sharing = Array.from(providers).flatMap(([name, [first]]) => (first === provider ? [name] : []));
	const [waiting, nextTurn] = await Promise.all([store.countWaiting(sharing), store.nextTurnAt(provider)]);
	return Math.max(paused, millisecondsUntil(nextTurn, now)) + (waiting / ratePerSecond) * 1000;
}

function millisecondsUntil(time: Date | undefined, now: Date): number {
	return time === undefined ? 0 : Math.max(0, time.getTime() - now.getTime());
}
