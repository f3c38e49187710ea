// A server of webhooks: webhook_server.js PORT-FILE LOG MODE-FILE. Each request becomes a line of LOG (method, path, headers, body); MODE-FILE
// says how it answers: ok, a status, or hang (takes the request and never answers).
'use strict';
const http = require('http'), fs = require('fs');
const [, , portFile, log, modeFile] = process.argv;
http.createServer((request, response) => {
	const parts = [];
	request.on('data', part => parts.push(part));
	request.on('end', () => {
		const mode = fs.readFileSync(modeFile, 'utf8').trim();
		fs.appendFileSync(log, JSON.stringify({method: request.method, path: request.url, headers: request.headers,
			body: Buffer.concat(parts).toString('utf8')}) + '\n');
		if (mode === 'hang')
			return;
		response.statusCode = mode === 'ok' ? 200 : Number(mode);
		response.end(mode === 'ok' ? 'ok' : 'no, not now');
	});
}).listen(0, '127.0.0.1', function() {
	fs.writeFileSync(portFile + '.new', String(this.address().port));
	fs.renameSync(portFile + '.new', portFile);
});
