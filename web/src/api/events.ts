/** Server-sent events: follows a stream until it is closed; the browser reconnects by itself. */
export function followEvents<T>(
  url: string,
  listener: (event: T) => void,
  eventName = 'message',
): () => void {
  const source = new EventSource(url);
  source.addEventListener(eventName, (event) => {
    listener(JSON.parse((event as MessageEvent<string>).data) as T);
  });
  return () => source.close();
}
