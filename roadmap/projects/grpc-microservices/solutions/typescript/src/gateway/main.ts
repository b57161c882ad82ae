import { run } from '../shared/run.js';
import { serveGateway } from './gateway.js';

await run(8080, serveGateway);
