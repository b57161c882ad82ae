// A pricing service to try the API with: every item costs what it cost. Not part of the API, and nothing to mend.
import { createServer } from 'node:http';

const port = Number(process.env.PRICING_PORT ?? 8090);
createServer((request, response) => {
  let text = '';
  request.setEncoding('utf8').on('data', (piece) => { text += piece; }).on('end', () => {
    const { items } = JSON.parse(text);
    const body = JSON.stringify({ total_cents: items.reduce((sum, { qty }) => sum + qty * 999, 0) });
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }).end(body);
  });
}).listen(port, process.env.PRICING_HOST ?? '127.0.0.1', () => { console.log(`pricing on port ${port}`); });
