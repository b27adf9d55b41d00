// Names and addresses of remotes. Pure.

/** `origin` of `refs/remotes/origin/main`; undefined for a local ref. */
export function remoteOf(ref: string): string | undefined {
  return /^refs\/remotes\/([^/]+)\//.exec(ref)?.[1];
}

/** A remote's address without the user name and password in it, for a file or a screen. */
export function shownRemote(address: string): string {
  return address.trim().replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1');
}
