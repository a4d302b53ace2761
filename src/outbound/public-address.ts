/** Where the outside reaches a path (with its query) of this service, `base` being PUBLIC_URL. The path stays as it is written. */
export function publicAddress(base: URL, path: string): string {
	return `${base.origin}${base.pathname.replace(/\/$/, '')}${path}`;
}
