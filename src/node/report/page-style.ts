// How a report looks: a page of a paper, with system fonts, in light, in dark and in print.

/** A red that has contrast of at least 3 to white and to black: what is against one. */
export const CONTRARY = '#cf5b3d';

const SERIF = 'Charter,"Bitstream Charter","Sitka Text",Cambria,"Noto Serif",Georgia,serif';

export const PAGE_STYLE = `:root{color-scheme:light dark;--paper:light-dark(#ffffff,#14131a);--ink:light-dark(#1c1b21,#e6e4ec);--faint:light-dark(#5d5b66,#a5a2b0);--line:light-dark(#dcdae2,#35333f)}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:17px/1.55 ${SERIF};overflow-wrap:break-word}
main{max-width:68rem;margin:0 auto;padding:3.5rem 1.5rem 5rem}
h1{font-size:2.1rem;line-height:1.2;font-weight:600;letter-spacing:-.01em;margin:0 0 .6rem;max-width:44rem}
h2{font-size:1.5rem;line-height:1.25;font-weight:600;margin:4rem 0 .4rem;padding-top:1.2rem;border-top:1px solid var(--line)}
h3{font-size:1.1rem;font-weight:600;margin:2.6rem 0 .6rem}
h4{font:600 .82rem/1.4 system-ui,sans-serif;margin:0 0 .3rem}
p,li,dd{max-width:44rem}
p{margin:0 0 .9rem}
a{color:inherit}
.lead{font-size:1.15rem;color:var(--ink)}
.faint,.zd-note{color:var(--faint);opacity:1}
nav ul{list-style:none;padding:0;margin:0 0 1rem;display:flex;flex-wrap:wrap;gap:.2rem 1.4rem;font:14px/1.6 system-ui,sans-serif}
figure{margin:0}
figcaption,.zd figcaption{font:13.5px/1.5 system-ui,sans-serif;color:var(--faint);max-width:40rem}
.zd{font-size:13.5px;margin:1rem 0}
.zd figcaption{padding:0 0 .6em}
.figures figcaption{margin-top:.5rem}
.zd thead th{border-bottom-color:var(--ink)}
.zd tbody tr+tr>*{border-top:1px solid var(--line)}
.zd th:first-child{padding-left:0}
.zd-bytes{font-size:12.5px}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:2.4rem 2.4rem;margin:1.6rem 0}
.figures svg,.small svg{font:12px system-ui,sans-serif}
.figures svg{display:block;width:100%;max-width:34rem;height:auto}
.small{display:grid;grid-template-columns:repeat(auto-fill,minmax(10.2rem,1fr));gap:1.2rem 1rem;margin:.8rem 0}
.small svg{display:block;width:100%;height:auto}
.small h4{font-weight:500}
.samples{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,24rem),1fr));gap:1.8rem 2rem;align-items:start;margin:1rem 0 2rem}
.samples .zd{margin:0}
.pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,15rem),1fr));gap:1.6rem 1.4rem;margin:1rem 0 2rem;align-items:start}
.pictures .zd{margin:0}
.pictures img{width:100%;border-radius:2px}
.wave{display:block;width:100%;height:4.5rem;margin:0 0 .5rem}
.samples,.pictures,.small,.figures>*{break-inside:avoid-page}
pre.command{font:13px/1.6 ui-monospace,Menlo,Consolas,monospace;overflow-x:auto;padding:.8rem 1rem;border:1px solid var(--line);border-radius:4px;margin:.6rem 0 1rem}
details{margin:.8rem 0}
summary{cursor:pointer;font:14px/1.6 system-ui,sans-serif}
dl{font-size:15px;display:grid;grid-template-columns:minmax(7rem,max-content) 1fr;gap:.35rem 1.4rem;margin:1rem 0}
dt{font:500 13.5px/1.6 system-ui,sans-serif}
dd{margin:0}
code,.hash{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.85em}
:focus-visible{outline:2px solid #2f83c4;outline-offset:2px}
@media (max-width:40rem){body{font-size:16px}main{padding:2rem 1rem 3rem}h1{font-size:1.6rem}dl{grid-template-columns:1fr;gap:0}dd{margin:0 0 .6rem}}
@media print{:root{color-scheme:light}body{font-size:10.5pt}main{max-width:none;padding:0}h2{break-before:page}h2:first-of-type{break-before:auto}h2,h3,h4{break-after:avoid}nav{display:none}.zd-scroll{overflow:visible}}
`;
