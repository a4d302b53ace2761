/** The bounds of what a caller may send. Characters are UTF-16 units, as JavaScript and SQL Server count them. */
export const LIMITS = {
	/** Of a message's body, in bytes of UTF-8. */
	bodyBytes: 65_536,
	subjectCharacters: 200,
	clientMessageIdCharacters: 64,
	/** Of a provider's id for a message. */
	providerIdCharacters: 255,
	/** Members named at the creation of a conversation. */
	initialMembers: 100,
	/** Nodes of one connection page. */
	pageSize: 100,
	defaultPageSize: 50,
	/** Messages that a ConversationMovedError carries. */
	missedMessages: 100,
	/** Of one message. */
	attachments: 10,
	/** Attempts of one delivery in an answer: the newest. */
	shownAttempts: 30,
	/** Of all customers together: each event that it wants is a row for each. */
	webhooks: 50,
	searchCharacters: 100,
	userNameCharacters: 200,
	userSubjectCharacters: 255,
} as const;
