// A worker of the page: hands what it hears to the engine of that kind of work.

import { MediaEngine } from './media-engine.js';
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
const media = new MediaEngine(post, nextMacrotask);

scope.onmessage = ({ data }): void => {
  if (data.kind === 'text' || data.kind === 'draw' || data.kind === 'take') void text.handle(data);
  else void media.handle(data);
};
