// The page: which part of it is shown, its address, and what it says.

import { byId } from './dom.js';
import { DEFAULT_STATE, type PageState, readHash, TABS, type Tab, writeHash } from './state.js';
import { TextPage } from './text-page.js';

const SPEAKING_MS = 100;
const WRITING_MS = 300;

/** Says something in sight, or only to those who listen. Emptied first, so that it is said again. */
function speaker(id: string): (text: string) => void {
  return (text) => {
    const place = byId(id);
    place.textContent = '';
    window.setTimeout(() => {
      place.textContent = text;
    }, SPEAKING_MS);
  };
}

function begin(): void {
  let tab: Tab = DEFAULT_STATE.tab;
  let timer = 0;
  const writeAddress = (): void => {
    const hash = writeHash(currentState());
    if (hash !== location.hash) history.replaceState(undefined, '', hash);
  };
  const onChange = (): void => {
    clearTimeout(timer);
    timer = window.setTimeout(writeAddress, WRITING_MS);
  };
  const text = new TextPage({ onChange, warn: speaker('message'), say: speaker('spoken') });
  const currentState = (): PageState => ({ ...text.state, tab });
  const show = (state: PageState): void => {
    tab = state.tab;
    for (const one of TABS) {
      byId(`page-${one}`).hidden = one !== tab;
      const link = byId<HTMLAnchorElement>(`tab-${one}`);
      if (one === tab) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    text.show(state);
  };
  window.addEventListener('hashchange', () => show(readHash(location.hash)));
  show(readHash(location.hash));
}

byId('unsupported').hidden = true;
begin();
