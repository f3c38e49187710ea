// Reports against the schemas that others publish: report_schemas.js cyclonedx|sarif FILE…, or aws MODEL OUTPUT-SHAPE FILE…
'use strict';
const fs = require('fs'), path = require('path');
const Ajv = require('ajv').default, Ajv4 = require('ajv-draft-04').default, formats = require('ajv-formats').default;
const load = file => JSON.parse(fs.readFileSync(file, 'utf8'));
const home = name => path.dirname(require.resolve(name + '/package.json'));

function cyclonedx() {
	const dir = home('@cyclonedx/cyclonedx-library') + '/res/schema/';
	const ajv = new Ajv({strict: false, allErrors: true});
	formats(ajv);
	ajv.addFormat('iri-reference', true);
	ajv.addFormat('idn-email', true);
	for (const name of ['spdx.SNAPSHOT', 'jsf-0.82.SNAPSHOT'])
		ajv.addSchema(load(dir + name + '.schema.json'), 'http://cyclonedx.org/schema/' + name + '.schema.json');
	const schema = ajv.compile(load(dir + 'bom-1.5.SNAPSHOT.schema.json'));
	// beyond the schema: every reference leads somewhere, no name is given twice
	return bom => {
		if (!schema(bom))
			return schema.errors;
		const refs = [bom.metadata.component, ...bom.components].filter(Boolean).map(c => c['bom-ref']);
		const known = new Set(refs);
		const used = [...bom.dependencies.flatMap(d => [d.ref, ...d.dependsOn]), ...bom.vulnerabilities.flatMap(v => v.affects.map(a => a.ref))];
		const lost = used.filter(r => !known.has(r));
		return known.size !== refs.length ? ['a bom-ref is there twice'] : lost.length ? ['no such bom-ref', lost[0]] : null;
	};
}

function sarif() {
	const text = load(home('@microsoft/jest-sarif') + '/lib/schemas/sarif-2.1.0-rtm.5.json');
	const ajv = new (String(text.$schema).includes('draft-04') ? Ajv4 : Ajv)({strict: false, allErrors: true, unicodeRegExp: false});
	formats(ajv);
	const schema = ajv.compile(text);
	return log => {
		if (!schema(log))
			return schema.errors;
		const run = log.runs[0];
		const off = run.results.find(r => run.tool.driver.rules[r.ruleIndex].id !== r.ruleId);
		return off ? ['ruleIndex leads to another rule', off.ruleId] : null;
	};
}

// AWS's model: members, required ones, types, enumerations and lengths; patterns and lengths of ids are AWS's own matter.
function aws(model, name) {
	const shapes = load(model).shapes;
	const ids = ['InstanceId', 'BaselineId', 'ComplianceResourceId', 'PatchGroup'];
	const check = (shape, value, at) => {
		const s = shapes[shape], fail = what => { throw new Error(`${at}: ${what}`); };
		if (s.type === 'structure') {
			for (const key of Object.keys(value))
				check((s.members[key] || fail(`unknown member ${key}`)).shape, value[key], `${at}.${key}`);
			for (const key of s.required || [])
				if (!(key in value))
					fail(`lacks ${key}`);
		} else if (s.type === 'list') {
			Array.isArray(value) || fail('is no list');
			value.forEach((v, i) => check(s.member.shape, v, `${at}[${i}]`));
		} else if (s.type === 'map') {
			for (const key of Object.keys(value))
				check(s.value.shape, value[key], `${at}.${key}`);
		} else if (s.type === 'string') {
			typeof value === 'string' || fail('is no string');
			if (s.enum && !s.enum.includes(value))
				fail(`'${value}' is none of ${s.enum}`);
			if (!ids.includes(shape) && ((s.max && value.length > s.max) || (s.pattern && !new RegExp(s.pattern, 'u').test(value))))
				fail(`'${value}' is too long or of another form`);
		} else if (s.type === 'integer' || s.type === 'long') {
			Number.isInteger(value) || fail('is no integer');
		} else if (s.type === 'timestamp') {
			typeof value === 'number' || !Number.isNaN(Date.parse(value)) || fail('is no time');
		} else if (s.type === 'boolean') {
			typeof value === 'boolean' || fail('is neither true nor false');
		} else {
			fail(`has type ${s.type}, which nobody checked`);
		}
	};
	return answer => {
		try {
			check(name, answer, name);
			return null;
		} catch (error) {
			return [error.message];
		}
	};
}

const [, , kind, ...rest] = process.argv;
const checker = kind === 'aws' ? aws(rest.shift(), rest.shift()) : {cyclonedx, sarif}[kind]();
let bad = 0;
for (const file of rest) {
	const errors = checker(load(file));
	if (errors)
		console.error(file, JSON.stringify(errors.slice(0, 3)));
	bad |= errors !== null;
}
process.exit(bad);
