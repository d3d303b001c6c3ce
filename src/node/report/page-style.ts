// The style sheet of a report: laid out like a printed paper, with system fonts, for light and dark
// pages and for print. Fragments have their own style sheet (report/style.ts).

/** The colour of losses; its contrast to both white and black is at least 3. */
export const CONTRARY = '#cf5b3d';

const SERIF = 'Charter,"Bitstream Charter","Sitka Text",Cambria,"Noto Serif",Georgia,serif';

export const PAGE_STYLE = `:root{color-scheme:light dark;--paper:light-dark(#ffffff,#14131a);--ink:light-dark(#1c1b21,#e6e4ec);--faint:light-dark(#5d5b66,#a5a2b0);--line:light-dark(#dcdae2,#35333f)}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 ${SERIF};overflow-wrap:break-word}
main{max-width:76rem;margin:0 auto;padding:2.2rem 1.5rem 3rem}
h1{font-size:2.1rem;line-height:1.2;font-weight:600;letter-spacing:-.01em;margin:0 0 .6rem;max-width:44rem}
h2{font-size:1.4rem;line-height:1.25;font-weight:600;margin:2.2rem 0 .3rem;padding-top:1rem;border-top:1px solid var(--line)}
h3{font-size:1.05rem;font-weight:600;margin:1.4rem 0 .4rem}
h4{font:600 .82rem/1.4 system-ui,sans-serif;margin:0 0 .3rem}
p,li,dd{max-width:52rem}
p{margin:0 0 .7rem}
a{color:inherit}
.lead{font-size:1.1rem;max-width:60rem}
.conditions{font:13.5px/1.5 system-ui,sans-serif;max-width:none}
.faint,.zd-note{color:var(--faint);opacity:1}
nav ul{list-style:none;padding:0;margin:0 0 1rem;display:flex;flex-wrap:wrap;gap:.2rem 1.4rem;font:14px/1.6 system-ui,sans-serif}
figure{margin:0}
figcaption,.zd figcaption{font:13px/1.45 system-ui,sans-serif;color:var(--faint);max-width:56rem}
.zd{font-size:13px;margin:.6rem 0}
.zd figcaption{padding:0 0 .6em}
.figures figcaption{margin-top:.5rem}
.zd.zd th,.zd.zd td{padding:.2em .5em}
.zd thead th{border-bottom-color:var(--ink)}
.zd tbody tr+tr>*{border-top:1px solid var(--line)}
.zd th:first-child{padding-left:0}
.zd-bytes{font-size:12.5px}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,21rem),1fr));gap:1.4rem 2rem;margin:1rem 0}
.figures svg,.small svg{font:12px system-ui,sans-serif}
.figures svg{display:block;width:100%;max-width:26rem;height:auto}
.small{display:grid;grid-template-columns:repeat(auto-fill,minmax(10.2rem,1fr));gap:1.2rem 1rem;margin:.8rem 0}
.small svg{display:block;width:100%;height:auto}
.small h4{font-weight:500}
.samples{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,21rem),1fr));gap:1rem 2rem;align-items:start;margin:.6rem 0 1rem}
.samples pre{max-height:10rem;overflow-y:auto;font-size:12px;line-height:1.5}
.samples .zd{margin:0}
.pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,15rem),1fr));gap:1.6rem 1.4rem;margin:1rem 0 2rem;align-items:start}
.pictures .zd{margin:0}
.pictures img{width:100%;border-radius:2px}
.wave{display:block;width:100%;height:4.5rem;margin:0 0 .5rem}
.samples,.pictures,.small,.figures>*{break-inside:avoid-page}
pre.command{font:13px/1.6 ui-monospace,Menlo,Consolas,monospace;overflow-x:auto;padding:.8rem 1rem;border:1px solid var(--line);border-radius:4px;margin:.6rem 0 1rem}
details{margin:.4rem 0}
summary{cursor:pointer;font:14px/1.6 system-ui,sans-serif}
dl{font-size:15px;display:grid;grid-template-columns:minmax(7rem,max-content) 1fr;gap:.35rem 1.4rem;margin:1rem 0}
dt{font:500 13.5px/1.6 system-ui,sans-serif}
dd{margin:0}
.save{font:12px/1.4 system-ui,sans-serif;color:var(--faint);margin:.2rem 0 0}
.save button{margin-right:.8rem;text-decoration:underline;text-underline-offset:2px}
button{all:unset;cursor:pointer}
[aria-sort=ascending] button::after{content:" ↑"}
[aria-sort=descending] button::after{content:" ↓"}
code,.hash{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.85em}
:focus-visible{outline:2px solid #2f83c4;outline-offset:2px}
@media (max-width:40rem){body{font-size:16px}main{padding:2rem 1rem 3rem}h1{font-size:1.6rem}dl{grid-template-columns:1fr;gap:0}dd{margin:0 0 .6rem}}
@media print{:root{color-scheme:light}body{font-size:10.5pt}main{max-width:none;padding:0}h2{break-before:page}h2:first-of-type{break-before:auto}.save{display:none}.samples pre{max-height:none}h2,h3,h4{break-after:avoid}nav{display:none}.zd-scroll{overflow:visible}}
`;
