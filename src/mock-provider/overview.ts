import { MAGIC } from './behaviours.ts';

/** What the mock provider does, for somebody who looks at it in a browser. */
export function overview(): string {
	const lines = MAGIC.map(({ code, does }) => `  ${code}  ${does.replaceAll('`', '')}`);
	return [
		'The mock provider of the Pendo Message Service. It sends nothing.',
		'',
		'POST /                   a message: {"id", "from", "to", "type", "body", "attachments", "timestamp"}',
		'POST /simulate/incoming  brings one in: {"from", "to", "type", "body", "attachments"}',
		'GET /log                 what was asked, accepted and called back',
		'',
		'By the last four digits of the number (+10987654321), or behind the + of an email address',
		'(sam+429@example.com), a message meets:',
		...lines,
		'Every other one is accepted; callbacks sent, delivered. Or as the chances say.',
		'',
	].join('\n');
}
