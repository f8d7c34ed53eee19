/**
 * The style of the page: light and dark, for narrow and wide windows, and for paper. Colours reach a contrast of 4.5.
 */
import { DIAGRAM_STYLE } from './diagram.ts';

/** Of each kind of field: hue and saturation of its colour. */
const HUES: Readonly<Record<string, readonly [hue: number, saturation: number]>> = {
  transport: [215, 20],
  id: [212, 90],
  random: [275, 75],
  size: [190, 60],
  type: [165, 60],
  math: [28, 90],
  hash: [100, 55],
  sealed: [350, 80],
  content: [48, 95],
  padding: [0, 0],
};

const LIGHT =
  '--paper:#fff;--card:#f6f8fa;--text:#1f2328;--muted:#59636e;--edge:#d0d7de;--link:#0550ae;--good:#116329;--bad:#b3001b;--mark:#fff1c2;--mark-text:#5c3d00';
const DARK =
  '--paper:#0d1117;--card:#161b22;--text:#e6edf3;--muted:#9ba5b0;--edge:#3d444d;--link:#79b8ff;--good:#56d364;--bad:#ff8e8e;--mark:#4a3a00;--mark-text:#ffe9a8';

export const STYLE = `
:root{color-scheme:light dark;${LIGHT}}
@media (prefers-color-scheme:dark){:root{${DARK}}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem}
body{margin:0 auto;max-width:84rem;padding:1rem clamp(.75rem,3vw,2.5rem) 4rem;background:var(--paper);color:var(--text);font:1rem/1.55 ui-sans-serif,system-ui,"Segoe UI",Roboto,Helvetica,Arial,sans-serif;overflow-wrap:anywhere}
p,.says,dd,li{max-width:75ch}
.says{display:block}
h1{font-size:clamp(1.5rem,5vw,2.2rem);line-height:1.2;margin:.5rem 0}
h2{font-size:1.4rem;margin:2.5rem 0 .75rem;border-bottom:1px solid var(--edge);padding-bottom:.25rem}
h3{font-size:1.1rem;margin:1.75rem 0 .5rem}
h4{font-size:1.1rem;margin:0}
h5{font-size:.95rem;margin:0 0 .4rem}
a{color:var(--link)}
a:focus-visible,summary:focus-visible,button:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:3px}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:.5rem;background:var(--paper);padding:.5rem}
nav{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem}
.facts,.took,.step,footer{color:var(--muted);margin:.25rem 0}
.took{margin:0 0 .5rem}
button{font:inherit;color:inherit;background:var(--card);border:1px solid var(--muted);border-radius:6px;padding:.3rem .8rem;cursor:pointer}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.85em}
.overview{display:flex;flex-wrap:wrap;gap:1.5rem 3rem;align-items:flex-start}
.overview svg{flex:1 1 20rem;min-width:0;width:100%;height:auto;max-width:36rem;border:1px solid var(--edge);border-radius:8px}
.flight{margin:1.25rem 0}
article{border:1px solid var(--edge);border-left:6px solid #9a4a00;border-radius:8px;background:var(--card);padding:.8rem 1rem;margin:.75rem 0}
article.sealed{border-left-color:#0a7c47}
article p{margin:.5rem 0}
.number{display:inline-block;min-width:1.9em;text-align:center;padding:0 .35em;border-radius:1em;background:var(--text);color:var(--paper)}
summary{cursor:pointer;font-weight:600;padding:.25rem 0}
.checks ul{margin:.25rem 0 .5rem;padding-left:1.25rem}
.checks li,.step li{margin:.35rem 0}
.checks .says{display:inline;color:var(--muted)}
.passed{color:var(--good)}
.failed{color:var(--bad)}
.badge{display:inline-block;background:var(--mark);color:var(--mark-text);border-radius:4px;padding:0 .45em;font-size:.85em;font-weight:600}
.concluded{font-weight:600}
.knows{border:1px dashed var(--muted);border-radius:6px;padding:.6rem .8rem;margin:.75rem 0}
.knows dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(16rem,100%),1fr));gap:.5rem 1.5rem;margin:0}
.words{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(22rem,100%),1fr));gap:.75rem 2rem;margin:0}
dt{font-weight:600}
dd{margin:0}
.times td:first-child,.times td:last-child,.times a{white-space:nowrap}
.pair{display:grid;grid-template-columns:minmax(0,1fr);gap:1rem}
.side{min-width:0}
table{border-collapse:collapse;width:100%;font-size:.9rem;margin:.25rem 0 1rem;background:var(--paper)}
table.times{flex:1 1 16rem;max-width:32rem}
caption{text-align:left;font-weight:600;padding:.35rem 0}
th,td{border:1px solid var(--edge);padding:.3rem .5rem;text-align:left;vertical-align:top;font-weight:400}
thead th{font-weight:600;background:var(--card)}
.offset{color:var(--muted);text-align:right;width:3rem;overflow-wrap:normal}
td.bytes{width:13.2rem;border-left:5px solid var(--k)}
.single td.bytes{width:25rem}
td.bytes code{font-size:.82rem}
.bytes{background:var(--tint)}
.hidden{font-style:italic;background:repeating-linear-gradient(135deg,var(--tint) 0 8px,var(--paper) 8px 16px)}
tr.group{--tint:var(--paper)}
.kind{font-size:.8rem;color:var(--muted);border:1px solid var(--edge);border-radius:4px;padding:0 .35em;white-space:nowrap}
.value{font-weight:600}
${[1, 2, 3, 4, 5, 6].map((depth) => `.i${depth}{padding-left:${(5 + 7 * depth) / 10}rem}`).join('')}
.legend{list-style:none;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(min(18rem,100%),1fr));gap:.3rem 1rem}
.legend .bytes{font-family:ui-monospace,monospace;border-left:5px solid var(--k);padding:0 .4rem}
${rulesOf(42, 92)}
@media (prefers-color-scheme:dark){${rulesOf(60, 20)}}
@media (min-width:72rem){.pair{grid-template-columns:minmax(0,1fr) minmax(0,1fr)}}
@media (max-width:44rem){
table:not(.times),table:not(.times)>*,table:not(.times) tr,table:not(.times) td,table:not(.times) th{display:block;border:0;width:auto}
table:not(.times) tr>td.bytes{border-left:5px solid var(--k);width:auto}
table:not(.times)>thead{position:absolute;left:-99rem}
table:not(.times) tr{border:1px solid var(--edge);border-bottom:0}
table:not(.times) tr:last-child{border-bottom:1px solid var(--edge)}
table:not(.times) td.offset{text-align:left;padding-bottom:0}
.offset::before{content:"at "}
article{padding:.7rem .7rem}
}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
@media print{
:root{${LIGHT}}
${rulesOf(42, 92)}
html{font-size:9pt}
body{max-width:none}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
.controls,nav,.skip{display:none}
details::details-content{display:block;content-visibility:visible;height:auto}
tr,h4,.knows{break-inside:avoid}
h2,h3,h4,h5,summary,caption,thead{break-after:avoid}
a{color:inherit}
}
${DIAGRAM_STYLE}
`;

/** The colours of the kinds, at two lightnesses. */
function rulesOf(strong: number, faint: number): string {
  const rules = Object.entries(HUES).map(
    ([kind, [hue, saturation]]) =>
      `.k-${kind}{--k:hsl(${hue} ${saturation}% ${strong}%);--tint:hsl(${hue} ${Math.round(saturation * 0.8)}% ${faint}%)}`,
  );
  return rules.join('');
}
