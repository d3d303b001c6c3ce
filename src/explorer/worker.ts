// A worker of the page: hands what it hears to the engine of that kind of work.

import type { TextReply, TextRequest } from './messages.js';
import { nextMacrotask } from './pause.js';
import { TextEngine } from './text-engine.js';

interface Scope {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent) => void) | null;
}

const scope = self as unknown as Scope;
const post = (reply: TextReply): void => scope.postMessage(reply);
let text: TextEngine | undefined;

scope.onmessage = ({ data }: MessageEvent<TextRequest>): void => {
  text ??= new TextEngine(post, nextMacrotask);
  void text.handle(data);
};
