/** Where the outside reaches a path (with its query) of this service, `base` being PUBLIC_URL. */
export function publicAddress(base: URL, path: string): string {
	return new URL(`${base.pathname.replace(/\/$/, '')}${path}`, base).href;
}
