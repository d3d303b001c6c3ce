// The page: which part of it is shown, its address, and what it says.

import { readAddress, TABS, type Tab, writeAddress } from './address.js';
import { byId } from './dom.js';
import { saveJson, savePng } from './download.js';
import { hasLanguageModel } from './lm.js';
import { PicturePage } from './picture-page.js';
import { posterOfFigures, posterOfText } from './poster.js';
import { SoundPage } from './sound-page.js';
import { TextPage } from './text-page.js';

const SPEAKING_MS = 100;
const WRITING_MS = 300;

/** Says something in sight, or only to those who listen. Emptied first, so that it is said again. */
function speaker(id: string): (text: string) => void {
  let timer = 0;
  return (text) => {
    const place = byId(id);
    place.textContent = '';
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      place.textContent = text;
    }, SPEAKING_MS);
  };
}

async function begin(): Promise<void> {
  let tab: Tab = 'text';
  let timer = 0;
  const warn = speaker('message');
  const say = speaker('spoken');
  const onChange = (): void => {
    clearTimeout(timer);
    timer = window.setTimeout(() => history.replaceState(undefined, '', address()), WRITING_MS);
  };
  const events = { onChange, warn, say };
  const pages = {
    text: new TextPage(events, await hasLanguageModel(document.baseURI)),
    picture: new PicturePage(events),
    sound: new SoundPage(events),
  };
  const address = (): string => writeAddress({ tab, fields: pages[tab].fields });

  const show = (): void => {
    const asked = readAddress(location.hash);
    pages[tab].hide();
    tab = asked.tab;
    for (const one of TABS) {
      byId(`page-${one}`).hidden = one !== tab;
      const link = byId(`tab-${one}`);
      if (one === tab) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    warn('');
    pages[tab].show(asked.fields);
  };
  window.addEventListener('hashchange', show);
  show();

  byId('copy-link').addEventListener('click', () => {
    history.replaceState(undefined, '', address());
    navigator.clipboard.writeText(location.href).then(
      () => warn('the link is copied'),
      () => warn('the link is in the address bar: it cannot be copied from here'),
    );
  });
  byId('save-png').addEventListener('click', () => {
    savePng(tab === 'text' ? posterOfText(pages.text) : posterOfFigures(pages[tab].shown));
  });
  byId('save-json').addEventListener('click', () => {
    const settings = Object.fromEntries(pages[tab].fields);
    saveJson({ tab, ...settings, ...pages[tab].record });
  });
}

byId('unsupported').hidden = true;
void begin();
