// A worker of the page: passes requests to the engine of their kind. That of pictures and sounds is
// loaded when it is first needed.

import type { MediaEngine } from './media-engine.js';
import type { MediaReply, MediaRequest, TextReply, TextRequest } from './messages.js';
import { nextMacrotask } from './pause.js';
import { TextEngine } from './text-engine.js';

interface Scope {
  postMessage(message: TextReply | MediaReply): void;
  onmessage: ((event: MessageEvent<TextRequest | MediaRequest>) => void) | null;
}

const scope = self as unknown as Scope;
const post = (reply: TextReply | MediaReply): void => scope.postMessage(reply);
const text = new TextEngine(post, nextMacrotask);
let media: Promise<MediaEngine> | undefined;

async function loadMedia(): Promise<MediaEngine> {
  const { MediaEngine } = await import('./media-engine.js');
  return new MediaEngine(post, nextMacrotask);
}

scope.onmessage = ({ data }): void => {
  if (data.kind === 'text' || data.kind === 'draw' || data.kind === 'take') void text.handle(data);
  else {
    media ??= loadMedia();
    void media.then((engine) => engine.handle(data));
  }
};
