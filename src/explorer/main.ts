// The page: its tabs, its address, dropped files, and saving.

import { heatStyle } from '../report/heat.js';
import { readAddress, TABS, type Tab, writeAddress } from './address.js';
import { byId } from './dom.js';
import { saveJson, savePng } from './download.js';
import { hasLanguageModel } from './lm.js';
import type { PicturePage } from './picture-page.js';
import type { SoundPage } from './sound-page.js';
import { TextPage } from './text-page.js';

const SPEAKING_MS = 100;
const WRITING_MS = 300;

/** Shows or announces a message. The element is emptied first, so a repeated text is announced too. */
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

function begin(): void {
  let tab: Tab = 'text';
  let timer = 0;
  let writes = 0;
  const warn = speaker('message');
  const say = speaker('spoken');
  const onChange = (): void => {
    clearTimeout(timer);
    timer = window.setTimeout(write, WRITING_MS);
  };
  const events = { onChange, warn, say };
  const text = new TextPage(events);
  /** The parts that have been shown. */
  const pages: { text: TextPage; picture?: PicturePage; sound?: SoundPage } = { text };
  /** Writes the address. @returns what the address leaves out. */
  const write = async (): Promise<string> => {
    const written = tab;
    const turn = ++writes;
    const address = await pages[written]?.address();
    if (!address || written !== tab) return '';
    // Not over one that was begun later.
    if (turn === writes) {
      history.replaceState(undefined, '', writeAddress({ tab, fields: address.fields }));
    }
    return address.leftOut;
  };

  const show = async (file?: File): Promise<void> => {
    const asked = readAddress(location.hash);
    clearTimeout(timer);
    pages[tab]?.hide();
    tab = asked.tab;
    for (const one of TABS) {
      byId(`page-${one}`).hidden = one !== tab;
      const link = byId(`tab-${one}`);
      if (one === tab) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    warn('');
    // Loaded when they are first shown.
    if (tab === 'picture' && !pages.picture) {
      const { PicturePage } = await import('./picture-page.js');
      pages.picture ??= new PicturePage(events);
    } else if (tab === 'sound' && !pages.sound) {
      const { SoundPage } = await import('./sound-page.js');
      pages.sound ??= new SoundPage(events);
    }
    if (tab === asked.tab) await pages[tab]?.show(asked.fields, file);
  };
  window.addEventListener('hashchange', () => void show());
  void show();
  void hasLanguageModel(document.baseURI).then((has) => has && text.offerLanguageModel());

  document.addEventListener('dragover', (event) => event.preventDefault());
  document.addEventListener('drop', (event) => {
    const file = event.dataTransfer?.files[0];
    if (!file) return;
    event.preventDefault();
    const to = tabOf(file);
    if (to === tab) void pages[tab]?.take(file);
    else {
      history.pushState(undefined, '', `#${to}`);
      void show(file);
    }
  });

  byId('copy-link').addEventListener('click', async () => {
    const leftOut = await write();
    const note = leftOut && `; ${leftOut}`;
    navigator.clipboard.writeText(location.href).then(
      () => warn(`link copied${note}`),
      () =>
        warn(`the link is in the address bar, as this browser does not let it be copied${note}`),
    );
  });
  byId('save-png').addEventListener('click', async () => {
    const { posterOfFigures, posterOfText } = await import('./poster.js');
    const page = tab === 'picture' ? pages.picture : pages.sound;
    if (tab === 'text') savePng(posterOfText(text));
    else if (page) savePng(posterOfFigures(page));
  });
  byId('save-json').addEventListener('click', () => saveJson({ tab, ...pages[tab]?.record }));
}

/** The part of the page that a file is for. */
function tabOf({ type, name }: File): Tab {
  if (type.startsWith('image/')) return 'picture';
  return type.startsWith('audio/') || /\.(wav|flac)$/i.test(name) ? 'sound' : 'text';
}

const heat = new CSSStyleSheet();
heat.replaceSync(heatStyle((step) => `[data-heat="${step}"]`));
document.adoptedStyleSheets = [heat];
byId('unsupported').hidden = true;
begin();
