import { CountingSocket } from './counting-socket.ts';
import { type Following, PROTOCOLS, type Protocol, type ProtocolName } from './protocols.ts';

export interface FollowerOptions extends Following {
	readonly url: string;
	readonly protocol: ProtocolName;
	/** Reads every event, for its sequence and its time. */
	readonly decodes: boolean;
	/** Called with how many it has received by now. */
	readonly onReceived: (received: number) => void;
	/** Where it decodes: milliseconds from the event's own time, which is taken just before it is stored. */
	readonly onLag: (milliseconds: number) => void;
	readonly onFault: () => void;
}

/** One who follows the conversation, over a socket of its own. */
export class Follower {
	/** Events since it was last set to 0. */
	received = 0;
	/** What went wrong first. */
	fault: string | undefined;
	readonly #options: FollowerOptions;
	readonly #protocol: Protocol;
	#socket: CountingSocket | undefined;
	#sequence: number | undefined;
	readonly #unread: string[] = [];
	#awaited: PromiseWithResolvers<string> | undefined;
	#closing = false;

	private constructor(options: FollowerOptions) {
		this.#options = options;
		this.#protocol = PROTOCOLS[options.protocol];
		this.#sequence = options.after;
	}

	/** Settles when it has said what it follows, which not every protocol acknowledges. */
	static async open(options: FollowerOptions): Promise<Follower> {
		const follower = new Follower(options);
		const protocol = PROTOCOLS[options.protocol];
		const socket = await CountingSocket.open({
			url: protocol.urlOf(options.url),
			protocol: protocol.subprotocol,
			decodes: options.decodes,
			onEvent: (text) => follower.#receive(text),
			onMessage: (text) => follower.#hear(text),
			onEnd: (reason) => follower.#fail(reason),
		});
		follower.#socket = socket;
		for (const { say, expect } of protocol.greeting(options)) {
			if (say !== undefined) socket.send(say);
			if (expect !== undefined) await follower.#expect(expect);
		}
		return follower;
	}

	async close(): Promise<void> {
		this.#closing = true;
		await this.#socket?.close();
	}

	#receive(text: string | undefined): void {
		this.received += 1;
		if (text !== undefined) this.#check(text);
		this.#options.onReceived(this.received);
	}

	#check(text: string): void {
		const event = this.#protocol.eventOf(text);
		if (event === undefined) {
			this.#fail(text.slice(0, 300));
			return;
		}
		if (this.#sequence !== undefined && event.sequence !== this.#sequence + 1)
			this.#fail(`event ${event.sequence} came after ${this.#sequence}`);
		this.#sequence = event.sequence;
		this.#options.onLag(Date.now() - Date.parse(event.occurredAt));
	}

	/** A message that is no event. */
	#hear(text: string): void {
		const reply = this.#protocol.reply(text);
		if (reply !== undefined) this.#socket?.send(reply);
		else if (this.#awaited !== undefined) this.#awaited.resolve(text);
		else this.#unread.push(text);
	}

	async #expect(start: string): Promise<void> {
		this.#awaited = Promise.withResolvers<string>();
		const unread = this.#unread.shift();
		if (unread !== undefined) this.#awaited.resolve(unread);
		if (this.fault !== undefined) this.#awaited.reject(new Error(this.fault));
		const text = await this.#awaited.promise;
		this.#awaited = undefined;
		if (!text.startsWith(start)) throw new Error(`Not ${start}…: ${text}`);
	}

	/** What was said beside the events, for whoever finds some missing. */
	get complaint(): string | undefined {
		return this.fault ?? this.#unread.at(-1);
	}

	#fail(reason: string): void {
		if (this.#closing) return;
		this.fault ??= reason;
		this.#awaited?.reject(new Error(reason));
		this.#options.onFault();
	}
}
