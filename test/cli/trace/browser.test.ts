/** The page of a trace in a real browser: narrow and wide, light and dark, on paper, and with hostile texts. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { pageOf } from '../../../src/cli/trace/page/page.ts';
import { parseTrace, readTrace } from '../../../src/cli/trace/read.ts';
import { removeFolder, temporaryFolder } from '../../session/folder.ts';
import { Chromium, findChromium } from './browser.ts';

const TRACE = join(import.meta.dirname, '../../traces/fresh-key.jsonl');
const SHORT = join(import.meta.dirname, '../../traces/stored-key.jsonl');
const program = findChromium();
/** Where to keep screenshots, to look at them. */
const SCREENSHOTS = process.env.SCREENSHOTS;

/** Texts whose colour is too close to what is behind them, and how close. */
const CONTRASTS = `(() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => {
    const [r, g, b] = numbers(colour).slice(0, 3).map((each) => {
      const part = each / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    if (element.closest('svg')) return getComputedStyle(element.closest('svg').querySelector('.bg')).fill;
    for (let each = element; each; each = each.parentElement) {
      const colour = getComputedStyle(each).backgroundColor;
      if ((numbers(colour)[3] ?? 1) === 1) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const low = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (texts.currentNode.data.trim() === '' || /^(SCRIPT|STYLE)$/.test(element.tagName)) continue;
    const style = getComputedStyle(element);
    const [a, b] = [light(element.closest('svg') ? style.fill : style.color), light(behind(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) low.push(contrast.toFixed(2) + ' ' + element.className + ': ' + texts.currentNode.data.slice(0, 40));
  }
  return low;
})()`;

/** What reaches beyond the right edge of the window. */
const WIDE = `[...document.querySelectorAll('body *')].filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
  .map((each) => each.tagName + ' ' + each.className)`;
const OPEN_ALL = `[...document.querySelectorAll('button')].find((each) => each.textContent === 'Open everything').click()`;

describe('in a browser', { skip: program === undefined ? 'there is no Chromium on this machine' : false }, () => {
  const home = temporaryFolder();
  const requests: string[] = [];
  const errors: string[] = [];
  let browser: Chromium;

  before(async () => {
    browser = new Chromium(program ?? '', join(home, 'profile'));
    await browser.open();
    for (const domain of ['Page', 'Network', 'Log', 'Runtime']) await browser.send(`${domain}.enable`);
    browser.on('Network.requestWillBeSent', ({ request }) => requests.push(JSON.stringify(request)));
    browser.on('Log.entryAdded', ({ entry }) => errors.push(JSON.stringify(entry)));
    browser.on('Page.javascriptDialogOpening', (dialog) => errors.push(JSON.stringify(dialog)));
  });
  after(async () => {
    await browser.close();
    removeFolder(home);
  });

  async function media(name: string, scheme = 'light'): Promise<void> {
    const features = [{ name: 'prefers-color-scheme', value: scheme }];
    await browser.send('Emulation.setEmulatedMedia', { media: name, features });
  }

  /** Keeps a picture of the page, however long it is. */
  async function keep(file: string): Promise<void> {
    const { data } = await browser.send('Page.captureScreenshot', { captureBeyondViewport: true });
    writeFileSync(file, Buffer.from(String(data), 'base64'));
  }

  async function show(text: string, width = 1400): Promise<void> {
    const file = join(home, 'page.html');
    writeFileSync(file, text);
    requests.length = 0;
    errors.length = 0;
    await browser.send('Emulation.setDeviceMetricsOverride', {
      width,
      height: 900,
      deviceScaleFactor: 1,
      mobile: false,
    });
    await media('screen');
    await browser.show(pathToFileURL(file).href);
    assert.equal(requests.length, 1, requests.join('\n'));
    assert.deepEqual(errors, []);
  }

  for (const width of [400, 1400])
    test(`${width} px, light and dark: nothing overflows, every text can be read, nothing is requested`, async () => {
      await show(pageOf(readTrace(TRACE)), width);
      await browser.evaluate(OPEN_ALL);
      assert.equal(await browser.evaluate(`document.querySelectorAll('details:not([open])').length`), 0);
      assert.equal(await browser.evaluate('innerWidth'), width);
      assert.deepEqual(await browser.evaluate(WIDE), []);
      for (const scheme of ['light', 'dark']) {
        await media('screen', scheme);
        assert.deepEqual(await browser.evaluate(CONTRASTS), [], scheme);
        if (SCREENSHOTS !== undefined) await keep(join(SCREENSHOTS, `${width}-${scheme}.png`));
      }
    });

  test('on paper, everything is open', async () => {
    await show(pageOf(readTrace(SHORT)));
    const hidden = `[...document.querySelectorAll('details td')].filter((each) => !each.checkVisibility({ contentVisibilityAuto: true }) || each.offsetHeight === 0).length`;
    assert.notEqual(await browser.evaluate(hidden), 0);
    await media('print');
    const drawn = `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(${hidden}))))`;
    assert.equal(await browser.evaluate(drawn), 0);
  });

  test('a screen reader finds landmarks, headings in order, and names', async () => {
    await show(pageOf(readTrace(SHORT)));
    await browser.send('Accessibility.enable');
    const { nodes } = await browser.send('Accessibility.getFullAXTree');
    const tree = readTree(nodes);
    for (const role of ['banner', 'navigation', 'main', 'contentinfo', 'table', 'columnheader', 'article'])
      assert.ok(
        tree.some((node) => node.role === role),
        role,
      );
    for (const { role, name } of tree)
      if (/^(?:link|button|article|heading|table|navigation|region|DisclosureTriangle)$/.test(role))
        assert.notEqual(name, '', role);
    const levels = await browser.evaluate(
      `[...document.querySelectorAll('h1,h2,h3,h4,h5')].map((each) => Number(each.tagName[1]))`,
    );
    assert.ok(Array.isArray(levels));
    for (const [i, level] of levels.entries()) assert.ok(level <= (levels[i - 1] ?? 0) + 1, `heading ${i}: h${level}`);
  });

  test('texts of a hostile trace run nothing and request nothing', async () => {
    const evil =
      '"><script>document.title=1</script><img src=x onerror="document.title=1"><svg onload="document.title=1">';
    const field = { name: evil, type: evil, offset: 0, length: 4, value: evil, bytes: evil };
    const on = { frame: 1, connection: 1, from: evil, at: 0 };
    const lines = [
      { format: 'tg-auth-trace', version: 1, secrets: false, program: evil, command: evil, started: 0 },
      { event: 'call', at: 0, call: 1, method: evil, layer: 1 },
      { event: 'frame', ...on, length: 4, fields: [field] },
      { event: 'message', ...on, sealed: false, title: evil, fields: [field] },
      { event: 'check', at: 0, frame: 1, what: evil, holds: false },
      { event: 'note', at: 0, text: evil },
    ];
    await show(pageOf(parseTrace(lines.map((line) => JSON.stringify(line)).join('\n'), 'FILE')), 400);
    assert.equal(await browser.evaluate('document.title'), `Trace of ${evil}`);
    assert.equal(await browser.evaluate(`document.querySelectorAll('img, script, [onload]').length`), 1);
    assert.deepEqual(await browser.evaluate(WIDE), []);
  });
});

function readTree(nodes: unknown): { role: string; name: string }[] {
  assert.ok(Array.isArray(nodes));
  return nodes.flatMap((node) =>
    node.ignored === true ? [] : [{ role: String(node.role?.value), name: String(node.name?.value ?? '') }],
  );
}
