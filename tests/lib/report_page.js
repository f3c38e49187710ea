// HTML reports as a browser shows them: report_page.js CHROMIUM FILE[=IDS.json[=plain]]… (plain: without axe's rules, which take long.) At two widths, light and dark: no sideways scrolling, contrast,
// headings of tables, names; every node by its id. The page runs no script of its own; what runs here is the test's.
'use strict';
const fs = require('fs');
const puppeteer = require('puppeteer-core');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const [, , chromium, ...files] = process.argv;

async function look(page, width, scheme, plain) {
	const problems = [];
	await page.setViewport({width, height: 900});
	await page.emulateMediaFeatures([{name: 'prefers-color-scheme', value: scheme}]);
	const found = await page.evaluate(() => ({
		wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
		spill: [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('thead')).length,
		scripts: document.scripts.length,
		handlers: [...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => a.name.startsWith('on'))).length,
		loads: performance.getEntriesByType('resource').length,
		lang: document.documentElement.lang,
		title: document.title,
		bare: [...document.querySelectorAll('table')].filter(t => !t.caption || !t.tHead ||
			[...t.tHead.querySelectorAll('th')].some(th => th.scope !== 'col') ||
			[...t.tBodies[0].rows].some(r => r.cells[0].tagName !== 'TH' || r.cells[0].scope !== 'row' || r.cells.length !== t.tHead.rows[0].cells.length)).length,
		charts: [...document.querySelectorAll('svg')].filter(s => !s.querySelector('title') && s.getAttribute('aria-hidden') !== 'true').length,
		background: getComputedStyle(document.body).backgroundColor,
	}));
	for (const [what, wrong] of [['scrolls sideways', found.wide > 0], ['spills over', found.spill], ['has scripts', found.scripts],
		['has event handlers', found.handlers], ['loads something', found.loads], ['has no language', found.lang !== 'en'],
		['has no title', !found.title], ['has a table without headings', found.bare], ['has a chart without a title', found.charts]])
		if (wrong)
			problems.push(`${what}: ${JSON.stringify(found)}`);
	const result = plain ? null : await page.evaluate(dark => axe.run({runOnly: dark ? ['color-contrast'] : ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'],
		resultTypes: ['violations']}), scheme === 'dark'); // in the dark only colours are others
	for (const v of result ? result.violations : [])
		problems.push(`axe ${v.id}: ${v.nodes[0].html} ${v.nodes[0].failureSummary}`);
	return {problems, background: found.background};
}

async function visit(browser, file, ids, plain) {
	const page = await browser.newPage();
	const problems = [], backgrounds = {};
	page.on('dialog', d => { problems.push(`a dialog came up: ${d.message()}`); d.dismiss(); });
	await page.setBypassCSP(true); // for axe; the page's own policy forbids every script
	await page.goto('file://' + file, {waitUntil: 'load', timeout: 0});
	await page.evaluate(axe);
	for (const width of [1280, 360])
		for (const scheme of ['light', 'dark']) {
			const seen = await look(page, width, scheme, plain);
			backgrounds[scheme] = seen.background;
			problems.push(...seen.problems.map(p => `${width} ${scheme}: ${p}`));
		}
	if (backgrounds.light === backgrounds.dark)
		problems.push('light and dark look the same');
	const text = ids ? await page.evaluate(() => document.body.textContent) : '';
	for (const id of ids ? JSON.parse(fs.readFileSync(ids, 'utf8')) : [])
		if (!text.includes(id))
			problems.push(`no node '${id}' on the page`);
	await page.close();
	return problems;
}

(async () => {
	const browser = await puppeteer.launch({executablePath: chromium, protocolTimeout: 0, timeout: 0,
		args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage']});
	let bad = 0;
	for (const argument of files) {
		const [file, ids, plain] = argument.split('=');
		for (const p of (await visit(browser, file, ids, plain)).slice(0, 20)) {
			console.error(`${file}: ${p}`);
			bad = 1;
		}
	}
	await browser.close();
	process.exit(bad);
})();
